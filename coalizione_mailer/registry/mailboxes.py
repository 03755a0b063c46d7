"""Whose mailbox an address is, by its look: which desk, which person, which kind of provider.

Words are looked for between the signs before the @ (``ufficio.tributi``), never inside a word:
Garessio has no ``gare``.
"""

import re
from collections.abc import Mapping
from enum import StrEnum, unique
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from coalizione_mailer.registry.given_names import feminine


@unique
class Desk(StrEnum):
    """Desks that do not register what comes in: the letter would lie there."""

    ELECTORAL = "elettorale"
    REGISTRY = "anagrafe"
    TAX = "tributi"
    POLICE = "polizia"
    OTHER = "altro"
    HOLDER = "carica"  # a person's, who leaves with the office


ORDINARY = frozenset(
    {
        "gmail.com", "googlemail.com", "libero.it", "virgilio.it", "hotmail.com", "hotmail.it",
        "outlook.com", "outlook.it", "live.it", "yahoo.it", "yahoo.com", "tiscali.it", "alice.it",
        "tin.it", "inwind.it", "iol.it", "fastwebnet.it", "icloud.com", "msn.com", "email.it",
    }
)  # fmt: skip
"""Domains of ordinary mail: they give no PEC boxes."""


def consumer(address: str) -> bool:
    """Tell whether an address is at a private provider, where everybody can have one."""
    return address.rpartition("@")[2].lower() in ORDINARY


_words = re.compile(r"\w+").findall

DESKS: Mapping[str, Desk] = MappingProxyType(
    dict.fromkeys(_words("elettorale elettorali leva"), Desk.ELECTORAL)
    | dict.fromkeys(
        _words("anagrafe demografici demografico demografica statocivile servizidemografici aire"),
        Desk.REGISTRY,
    )
    | dict.fromkeys(
        _words("tributi tributario entrate imu tari ragioneria finanziario bilancio economato"),
        Desk.TAX,
    )
    | dict.fromkeys(
        _words("polizia polizialocale poliziamunicipale pm plm vigili vigiliurbani"), Desk.POLICE
    )
    | dict.fromkeys(
        _words(
            "suap sue edilizia ediliziaprivata urbanistica tecnico lavoripubblici llpp "
            "manutenzioni sociali sociale servizisociali assistentesociale biblioteca scuola "
            "istruzione cultura sport personale appalti gare contratti ambiente commercio "
            "avvocatura cimiteri"
        ),
        Desk.OTHER,
    )
    | dict.fromkeys(_words("sindaco sindaca vicesindaco assessore consigliere"), Desk.HOLDER)
)
"""Words before the @ that are not the protocol office, and which desk they are."""

_PROTOCOL = ("protocol", "pec", "comune", "posta", "segreteria", "affarigenerali", "urp")
_PREFIX = re.compile(r"^(ufficio|uffici|uff|servizio|servizi|settore|area)(?=[a-z])")
_SPLIT = re.compile(r"[^a-z]+")

# Masculine names nobody's office has; feminine ones are in ``given_names``.
_MASCULINE = frozenset(
    _words(
        "alberto alessandro alessio alfredo andrea angelo antonio armando arturo bruno carlo "
        "carmelo cesare ciro claudio corrado cristian cristiano daniele dario davide diego "
        "domenico donato edoardo elio emanuele emilio enrico enzo ernesto ettore eugenio fabio "
        "fabrizio federico felice ferdinando filippo flavio francesco franco fulvio gabriele "
        "gaetano gennaro gerardo giacomo giampaolo gianfranco gianluca gianni giancarlo gino "
        "giorgio giovanni giulio giuliano giuseppe graziano guido ivan ivano leonardo livio "
        "lorenzo luca luciano luigi marcello marco mariano mario massimiliano massimo matteo "
        "maurizio mauro michele mirko nicola nicolo paolo pasquale patrizio piero pierluigi "
        "pietro raffaele renato renzo riccardo roberto rocco romano rosario salvatore samuele "
        "sandro saverio sebastiano sergio silvano silvio simone stefano tiziano tommaso ugo "
        "umberto valentino valerio vincenzo vito vittorio walter"
    )
)
_SHORTEST_NAME = 3
# Before these a given name is a saint's or a street's.
_PLACES = frozenset(_words("san sant santa santo sankt saint don via villa borgo castel monte"))


@lru_cache(maxsize=4096)
def desk(local: str) -> Desk | None:
    """Return whose desk the part before the @ names, if it is not the protocol's."""
    word = other_office(local)
    return DESKS[word] if word else None


def other_office(local: str) -> str | None:
    """Return the word by which the part before the @ names another desk than the protocol's."""
    words = [_PREFIX.sub("", word) for word in _SPLIT.split(local.lower())]
    if any(word.startswith(_PROTOCOL) for word in words):
        return None
    found = next((word for word in words if word in DESKS), None)
    # "stato.civile", "polizia-locale": one word in the table, two in the address.
    joined = (a + b for a, b in pairwise(words))
    return found or next((word for word in joined if word in DESKS), None)


@lru_cache(maxsize=4096)
def perhaps_person(local: str) -> bool:
    """Tell whether a name may be in it: most addresses say whose they are."""
    words = [word for word in _SPLIT.split(local.lower()) if word]
    if len(words) == 1 and len(words[0]) < 2 * _SHORTEST_NAME:
        # Too short for a given and a family name together: "info".
        return False
    return not any(word.startswith(_PROTOCOL) or word in DESKS for word in words)


def person(local: str, head: tuple[str, str], known: str) -> bool:
    """Tell whether an address is somebody's own: the head's, or ``given.family`` by its look.

    ``head`` is given and family name, ``known`` the words (small letters) that are no person's
    here: those of the Comune's name. ``san.giorgio`` is a place.
    """
    words = [word for word in _SPLIT.split(local.lower()) if word]
    given, family = ("".join(_SPLIT.split(name.lower())) for name in head)
    if len(given) >= _SHORTEST_NAME and len(family) >= _SHORTEST_NAME:
        if {given + family, family + given} & {"".join(words)}:
            return True
        if words in ([given[0], family], [family, given[0]]):
            return True
    if len(words) != 2 or min(map(len, words)) < _SHORTEST_NAME:  # noqa: PLR2004  given and family
        return False
    if any(_nobodys(word, known) for word in words):
        return False
    return any(word in _MASCULINE or _sure_feminine(word) for word in words)


def _nobodys(word: str, known: str) -> bool:
    return word in known or word in DESKS or word in _PLACES or word.startswith(_PROTOCOL)


@lru_cache(maxsize=4096)
def _sure_feminine(word: str) -> bool:
    return feminine(word)
