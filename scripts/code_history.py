"""What became of codes, told from published lists: the rows of ``data/variazioni.csv``.

``build_dataset.py`` reads the sources and writes the file; here is only what follows from what.
Former provinces gave other ISTAT codes (ISTAT's own list has them); suppressed Comuni and their
days come from the history of cadastral codes; who they became is the two tables below, held to
those days; the codes of Sardinia since 2026 are deduced, and held to be the only possible ones.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

COLUMNS = (
    "codice_istat_precedente",
    "codice_catastale_precedente",
    "denominazione_precedente",
    "evento",
    "data",
    "codice_istat",
    "codice_catastale",
    "denominazione",
)

SINCE = "2009-12-31"
"""The oldest last day of a Comune, or of a name, that is told."""

# New Comuni born together with others in the same province on the same day, and what each was
# made of (cadastral codes); where one was born alone, the day and the province say it.
MERGED = {
    "M313": "A839 C944 F286 G644 L162 L163",  # Ledro
    "M314": "A901 E658",  # Comano Terme
    "M322": "C112 G552",  # Castelfranco Piandiscò
    "M329": "H008 I952",  # Pratovecchio Stia
    "M321": "D583 E296",  # Figline e Incisa Valdarno
    "M326": "I085 I514",  # Scarperia e San Piero
    "M327": "A559 E455",  # Casciana Terme Lari
    "M328": "D160 E688",  # Crespina Lorenzana
    "M333": "I349 L649",  # Sant'Omobono Terme
    "M334": "B140 D991",  # Val Brembilla
    "M335": "A744 C754",  # Bellagio
    "M336": "D369 E051 G329",  # Colverde
    "M341": "E525 F181 G182 L371",  # Tremezzina
    "M344": "C994 I772 L033 L385 L800",  # Predaia
    "M345": "D349 H966",  # San Lorenzo Dorsino
    "M343": "A808 D248 G989",  # Valdaone
    "M373": "B508 H145 I074",  # Campiglia Cervo
    "M371": "D182 E552",  # Lessona
    "M349": "D516 E150 E222 L550",  # Altavalle
    "M350": "B078 C467 L697 L896",  # Altopiano della Vigolana
    "M351": "A260 D336",  # Amblar-Don
    "M352": "B185 C694 C953",  # Borgo Chiese
    "M353": "A933 M198",  # Borgo Lares
    "M354": "I889 I979 L910",  # Castel Ivano
    "M355": "C452 E614",  # Cembra Lisignago
    "M356": "D206 D631 L137",  # Contà
    "M366": "D302 F341",  # Dimaro Folgarida
    "M357": "B386 E461",  # Madruzzo
    "M365": "G641 H057",  # Pieve di Bono-Prezzo
    "M358": "D250 L903 M006",  # Porte di Rendena
    "M359": "D572 I760 L201 L329",  # Primiero San Martino di Castrozza
    "M360": "A967 B135 E452 H545",  # Sella Giudicarie
    "M361": "F396 H039 H162",  # Tre Ville
    "M362": "G214 L107 L821",  # Vallelaghi
    "M363": "F837 L060 L457",  # Ville d'Anaunia
    "M375": "D506 G638 H092",  # Alpago
    "M374": "D726 I345",  # Val di Zoldo
    "M376": "A012 D235",  # Abetone Cutigliano
    "M377": "G715 H980",  # San Marcello Piteglio
    "M380": "F555 H721 I670",  # Colli al Metauro
    "M379": "A639 G089 G537 H886",  # Terre Roveresche
    "M397": "A211 G695",  # Alluvioni Piovera
    "M388": "C005 D941",  # Cassano Spinola
    "M389": "H291 H292",  # Alto Sermenza
    "M398": "B136 C450",  # Cellio con Breia
    "M400": "D627 M034",  # Fiumicello Villa Vicentina
    "M399": "E586 L381",  # Treppo Ligosullo
    "M414": "C526 H103",  # Quaregna Cerreto
    "M417": "I835 L436 L606 M304",  # Valdilana
    "M410": "A806 H360",  # Riva del Po
    "M409": "D713 L390",  # Tresignana
    "M405": "A199 E727 G396",  # Val di Chy
    "M415": "F164 L338 L548",  # Valchiusa
    "M426": "F019 F306",  # Colceresa
    "M427": "C949 E762",  # Lusiana Conco
    "M429": "C103 D663 E866",  # Borgo d'Anaunia
    "M430": "B165 B360 C797 H254 H506",  # Novella
    "M431": "B723 D243 L678",  # Ville di Fiemme
}

# Suppressed into a Comune that goes on (its name today).
INCORPORATED = {
    "F121": "Gordona",  # Menarola
    "H050": "Bienno",  # Prestine
    "E378": "Castel Ivano",  # Ivano-Fracena
    "I596": "Pettinengo",  # Selve Marcone
    "C374": "San Fermo della Battaglia",  # Cavallasca
    "D529": "Sermide e Felonica",  # Felonica
    "H648": "Varallo",  # Sabbia
    "B489": "Santo Stefano Belbo",  # Camo
    "C140": "Saluzzo",  # Castellar
    "L636": "Busca",  # Valmala
    "B320": "Torre de' Picenardi",  # Ca' d'Andrea
    "A866": "San Giorgio Bigarello",  # Bigarello
    "H329": "Alagna Valsesia",  # Riva Valdobbia
    "D457": "San Michele all'Adige",  # Faedo
    "L731": "Bellano",  # Vendrogno
    "F474": "Pesaro",  # Monteciccardo
    "A134": "Campospinoso Albaredo",  # Albaredo Arnaboldi
    "E608": "Montalto Pavese",  # Lirio
}

# New Comuni that were part of others, which go on.
SPLIT = {"M432": "L331"}  # Misiliscemi, from Trapani

# Columns of ISTAT's list with the codes of former provinces, and the day after their last.
_FORMER_CODES = (
    ("Codice Comune numerico con 103 province (dal 1995 al 2005)", "2006-01-01"),
    ("Codice Comune numerico con 107 province (dal 2006 al 2009)", "2010-01-01"),
    ("Codice Comune numerico con 110 province (dal 2010 al 2016)", "2017-01-01"),
)
_CODE = "Codice Comune formato alfanumerico"
_NAME = "Denominazione in italiano"

SARDINIA = "2026-01-01"
"""When all Sardinian codes changed: eight provinces again (regional law 7/2021)."""

# Sardinia's new provinces, and the former ones (those of 2006 to 2016) they are made of.
_PROVINCES = {
    "112": "SS",
    "113": "OT",
    "114": "NU",
    "115": "OR",
    "116": "OG",
    "117": "VS",
    "118": "CA",
    "119": "CI",
}
_IN_2012 = "2012-01-01"
# Those that went elsewhere, and those whose number follows the alphabetical ones.
_MOVED = {"L154": "CI", "D968": "CA", "I707": "NU"}  # Teulada, Genoni, Seulo
_APPENDED = frozenset({"I706", "L154"})  # Seui, Teulada

_PARTICLES = re.compile(
    r"(ai?|all?[ao]?|con|d[aei]|dal|dei|dell?[aeo]?|ed?|in|nell?a?|sull?a?|l[ae])"
)

Rows = Mapping[str, Mapping[str, str]]


def variations(
    register: Rows,
    former: Sequence[Rows],
    history: Sequence[Mapping[str, str]],
    recoded: Mapping[str, str],
) -> list[dict[str, str]]:
    """Return all changes; ``former`` are older lists of ISTAT, all by cadastral code.

    ``recoded`` are the new codes of Sardinia by cadastral code (``sardinia``).
    """
    istat: dict[str, str] = {}
    names: dict[str, str] = {}
    for listed in (*former, register):
        istat |= {code: row[_CODE] for code, row in listed.items()}
        names |= {code: row[_NAME] for code, row in listed.items()}
    last = {row["code"]: title(row["name"]) for row in sorted(history, key=_first_day)}
    names = last | names
    rows = [
        *_other_provinces({**register, **former[-1]}),
        *_moved(former[-1], register, history),
        *_suppressed(history, istat, names),
        *_renamed(history, istat, names),
        *_split(history, istat, names),
        *(
            _row(istat[code], code, names[code], "ricodificato", SARDINIA, new, code, names[code])
            for code, new in recoded.items()
        ),
    ]
    return sorted(rows, key=lambda row: tuple(row[c] for c in ("data", *COLUMNS)))


def sardinia(
    new: Mapping[str, frozenset[str]],
    old: Mapping[str, frozenset[str]],
    names: Mapping[str, str],
    history: Iterable[Mapping[str, str]],
) -> dict[str, str]:
    """Say which new code is whose, from what is published of both: their postal codes.

    A Comune goes back into the province it was in before 2016; among those of one province with
    the same postal codes the numbers follow the alphabet. Stops unless each has its one place and
    whole provinces come out in alphabetical order.
    """
    province = {code: sigla for code, sigla in _provinces_of_2012(history) if code in old} | _MOVED
    places: dict[tuple[frozenset[str], str], list[str]] = defaultdict(list)
    for istat, postal in sorted(new.items()):
        places[postal, _PROVINCES[istat[:3]]].append(istat)
    waiting: dict[tuple[frozenset[str], str], list[str]] = defaultdict(list)
    for code, postal in old.items():
        waiting[postal, province[code]].append(code)
    found: dict[str, str] = {}
    for key in waiting.keys() | places.keys():
        codes = sorted(waiting[key], key=lambda code: _alphabetical(names[code]))
        found |= dict(zip(codes, places[key], strict=True))
    _require_alphabetical(found, names)
    return found


def title(name: str) -> str:
    """Write "Barberino Val D'Elsa" and "Consiglio Di Rumo" as the Comuni do."""
    first, *words = re.sub(r"\bD'", "d'", name).split()
    words = [word.lower() if _PARTICLES.fullmatch(word.lower()) else word for word in words]
    return " ".join([first[:1].upper() + first[1:], *words])


def _other_provinces(register: Rows) -> Iterator[dict[str, str]]:
    """Tell of codes of former provinces, each with the code that followed it."""
    for code, row in register.items():
        codes = [(row[column].zfill(6), day) for column, day in _FORMER_CODES if row[column]]
        followed = [*(istat for istat, _day in codes[1:]), row[_CODE]]
        for (before, day), after in zip(codes, followed, strict=True):
            if before != after:
                name = row[_NAME]
                yield _row(before, code, name, "ricodificato", day, after, code, name)


def _moved(
    before: Rows, register: Rows, history: Sequence[Mapping[str, str]]
) -> Iterator[dict[str, str]]:
    """Tell of Comuni that changed province since the older list: the day is their history's."""
    for code, row in before.items():
        after = register.get(code)
        if after and after[_CODE] != row[_CODE]:
            day = max(entry["date_created"][:10] for entry in history if entry["code"] == code)
            name = row[_NAME]
            yield _row(row[_CODE], code, name, "ricodificato", day, after[_CODE], code, name)


def _suppressed(
    history: Sequence[Mapping[str, str]], istat: Mapping[str, str], names: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """Tell of every Comune suppressed since 2010, and who it became; stop where nobody knows."""
    begun = _begun(history)
    ended = _ended(history)
    told = {old: new for new, codes in MERGED.items() for old in codes.split()}
    by_name = {names[row["code"]]: row["code"] for row in history if row["active"]}
    for code, (day, sigla) in sorted(ended.items()):
        born = [new for new, (first, at) in begun.items() if (first, at) == (day, sigla)]
        event = "incorporato" if code in INCORPORATED else "fuso"
        if code in INCORPORATED:
            successor = by_name[INCORPORATED[code]]
            require(begun[successor][0] < day, f"{code}: {successor} is no older")
        elif code in told:
            successor = told[code]
            require(successor in born, f"{code}: {successor} was not born on {day}")
        else:
            require(len(born) == 1, f"{code}: born on {day} in {sigla}: {born}")
            (successor,) = born
        yield _row(
            istat.get(code, ""),
            code,
            names[code],
            event,
            day,
            istat.get(successor, ""),
            successor,
            names[successor],
        )


def _renamed(
    history: Sequence[Mapping[str, str]], istat: Mapping[str, str], names: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """Tell of names given up since 2010 by Comuni that go on."""
    active = {row["code"] for row in history if row["active"]}
    for row in history:
        code, name = row["code"], title(row["name"])
        if code in active and code in istat and row["date_deleted"][:10] >= SINCE:
            if plain(name) == plain(names[code]):
                continue
            day, now = _next_day(row["date_deleted"]), names[code]
            yield _row(istat[code], code, name, "ridenominato", day, istat[code], code, now)


def _split(
    history: Sequence[Mapping[str, str]], istat: Mapping[str, str], names: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    begun = _begun(history)
    for new, old in SPLIT.items():
        day = begun[new][0]
        yield _row(istat[old], old, names[old], "scorporato", day, istat[new], new, names[new])


def _first_day(row: Mapping[str, str]) -> str:
    return row["date_created"]


def _row(*cells: str) -> dict[str, str]:
    return dict(zip(COLUMNS, cells, strict=True))


def _begun(history: Iterable[Mapping[str, str]]) -> dict[str, tuple[str, str]]:
    """Return the first day and the province of every Comune there ever was."""
    begun: dict[str, tuple[str, str]] = {}
    for row in history:
        first = (row["date_created"][:10], row["province"])
        begun[row["code"]] = min(begun.get(row["code"], first), first)
    return begun


def _ended(history: Sequence[Mapping[str, str]]) -> dict[str, tuple[str, str]]:
    """Return the day after the last, and the province, of those suppressed since 2010."""
    active = {row["code"] for row in history if row["active"]}
    ended: dict[str, tuple[str, str]] = {}
    for row in history:
        if row["code"] not in active and row["date_deleted"][:10] >= SINCE:
            last = (_next_day(row["date_deleted"]), row["province"])
            ended[row["code"]] = max(ended.get(row["code"], last), last)
    return ended


def _provinces_of_2012(history: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    for row in history:
        if row["date_created"] <= _IN_2012 and (row["active"] or row["date_deleted"] > _IN_2012):
            yield row["code"], row["province"]


def _require_alphabetical(found: Mapping[str, str], names: Mapping[str, str]) -> None:
    """Stop where two neighbours in number are not so in the alphabet."""
    for province in _PROVINCES:
        numbered = sorted(
            (istat, _alphabetical(names[code]))
            for code, istat in found.items()
            if istat.startswith(province) and code not in _APPENDED
        )
        order = [name for _istat, name in numbered]
        require(order == sorted(order), f"{province}: not in alphabetical order")


def _alphabetical(name: str) -> str:
    """Order names as ISTAT does: apostrophes do not count, spaces do."""
    return re.sub(r"[^a-z]+", " ", plain(name).replace("'", ""))


def plain(name: str) -> str:
    """Write a name in small ASCII letters."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()


def _next_day(day: str) -> str:
    return (date.fromisoformat(day[:10]) + timedelta(days=1)).isoformat()


def require(condition: bool, otherwise: str) -> None:  # noqa: FBT001  reads like assert
    """Stop with what is wrong; an assert would vanish under -O."""
    if not condition:
        raise SystemExit(f"build_dataset: {otherwise}")
