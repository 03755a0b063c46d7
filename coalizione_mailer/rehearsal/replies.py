"""What people over there answer, and what they truly mean by it: scenes of one letter or of two.

What a letter means stands beside its words, written by whoever wrote them; nobody reads it out of
the text. A later letter means all that holds from then on.
"""

import random
from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Says(StrEnum):
    """What a Comune answers."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What holds once a letter was written: the answer, who comes by name, and how many in all."""

    says: Says
    names: tuple[str, ...] = ()
    number: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """The words of one letter and what they mean; ``html``: written as a page, and only so."""

    words: str
    meaning: Meaning
    html: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One letter of a scene: ``guests`` are the places of those of its people who come."""

    words: str
    says: Says
    guests: tuple[int, ...] = ()
    unnamed: int = 0
    html: bool = False


_MEN = ("Aldo", "Bruno", "Carlo", "Dario", "Enzo", "Guido", "Livio", "Mauro", "Renzo", "Tullio")
_WOMEN = ("Ada", "Bianca", "Clara", "Dora", "Elsa", "Gemma", "Irma", "Lidia", "Norma", "Vera")
_FAMILIES = (
    "Acquachiara", "Bellorto", "Campolungo", "Duranese", "Fontaverde", "Granello", "Lanavecchia",
    "Montebruno", "Pratolini", "Quercetani", "Roccaforni", "Selvabella", "Tramontelli",
    "Vallescura",
)  # fmt: skip
_ROLES = (
    ("il Sindaco", "la Sindaca"),
    ("il Vicesindaco", "la Vicesindaca"),
    ("l'Assessore alle Politiche sociali", "l'Assessora alle Politiche sociali"),
    ("il Responsabile dei Servizi sociali", "la Responsabile dei Servizi sociali"),
)
_OFFICE = "\n\nCordiali saluti\nSegreteria del Comune di {comune}\n"

SCENES: tuple[tuple[Line, ...], ...] = (
    (
        Line(
            "Buongiorno,\n\nsi conferma la partecipazione di {nome0}, {ruolo0}, al workshop."
            + _OFFICE,
            Says.YES,
            (0,),
        ),
    ),
    (
        Line(
            "Gentilissimi,\n\nringrazio per l'invito e confermo la mia presenza.\n\n"
            "Cordiali saluti\n{nome0}\n{carica0} del Comune di {comune}\n",
            Says.YES,
            (0,),
        ),
    ),
    (
        Line(
            "Buongiorno,\n\nil Sindaco, impegnato altrove, non potrà essere presente e delega a "
            "partecipare {ruolo2} {nome2}." + _OFFICE,
            Says.YES,
            (2,),
        ),
    ),
    (
        Line(
            "Buongiorno,\n\nper il Comune di {comune} parteciperanno:\n- {nome0}, {carica0}\n"
            "- {nome2}, {carica2}\n- {nome3}, {carica3}" + _OFFICE,
            Says.YES,
            (0, 2, 3),
        ),
    ),
    (
        Line(
            "Gentilissimi,\n\npurtroppo per impegni già assunti il Sindaco non potrà essere "
            "presente.\n\nLa segreteria del Sindaco di {comune}\n",
            Says.NO,
        ),
    ),
    (
        Line(
            "Buongiorno,\n\nsi ringrazia per il gradito invito, al quale con rammarico nessun "
            "rappresentante di questa Amministrazione potrà partecipare." + _OFFICE,
            Says.NO,
        ),
    ),
    (
        Line(
            "Buongiorno,\n\nla partecipazione del Sindaco è ancora da confermare: vi faremo "
            "sapere nei prossimi giorni." + _OFFICE,
            Says.MAYBE,
        ),
    ),
    (
        Line(
            "Buongiorno, vorremmo sapere se è previsto un collegamento a distanza.\nGrazie\n"
            "Comune di {comune}\n",
            Says.MAYBE,
        ),
    ),
    (
        Line(
            "Buongiorno,\n\nparteciperà {ruolo0} {nome0}. È previsto un parcheggio riservato?"
            + _OFFICE,
            Says.YES,
            (0,),
        ),
    ),
    (
        Line(
            "Confermiamo la presenza di due persone.\n\nComune di {comune}\nUfficio di Gabinetto\n",
            Says.YES,
            unnamed=2,
        ),
    ),
    (
        Line(
            "Buongiorno,\n\nringrazio per l'invito: parteciperò all'incontro, accompagnato da un "
            "funzionario dei servizi sociali.\n\nCordiali saluti\nIl Sindaco del Comune di "
            "{comune}\n",
            Says.YES,
            unnamed=2,
        ),
    ),
    (
        Line(
            "La casella di posta dell'assessore è piena: scriva pure a me, che parteciperò per il "
            "Comune di {comune}.\n",
            Says.YES,
            unnamed=1,
        ),
    ),
    (
        Line(
            "Buongiorno,\n\nsarà presente {ruolo0} {nome0}, con un accompagnatore." + _OFFICE,
            Says.YES,
            (0,),
            unnamed=1,
        ),
    ),
    (
        Line(
            "Buongiorno,\n\nsi comunica che interverrà al workshop {ruolo1} {nome1}." + _OFFICE,
            Says.YES,
            (1,),
            html=True,
        ),
    ),
    (
        Line("Buongiorno,\n\nparteciperà {ruolo0} {nome0}." + _OFFICE, Says.YES, (0,)),
        Line(
            "Buongiorno,\n\na rettifica della precedente comunicazione, al posto di {nome0} "
            "parteciperà {ruolo2} {nome2}." + _OFFICE,
            Says.YES,
            (2,),
        ),
    ),
    (
        Line("Buongiorno,\n\nparteciperà {ruolo0} {nome0}." + _OFFICE, Says.YES, (0,)),
        Line(
            "Buongiorno,\n\ncontrariamente a quanto comunicato, per un impegno sopraggiunto "
            "{nome0} non potrà più partecipare e nessuno interverrà." + _OFFICE,
            Says.NO,
        ),
    ),
    (
        Line("Purtroppo il Sindaco non potrà partecipare." + _OFFICE, Says.NO),
        Line(
            "Buongiorno,\n\nliberatosi da altro impegno, il Sindaco {nome4} parteciperà "
            "all'incontro." + _OFFICE,
            Says.YES,
            (4,),
        ),
    ),
    (
        Line(
            "Buongiorno,\n\nla partecipazione è da confermare, vi faremo sapere." + _OFFICE,
            Says.MAYBE,
        ),
        Line(
            "Buongiorno,\n\nconfermiamo la partecipazione di {nome3}, {ruolo3}." + _OFFICE,
            Says.YES,
            (3,),
        ),
    ),
)
"""Every way to answer; a lot decides who plays which."""


def scene(lot: random.Random, comune: str) -> tuple[Reply, ...]:
    """Let a Comune answer in one of all ways, with people of its own."""
    return played(lot.choice(SCENES), lot, comune)


def played(lines: tuple[Line, ...], lot: random.Random, comune: str) -> tuple[Reply, ...]:
    """Write the letters of a scene, the first one first."""
    filled = {"comune": comune}
    families = lot.sample(_FAMILIES, len(_ROLES) + 1)
    names = []
    for place, family in enumerate(families):
        woman = place < len(_ROLES) and lot.random() < 0.5  # noqa: PLR2004  every other one
        role = _ROLES[place % len(_ROLES)][woman]
        names.append(f"{lot.choice(_WOMEN if woman else _MEN)} {family}")
        bare = role.removeprefix("il ").removeprefix("la ").removeprefix("l'")
        filled |= {f"nome{place}": names[-1], f"ruolo{place}": role, f"carica{place}": bare}
    return tuple(
        Reply(
            line.words.format_map(filled),
            Meaning(
                line.says,
                tuple(names[place] for place in line.guests),
                len(line.guests) + line.unnamed,
            ),
            line.html,
        )
        for line in lines
    )
