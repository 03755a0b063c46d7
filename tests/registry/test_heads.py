"""The ministry's rows become one head for each Comune, or are reported."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from coalizione_mailer.errors import Code, Problem, Severity
from coalizione_mailer.model import Comune, Office
from coalizione_mailer.registry import Register
from coalizione_mailer.registry.heads import Assigned, heads_of
from coalizione_mailer.registry.history import CodeHistory, Event, Variation
from coalizione_mailer.registry.mayors import Officeholder
from coalizione_mailer.registry.names import normal
from coalizione_mailer.registry.official.ministry import read_heads
from coalizione_mailer.registry.official.values import HeadRow, Heads, Kind, Source
from tests.support import official

MAYORS, COMMISSIONERS = "sindaciincarica.csv", "organistraordinariincarica.csv"
ELECTED, ENTERED, LATER = date(2022, 6, 12), date(2022, 6, 13), date(2024, 12, 23)
VINTAGE = date(2025, 1, 17)


def row(name: str, sigla: str, person: str = "ANNA D'AMICO", **fields: object) -> HeadRow:
    given, _, family = person.partition(" ")
    made = HeadRow(name, sigla, given, family, "", "Sindaco", ELECTED, ENTERED, line=4)
    return replace(made, **fields)  # type: ignore[arg-type]


def file(*rows: HeadRow, extraordinary: bool = False, vintage: date = VINTAGE) -> Heads:
    name = COMMISSIONERS if extraordinary else MAYORS
    return Heads(
        Source(Kind.MAYORS, name, name, "0" * 64, 1, len(rows), vintage), extraordinary, rows
    )


def commissioners(*rows: tuple[str, str], at: date = LATER) -> Heads:
    """Make the commissioners of Vicenza: office and person each."""
    return file(
        *(row("VICENZA", "VI", person, office=office, in_office=at) for office, person in rows),
        extraordinary=True,
    )


Told = Callable[..., Assigned]


@pytest.fixture
def told(shipped: Register) -> Told:
    def assigned(*files: Heads, **options: object) -> Assigned:
        return heads_of(files, shipped.comuni, **options)  # type: ignore[arg-type]

    return assigned


def only(assigned: Assigned) -> Officeholder:
    (holder,) = assigned.holders
    assert assigned.problems == ()
    return holder


def test_a_mayor_is_given_to_the_comune_with_the_name_out_of_capitals(told: Told) -> None:
    holder = only(told(file(row("VICENZA", "VI", "GIOSUE' NISTICO'", sex="M"))))
    assert holder == Officeholder(
        codice_istat="024116",
        codice_catastale="L840",
        denominazione="Vicenza",
        carica="sindaco",
        nome="Giosuè",
        cognome="Nisticò",
        sesso="M",
        eletto=ELECTED,
        in_carica=ENTERED,
        fonte=MAYORS,
        data=VINTAGE,
    )


@pytest.mark.parametrize(
    ("sex", "person", "carica"),
    [
        ("F", "ANDREA ROSSI", "sindaca"),
        ("M", "ANNA ROSSI", "sindaco"),
        ("", "ANNA ROSSI", "sindaca"),
        ("", "ANDREA ROSSI", "sindaco"),
        ("f", "ANDREA ROSSI", "sindaca"),
    ],
)
def test_the_sex_decides_the_form_and_without_it_a_sure_given_name(
    told: Told, sex: str, person: str, carica: str
) -> None:
    assert only(told(file(row("VICENZA", "VI", person, sex=sex)))).carica == carica


def in_capitals(comune: Comune) -> str:
    """Write a name as the ministry does, with accents as apostrophes."""
    marks = dict(zip("ÀÈÉÌÒÙ", ("A'", "E'", "E'", "I'", "O'", "U'"), strict=True))
    return "".join(marks.get(char, char) for char in comune.denominazione.upper())


def test_every_comune_of_the_register_is_found_by_its_name_in_capitals(
    told: Told, shipped: Register
) -> None:
    rows = [
        row(in_capitals(comune), comune.sigla, "ANNA ROSSI", line=line)
        for line, comune in enumerate(shipped.comuni, start=4)
    ]
    assigned = told(file(*rows))
    assert assigned.problems == ()
    assert [one.codice_catastale for one in assigned.holders] == list(shipped.by_catastale)


@pytest.mark.parametrize(
    ("name", "sigla", "catastale"),
    [
        ("BOLZANO/BOZEN", "BZ", "A952"),
        ("BOLZANO", "BZ", "A952"),
        ("BOZEN", "BZ", "A952"),
        ("REGGIO CALABRIA", "RC", "H224"),
        ("REGGIO EMILIA", "RE", "H223"),
        ("FORLI'", "FO", "D704"),
        ("PESARO", "PS", "G479"),
        ("NAPOLI", "NA", "F839"),
        ("NAPOLI", "", "F839"),
        ("IOLANDA DI SAVOIA", "FE", "E320"),
        ("CASTRO", "BG", "C337"),
        ("CASTRO", "LE", "M261"),
        ("CARBONIA", "CI", "B745"),
        ("OLBIA", "OT", "G015"),
        ("OLBIA", "SS", "G015"),
        ("SAN TEODORO", "OT", "I329"),
        ("SAN TEODORO", "ME", "I328"),
        ("S. DONA' DI PIAVE", "VE", "H823"),
    ],
)
def test_the_ministrys_ways_with_names_are_understood(
    told: Told, name: str, sigla: str, catastale: str
) -> None:
    assert only(told(file(row(name, sigla)))).codice_catastale == catastale


@pytest.mark.parametrize(
    ("name", "sigla"),
    [
        ("CASTRO", ""),  # two of them
        ("CASTRO", "MI"),  # neither, though one is near
        ("CALLIANO", "AT"),  # it has another name now; the one of Trento is not meant
        ("SAVOIA", "FE"),  # part of a name
        ("VICENZZA", "VI"),
        ("NESSUN LUOGO", "XX"),
        ("", ""),
    ],
)
def test_what_is_not_beyond_doubt_is_reported_and_given_to_nobody(
    told: Told, name: str, sigla: str
) -> None:
    assigned = told(file(row(name, sigla)))
    assert assigned.holders == ()
    (problem,) = assigned.problems
    assert (problem.code, problem.severity) == (Code.HEAD_UNMATCHED, Severity.WARNING)
    assert (problem.file, problem.line) == (MAYORS, 4)
    assert problem.found == (f"{name} ({sigla})" if sigla else name)


def test_candidates_are_told(told: Told) -> None:
    (problem,) = told(file(row("CASTRO", ""))).problems
    assert problem.expected == ("Castro (BG) 016065", "Castro (LE) 075096")
    (problem,) = told(file(row("VICENZZA", "VI"))).problems
    assert problem.expected[0] == "Vicenza (VI) 024116"


def variation(event: Event, before: str, catastale: str = "X999") -> Variation:
    return Variation("", catastale, before, event, date(2020, 1, 1), "024116", "L840", "Vicenza")


def test_a_comune_that_was_renamed_is_found_by_its_former_name(told: Told) -> None:
    history = CodeHistory((variation(Event.RENAMED, "Vicetia", "L840"),))
    assert only(told(file(row("VICETIA", "VI")), history=history)).codice_catastale == "L840"
    assert told(file(row("VICETIA", "MI")), history=history).holders == ()


def test_the_mayor_of_a_suppressed_comune_is_not_the_mayor_of_its_successor(told: Told) -> None:
    history = CodeHistory((variation(Event.INCORPORATED, "Vicetia"),))
    assigned = told(file(row("VICETIA", "VI")), history=history)
    assert assigned.holders == ()
    (problem,) = assigned.problems
    assert (problem.code, problem.expected) == (Code.HEAD_MERGED, ("Vicenza (VI) 024116",))


def test_a_commissioner_without_deputies_heads_the_comune(told: Told) -> None:
    holder = only(
        told(
            commissioners(
                ("Sub commissario Prefettizio", "BRUNO VERDI"),
                ("Commissario Prefettizio", "DIEGO DE ANDREIS"),
                ("Sub commissario Prefettizio", "CARLO NERI"),
            )
        )
    )
    assert (holder.carica, holder.nome, holder.cognome) == (
        "commissario prefettizio",
        "Diego",
        "De Andreis",
    )
    assert holder.eletto is None
    assert holder.in_carica == LATER


@pytest.mark.parametrize(
    ("person", "carica", "office"),
    [
        ("RAFFAELLA ROSSI", "commissaria straordinaria", Office.COMMISSARIA),
        ("ANDREA ROSSI", "commissario straordinario", Office.COMMISSARIO),
    ],
)
def test_a_commissioner_is_a_woman_where_her_name_says_so(
    told: Told, person: str, carica: str, office: Office
) -> None:
    holder = only(told(commissioners(("Commissario Straordinario", person))))
    assert (holder.carica, holder.head.office) == (carica, office)


def test_several_commissioners_are_a_commission_and_nobody_is_named(told: Told) -> None:
    several = commissioners(
        ("Commissario Straordinario", "ANNA ROSSI"),
        ("Commissario Straordinario", "BRUNO VERDI"),
        ("Commissario Straordinario", "CARLO NERI"),
    )
    for heads in (several, commissioners(("Componente Commissione Straordinaria", "ANNA ROSSI"))):
        holder = only(told(heads))
        assert (holder.carica, holder.nome, holder.cognome, holder.sesso) == (
            "commissione straordinaria",
            "",
            "",
            "",
        )


def test_the_commissioner_of_the_decree_follows_the_prefects(told: Told) -> None:
    both = file(
        row("VICENZA", "VI", "BRUNO VERDI", office="Commissario Prefettizio", in_office=ENTERED),
        row("VICENZA", "VI", "CARLO NERI", office="Commissario Straordinario", in_office=LATER),
        extraordinary=True,
    )
    assert only(told(both)).cognome == "Neri"


def test_two_prefectural_commissioners_of_one_day_leave_the_office_without_a_name(
    told: Told,
) -> None:
    holder = only(
        told(
            commissioners(
                ("Commissario Prefettizio", "ANNA ROSSI"),
                ("Commissario Prefettizio", "BRUNO VERDI"),
            )
        )
    )
    assert (holder.carica, holder.nome) == ("commissario prefettizio", "")


def test_deputies_alone_head_nothing(told: Told) -> None:
    assert told(commissioners(("Sub commissario Prefettizio", "BRUNO VERDI"))) == Assigned((), ())


def test_an_office_nobody_knows_is_reported(told: Told) -> None:
    assigned = told(file(row("VICENZA", "VI", office="Podestà")))
    assert assigned.holders == ()
    assert assigned.problems == (
        Problem(
            Code.HEAD_OFFICE,
            Severity.WARNING,
            file=MAYORS,
            line=4,
            key="VICENZA (VI)",
            found="Podestà",
        ),
    )


def test_a_vice_mayor_stands_in_only_where_there_is_no_mayor(told: Told) -> None:
    vice = row("VICENZA", "VI", "BRUNO VERDI", office="Vicesindaco reggente", in_office=LATER)
    holder = only(told(file(vice)))
    assert (holder.carica, holder.head.office) == ("vicesindaco", Office.SINDACO)
    assert (holder.head.name, holder.head.acting) == ("", True)
    assert only(told(file(vice, row("VICENZA", "VI", "CARLO NERI", sex="M")))).cognome == "Neri"


@pytest.mark.parametrize(
    ("entered", "carica"),
    [(LATER, "commissario prefettizio"), (date(2020, 1, 1), "sindaca")],
)
def test_whoever_entered_office_last_heads_a_comune_of_both_files_and_that_is_said(
    told: Told, entered: date, carica: str
) -> None:
    mayors = file(row("VICENZA", "VI", sex="F"))
    assigned = told(commissioners(("Commissario Prefettizio", "CARLO NERI"), at=entered), mayors)
    (holder,) = assigned.holders
    assert holder.carica == carica
    (problem,) = assigned.problems
    told_of = {"sindaca, 2022-06-13", f"commissario prefettizio, {entered.isoformat()}"}
    assert (problem.code, problem.severity) == (Code.HEAD_TWICE, Severity.INFO)
    assert problem.comune == "024116"
    assert {problem.found, *problem.expected} == told_of
    assert problem.found is not None
    assert problem.found.startswith(carica)


def test_without_a_day_of_entry_the_newer_file_decides(told: Told) -> None:
    undated = row("VICENZA", "VI", sex="F", in_office=None, elected=None)
    extra = row("VICENZA", "VI", office="Commissario", in_office=None, elected=None)
    for vintage, office in ((date(2026, 1, 1), "sindaca"), (date(2024, 1, 1), "commissaria")):
        assigned = told(file(undated, vintage=vintage), file(extra, extraordinary=True))
        assert assigned.holders[0].carica.split()[0] == office


def test_with_the_mayors_file_alone_the_commissioners_of_before_still_count(
    told: Told,
) -> None:
    known = told(
        file(row("VICENZA", "VI", sex="F"), row("SCHIO", "VI")),
        file(row("THIENE", "VI", office="Commissario", in_office=LATER), extraordinary=True),
    ).holders
    again = told(file(row("VICENZA", "VI", "BRUNA ROSSI", sex="F")), known=known)
    assert {one.denominazione: one.cognome for one in again.holders} == {
        "Vicenza": "Rossi",  # told anew
        "Thiene": "D'Amico",  # as it was; Schio has no mayor any more
    }


def test_the_office_may_know_a_name_better_than_the_capitals_tell(told: Told) -> None:
    unsure = row("VICENZA", "VI", "ANNA SOFRE'", sex="F", elected=LATER)
    assert only(told(file(unsure))).head.name == ""
    office = replace(only(told(file(unsure))), nome="Anna", cognome="Sofré", eletto=ELECTED)
    again = only(told(file(unsure), known=[replace(office, codice_catastale="")]))
    assert (again.head.name, again.eletto) == ("Anna Sofré", LATER)
    another = row("VICENZA", "VI", "BRUNA SOFRE'", sex="F")
    assert only(told(file(another), known=[office])).head.name == ""


def test_the_office_may_know_that_a_commissioner_is_a_woman(told: Told) -> None:
    heads = commissioners(("Commissario Straordinario", "ANDREA ROSSI"))
    office = replace(only(told(heads)), carica="commissaria straordinaria", sesso="F")
    assert only(told(heads, known=[office])) == office
    sindaco = file(row("VICENZA", "VI", "ANDREA ROSSI", sex="M"))
    corrected = replace(only(told(sindaco)), carica="sindaca", sesso="F")
    assert only(told(sindaco, known=[corrected])).carica == "sindaco"


def test_a_file_of_both_kinds_leaves_nothing_of_before(told: Told) -> None:
    known = told(
        file(row("SCHIO", "VI")),
        file(row("THIENE", "VI", office="Commissario", in_office=LATER), extraordinary=True),
    ).holders
    both = file(row("VICENZA", "VI"), row("SOVIZZO", "VI", office="Commissario"))
    again = told(both, known=known).holders
    assert [one.denominazione for one in again] == ["Vicenza", "Sovizzo"]


@pytest.mark.parametrize(
    "write", [[official.write_mayors, official.write_commissioners], [official.write_maggiororgano]]
)
def test_the_ministrys_files_of_all_comuni_give_each_its_head_and_no_name_wrong(
    told: Told, tmp_path: Path, write: list[Callable[[Path], Path]]
) -> None:
    files = [read_heads(one(tmp_path / one.__name__)) for one in write]
    assigned = told(*files)
    assert assigned.problems == ()
    heads = {one.codice_catastale: one.head for one in assigned.holders}
    for place in official.places():
        people = official.commissioners(place) or (official.mayor(place),)
        head = heads[place.catastale]
        if len(people) == 3:
            assert (head.office, head.name) == (Office.COMMISSIONE, "")
            continue
        assert head.name in ("", f"{people[0].given} {people[0].family}")
        if head.office in (Office.SINDACA, Office.COMMISSARIA):
            assert people[0].sex == "F"
        elif head.office is Office.SINDACO:
            assert people[0].sex == "M"
    assert sum(bool(head.name) for head in heads.values()) > 0.99 * len(heads)


def test_two_mayors_of_one_day_leave_the_office_without_a_name(told: Told) -> None:
    women = file(row("VICENZA", "VI", "ANNA ROSSI", sex="F"), row("VICENZA", "VI", sex="F"))
    assert (only(told(women)).carica, only(told(women)).nome) == ("sindaca", "")
    both = file(row("VICENZA", "VI", "ANNA ROSSI", sex="F"), row("VICENZA", "VI", "UGO NERI"))
    assert (only(told(both)).carica, only(told(both)).nome) == ("sindaco", "")
    same = file(row("VICENZA", "VI", sex="F"), row("VICENZA", "VI", sex="F"))
    assert only(told(same)).nome == "Anna"


def test_the_same_rows_in_another_order_give_the_same_heads(told: Told, shipped: Register) -> None:
    rows = [row(in_capitals(one), one.sigla, "ANNA ROSSI") for one in shipped.comuni[:200]]
    assert told(file(*rows)) == told(file(*reversed(rows)))
    assert [normal(one.denominazione) for one in told(file(*rows)).holders] == [
        normal(one.denominazione) for one in shipped.comuni[:200]
    ]
