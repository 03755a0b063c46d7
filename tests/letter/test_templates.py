"""A template's mistakes are found before anyone gets a letter."""

from pathlib import Path

import pytest

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.letter.templates import NAMES, Templates, files_of
from tests.letter.example import configuration, recipient


def written(folder: Path, **given: str) -> Path:
    """Write a folder of templates; ``letter``, ``email`` and ``text`` are empty unless given."""
    for key, name in zip(("letter", "email", "text"), NAMES, strict=True):
        (folder / name).write_text(given.get(key, ""), encoding="utf-8")
    return folder


def problems_of(folder: Path, form: str = "individual") -> list[Problem]:
    return Templates.load(folder, configuration(form)).check()


def test_a_letter_is_written_from_the_campaign_and_the_comune(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        letter="<p>{{ protocol.place }}, {{ protocol.date | data }}</p>",
        email="<p>{{ comune.denominazione | di }}</p>",
        text="{{ event.edition }} {{ destinatario.carica }}",
    )
    letter = Templates.load(folder, configuration()).render(recipient("Aosta"))
    assert letter.html == "<p>Roma, 18 settembre 2017</p>"
    assert "<p>di Aosta</p>" in letter.email_html
    assert letter.email_text == "XXXIV sindaco"


def test_html_is_escaped_and_plain_text_is_not(tmp_path: Path) -> None:
    name = "<b>Rocca & Co'</b>"
    folder = written(
        tmp_path, letter="{{ comune.denominazione }}", text="{{ comune.denominazione }}"
    )
    letter = Templates.load(folder, configuration()).render(recipient(name))
    assert letter.html == "&lt;b&gt;Rocca &amp; Co&#39;&lt;/b&gt;"
    assert letter.email_text == name


def test_further_fields_can_be_handed_in(tmp_path: Path) -> None:
    folder = written(tmp_path, text="{{ giro }}")
    templates = Templates.load(folder, configuration(), {"giro": 2})
    assert templates.check() == []
    assert templates.render(recipient()).email_text == "2"


def test_a_field_without_a_value_says_nothing_of_what_it_would_hold(tmp_path: Path) -> None:
    folder = written(tmp_path, text="{% if ospite %}{{ ospite.nome }}{% endif %}")
    assert Templates.load(folder, configuration(), {"ospite": None}).check() == []


def test_styles_of_the_email_go_into_the_elements_and_media_queries_stay(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        email="<html><head><style>p { color: #123456 } @media (max-width: 9px) { p { margin: 0 } }"
        "</style></head><body><p>x</p></body></html>",
    )
    html = Templates.load(folder, configuration()).render(recipient()).email_html
    assert 'style="color: #123456;"' in html
    assert "@media (max-width: 9px)" in html


def test_styles_are_never_fetched(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        email='<html><head><link rel="stylesheet" href="file:///etc/passwd"></head></html>',
    )
    assert "root:" not in Templates.load(folder, configuration()).render(recipient()).email_html


@pytest.mark.parametrize(
    ("template", "line", "found", "nearest"),
    [
        ("\n\n{{ comune.denominazone }}", 3, "comune.denominazone", "comune.denominazione"),
        ("{{ comue.sigla }}", 1, "comue.sigla", "comune.sigla"),
        ("{{ denominazione }}", 1, "denominazione", "comune.denominazione"),
        ("{{ sender.signatory.nome }}", 1, "sender.signatory.nome", "sender.signatory.name"),
        ('{{ protocol["lable"] }}', 1, "protocol.lable", "protocol.label"),
        ("{{ event.guest.rol }}", 1, "event.guest.rol", "event.guest.role"),
        ("{% if false %}\n{{ event.titel }}\n{% endif %}", 2, "event.titel", "event.title"),
        ("{% if comune.siglia == 'X' %}{% endif %}", 1, "comune.siglia", "comune.sigla"),
        ("{{ event.dat | data }}", 1, "event.dat", "event.date"),
        ("{{ event.date.yeer }}", 1, "event.date.yeer", "event.date"),
        ("{{ comune.__class__ }}", 1, "comune.__class__", None),
    ],
)
def test_an_unknown_field_is_found_with_file_line_and_the_nearest(
    tmp_path: Path, template: str, line: int, found: str, nearest: str | None
) -> None:
    (problem,) = problems_of(written(tmp_path, letter=template))
    assert problem.code is Code.TEMPLATE_FIELD
    assert (problem.file, problem.line) == (str(tmp_path / "letter.html"), line)
    assert problem.found == found
    if nearest:
        assert problem.expected == (nearest,)


def test_all_unknown_fields_of_all_templates_are_found_at_once(tmp_path: Path) -> None:
    folder = written(
        tmp_path, letter="{{ a }}{{ a }}\n{{ a }}", email="{{ b }}", text="{% include 'foot.txt' %}"
    )
    (tmp_path / "foot.txt").write_text("\n{{ c }}")
    assert [(Path(p.file or "").name, p.line, p.found) for p in problems_of(folder)] == [
        ("letter.html", 1, "a"),
        ("letter.html", 2, "a"),
        ("email.html", 1, "b"),
        ("foot.txt", 2, "c"),
    ]


@pytest.mark.parametrize(
    "template",
    [
        "{% set mio = comune.sigla %}{{ mio }}",
        "{% for cosa in event['items'] %}{{ loop.index }}{{ cosa }}{% endfor %}",
        "{% macro riga(testo) %}{{ testo }}{{ varargs }}{% endmacro %}{{ riga('x') }}",
        "{% if event.sponsor is defined %}{{ event.sponsor }}{% endif %}",
        "{{ event.sponsor | default('-') }}",
        "{{ comune.denominazione.upper() }}{{ event.date.year }}",
        "{% from 'parts.html' import riga as linea %}{{ linea('x') }}",
        "{% import 'parts.html' as parti %}{{ parti.riga('x') }}",
        "{% include 'nessuno.html' ignore missing %}",
        "{{ comune.latitudine.real }}",
        "{{ range(3) | list }}",
        "{{ comune.popolazione.real }}",
    ],
)
def test_what_a_template_sets_or_provides_for_is_no_mistake(tmp_path: Path, template: str) -> None:
    (tmp_path / "parts.html").write_text("{% macro riga(testo) %}{{ testo }}{% endmacro %}")
    assert problems_of(written(tmp_path, letter=template)) == []


def test_a_field_missing_only_at_run_time_is_told_the_same_way(tmp_path: Path) -> None:
    folder = written(tmp_path, text="riga\n{% set chi = destinatario %}\n{{ chi.caricca }}")
    (problem,) = problems_of(folder)
    assert problem == Problem(
        Code.TEMPLATE_FIELD,
        file=str(tmp_path / "email.txt"),
        line=3,
        found="destinatario.caricca",
        expected=("destinatario.carica",),
    )


def test_a_circular_letter_cannot_speak_of_one_comune(tmp_path: Path) -> None:
    folder = written(tmp_path, letter="{{ comune.denominazione }}")
    (problem,) = problems_of(folder, "circular")
    assert (problem.code, problem.found) == (Code.TEMPLATE_FIELD, "comune")
    assert problem.line == 1


def test_one_template_may_serve_both_forms(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        letter="{% if letter.form == 'individual' %}{{ comune.sigla }}{% endif %}LORO SEDI",
    )
    assert problems_of(folder) == []
    assert problems_of(folder, "circular") == []


def test_a_circular_letter_is_the_same_for_all(tmp_path: Path) -> None:
    templates = Templates.load(
        written(tmp_path, letter="{{ recipients.min | numero }}"), configuration("circular")
    )
    assert not templates.individual
    assert templates.render(recipient("Vicenza")) is templates.render(recipient("Aosta"))


def test_every_syntax_error_and_missing_file_is_found_at_once(tmp_path: Path) -> None:
    (tmp_path / "letter.html").write_text("uno\n{% if %}")
    (tmp_path / "email.html").write_text("{{ event.date | dta }}")
    with pytest.raises(ProblemsError) as refusal:
        Templates.load(tmp_path, configuration())
    found = [(p.code, Path(p.file or "").name, p.line) for p in refusal.value.problems]
    assert found == [
        (Code.TEMPLATE_SYNTAX, "letter.html", 2),
        (Code.TEMPLATE_SYNTAX, "email.html", 1),
        (Code.FILE_MISSING, "email.txt", None),
    ]


def test_a_syntax_error_in_an_included_file_is_found_there(tmp_path: Path) -> None:
    folder = written(tmp_path, letter="{% include 'foot.html' %}")
    (tmp_path / "foot.html").write_text("\n\n{{ x")
    with pytest.raises(ProblemsError) as refusal:
        Templates.load(folder, configuration())
    (problem,) = refusal.value.problems
    assert (Path(problem.file or "").name, problem.line) == ("foot.html", 3)


def test_a_mistake_in_a_file_chosen_at_run_time_is_found_there(tmp_path: Path) -> None:
    folder = written(tmp_path, letter="{% set which = 'foot.html' %}\n{% include which %}")
    (tmp_path / "foot.html").write_text("\n{% endif %}")
    (problem,) = problems_of(folder)
    assert problem.code is Code.TEMPLATE_SYNTAX
    assert (Path(problem.file or "").name, problem.line) == ("foot.html", 2)


def test_a_missing_included_file_is_found(tmp_path: Path) -> None:
    (problem,) = problems_of(written(tmp_path, letter="{% include 'foot.html' %}"))
    assert (problem.code, problem.file) == (Code.FILE_MISSING, str(tmp_path / "foot.html"))


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (tmp_path / "email.txt").write_bytes(b"perch\xe9")
    with pytest.raises(ProblemsError) as refusal:
        Templates.load(folder, configuration())
    (problem,) = refusal.value.problems
    assert (problem.code, problem.file) == (Code.FILE_UNREADABLE, str(tmp_path / "email.txt"))


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ event.date.__reduce__() }}",
        "{% set _ = event['items'].append('x') %}",
        "{% set name = '__class__' %}{{ comune[name] }}",
    ],
)
def test_templates_cannot_reach_python_or_change_what_others_see(
    tmp_path: Path, attack: str
) -> None:
    (problem,) = problems_of(written(tmp_path, letter=attack))
    assert problem.code in (Code.TEMPLATE_FIELD, Code.TEMPLATE_SYNTAX)
    assert problem.line == 1


def test_a_value_that_a_filter_cannot_write_is_told_with_its_place(tmp_path: Path) -> None:
    folder = written(tmp_path, text="\n\n{{ event.place | data }}")
    (problem,) = problems_of(folder)
    assert (problem.code, problem.line) == (Code.TEMPLATE_SYNTAX, 3)
    assert problem.file == str(tmp_path / "email.txt")


def test_a_template_changed_after_loading_changes_no_letter(tmp_path: Path) -> None:
    templates = Templates.load(written(tmp_path, letter="prima"), configuration())
    (tmp_path / "letter.html").write_text("dopo")
    assert templates.render(recipient()).html == "prima"


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """A folder of templates whose letter has its style from a folder beside it."""
    folder, style = tmp_path / "invito", tmp_path / "stile"
    for each in (folder, style, tmp_path / "altro"):
        each.mkdir()
        (each / "lettera.css").write_text("p { color: #14375e }\n", encoding="utf-8")
    return written(folder, letter='<style>\n{% include "../stile/lettera.css" %}\n</style>\n')


def test_letters_may_share_what_lies_beside_their_folder(beside: Path) -> None:
    templates = Templates.load(beside, configuration())
    assert templates.check() == []
    html = templates.render(recipient()).html
    assert html == "<style>\np { color: #14375e }\n</style>\n"


def test_what_lies_beside_counts_where_it_is_reached(beside: Path) -> None:
    own = [beside / name for name in ("email.html", "email.txt", "letter.html", "lettera.css")]
    assert files_of(beside) == [*own, beside.parent / "stile" / "lettera.css"]
    written(beside, letter="<p>")
    assert files_of(beside) == own


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("\n/* {{ comune.nome }} */", Code.TEMPLATE_FIELD),
        ("\n{% if %}", Code.TEMPLATE_SYNTAX),
        ("\n{{ event.place | data }}", Code.TEMPLATE_SYNTAX),
    ],
)
def test_a_mistake_in_what_is_shared_is_told_with_its_own_place(
    beside: Path, content: str, code: Code
) -> None:
    shared = beside.parent / "stile" / "lettera.css"
    shared.write_text(content, encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        raise ProblemsError(problems_of(beside))
    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.line) == (code, str(shared), 2)


@pytest.mark.parametrize("name", ["../stile/niente.css", "../../fuori.css", "/etc/hostname"])
def test_what_is_not_there_or_further_away_is_told_as_missing(beside: Path, name: str) -> None:
    (beside.parent.parent / "fuori.css").write_text("p {}", encoding="utf-8")
    (problem,) = problems_of(written(beside, letter='{% include "' + name + '" %}'))
    assert problem.code is Code.FILE_MISSING
    # The line would be another file's.
    assert (Path(problem.file or "").name, problem.line) == (Path(name).name, None)
    assert ".." not in str(problem.file)
    assert len(files_of(beside)) == 4


def test_every_file_of_the_folder_counts(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (tmp_path / "immagini").mkdir()
    (tmp_path / "immagini" / "stemma.png").write_bytes(b"x")
    assert files_of(folder) == [
        tmp_path / "email.html",
        tmp_path / "email.txt",
        tmp_path / "immagini" / "stemma.png",
        tmp_path / "letter.html",
    ]
