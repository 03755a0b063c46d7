"""What is known of addresses by their look: mistyped domains, ordinary mail, other offices."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

ORDINARY = frozenset(
    {
        "gmail.com", "googlemail.com", "libero.it", "virgilio.it", "hotmail.com", "hotmail.it",
        "outlook.com", "outlook.it", "live.it", "yahoo.it", "yahoo.com", "tiscali.it", "alice.it",
        "tin.it", "inwind.it", "iol.it", "fastwebnet.it", "icloud.com", "msn.com", "email.it",
    }
)  # fmt: skip
"""Domains of ordinary mail: they give no PEC boxes."""

CERTIFIED = frozenset(
    {
        "pec.it", "arubapec.it", "pec.aruba.it", "legalmail.it", "cert.legalmail.it",
        "postecert.it", "sicurezzapostale.it", "halleypec.it", "postacert.toscana.it",
        "cert.ruparpiemonte.it",
    }
)  # fmt: skip
"""Domains under which many have their PEC box."""

_MISTYPED: Mapping[str, str] = MappingProxyType(
    {
        # Slips of the finger; whoever owns these domains now would get the letter.
        "gmial.com": "gmail.com",
        "gmai.com": "gmail.com",
        "gmail.it": "gmail.com",  # Google gives no addresses there
        "hotmial.com": "hotmail.com",
        "lbero.it": "libero.it",
        "libero.com": "libero.it",
        "legalmial.it": "legalmail.it",
        "legamail.it": "legalmail.it",
        "pec.arruba.it": "pec.aruba.it",
    }
)

_MISTYPED_ENDS: Mapping[str, str] = MappingProxyType(
    # None of these exists as a top-level domain (IANA root zone).
    {"iit": "it", "itt": "it", "ti": "it", "con": "com", "cmo": "com", "comm": "com"}
)

_SHORTEST_ALIKE = 8
"""Shorter domains are one letter away from somebody else's all too often."""

_PROTOCOL = ("protocol", "pec", "comune", "posta", "segreteria", "affarigenerali", "urp")

OTHER_OFFICES = frozenset(
    {
        # They do not register what comes in: the letter would lie there.
        "elettorale", "anagrafe", "statocivile", "demografici", "tributi", "entrate", "imu", "tari",
        "polizia", "polizialocale", "poliziamunicipale", "pm", "vigili", "ragioneria",
        "finanziario", "bilancio", "economato", "suap", "sue", "edilizia", "ediliziaprivata",
        "urbanistica", "tecnico", "lavoripubblici", "llpp", "manutenzioni", "sociali", "sociale",
        "assistentesociale", "biblioteca", "scuola", "istruzione", "cultura", "sport", "personale",
        "appalti", "gare", "contratti", "ambiente", "commercio", "avvocatura", "cimiteri",
        # A person, who leaves with the office.
        "sindaco", "vicesindaco", "assessore", "consigliere",
    }
)  # fmt: skip
"""Words before the @ that are not the protocol office."""

_PREFIX = re.compile(r"^(ufficio|uffici|uff|servizio|servizi|settore|area)(?=[a-z])")


@lru_cache
def meant(domain: str) -> tuple[str, bool] | None:
    """Return the domain that a mistyped one stands for, and whether that is certain."""
    if domain in ORDINARY or domain in CERTIFIED:
        return None
    if domain in _MISTYPED:
        return _MISTYPED[domain], True
    before, _, end = domain.rpartition(".")
    if end in _MISTYPED_ENDS:
        return f"{before}.{_MISTYPED_ENDS[end]}", True
    alike = _alike(domain)
    return (alike, False) if alike else None


def other_office(local: str) -> str | None:
    """Return the office that the part before the @ names, if it is not the protocol's."""
    words = [_PREFIX.sub("", word) for word in re.split(r"[^a-z]+", local.lower())]
    if any(word.startswith(_PROTOCOL) for word in words):
        return None
    return next((word for word in words if word in OTHER_OFFICES), None)


def _alike(domain: str) -> str | None:
    """Return a known domain that is one slip of the finger away."""
    from rapidfuzz.distance import OSA

    for known in sorted(ORDINARY | CERTIFIED):
        if len(known) < _SHORTEST_ALIKE or abs(len(known) - len(domain)) > 1:
            continue
        if OSA.distance(domain, known, score_cutoff=1) == 1:
            return known
    return None
