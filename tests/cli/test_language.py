"""Every word on the screen is there in Italian, and Italian is chosen as people expect."""

import ast
import gettext
import io
import re
import string
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from coalizione_mailer.cli import advice, console, language, status
from coalizione_mailer.cli.app import COMMANDS
from coalizione_mailer.errors import Code, Problem, Severity
from coalizione_mailer.lifecycle import State
from tests.cli.desk import CATALOGUE, ROOT, Mailer

SOURCE = ROOT / "coalizione_mailer"


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, domain=language.DOMAIN, abort_invalid=True)


@pytest.fixture
def in_italian(catalogue: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak Italian within this process."""
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    monkeypatch.setattr(language, "_catalogue", gettext.GNUTranslations(compiled))


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def forms(message: Message) -> Iterator[tuple[str, str]]:
    """Give each form of a sentence with its translation."""
    yield from zip(all_of(message.id), all_of(message.string), strict=True)


def all_of(words: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words or ())


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def written_in_the_source() -> set[tuple[str, ...]]:
    """Find what the source hands to gettext, even where Babel does not look: inside f-strings."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                count = {"_": 1, "ngettext": 2}.get(node.func.id, 0)
                if count:
                    found.add(tuple(ast.literal_eval(word) for word in node.args[:count]))
    return found


def test_the_catalogue_has_what_the_source_says_and_nothing_else(catalogue: Catalog) -> None:
    known = {all_of(message.id) for message in messages(catalogue)}
    assert known == written_in_the_source()


def test_make_messages_finds_every_sentence() -> None:
    extracted = {all_of(words) for _, _, words, _, _ in extract_from_dir(SOURCE)}
    assert extracted == written_in_the_source()


def test_no_sentence_is_missing_or_in_question(catalogue: Catalog) -> None:
    assert [m.id for m in messages(catalogue) if m.fuzzy or not all(t for _, t in forms(m))] == []


def test_both_languages_fill_in_the_same_values(catalogue: Catalog) -> None:
    assert [m.id for m in messages(catalogue) for s, t in forms(m) if fields(s) != fields(t)] == []


def test_both_languages_end_alike(catalogue: Catalog) -> None:
    """A line that ends with a full stop, a colon or a space does so in both."""
    ends = re.compile(r"[.:? ]*$")
    assert [
        (source, translated)
        for message in messages(catalogue)
        for source, translated in forms(message)
        if ends.findall(source) != ends.findall(translated)
    ] == []


def test_plural_forms_are_those_of_italian(catalogue: Catalog) -> None:
    assert (catalogue.num_plurals, catalogue.plural_expr) == (2, "(n != 1)")
    assert all(len(all_of(m.string)) == 2 for m in messages(catalogue) if m.pluralizable)


def test_the_secretary_is_addressed_with_courtesy(catalogue: Catalog) -> None:
    """Lei, never tu: no imperative that has only that meaning, no possessive."""
    familiar = re.compile(
        r"\b(tuo|tua|tuoi|tue|ti|scrivi|correggi|aggiungi|togli|scegli|metti|attendi|vedi|apri|"
        r"chiudi|rispondi(?! a:)|prova ancora|riprova|controlla)\b",
        re.IGNORECASE,
    )
    assert [t for m in messages(catalogue) for _, t in forms(m) if familiar.search(t)] == []


@pytest.mark.parametrize(
    "environment",
    [
        {"MAILER_LANG": "it"},
        {"MAILER_LANG": "it_IT.UTF-8", "LANG": "en_US.UTF-8"},
        {"LANG": "it_IT.UTF-8"},
        {"LC_ALL": "it_IT.UTF-8", "LANG": "en_US.UTF-8"},
        {"LC_MESSAGES": "it_CH.UTF-8"},
        {"LANGUAGE": "it:en", "LANG": "en_GB.UTF-8"},
    ],
)
@pytest.mark.usefixtures("italian")
def test_italian_is_chosen_by_the_locale_or_by_name(
    program: Mailer, environment: dict[str, str]
) -> None:
    answer = program("--help", **({"MAILER_LANG": ""} | environment))
    assert answer.code == 0
    assert "Uso: mailer [OPZIONI] COMANDO" in answer.out


@pytest.mark.parametrize(
    "environment",
    [
        {"MAILER_LANG": "en", "LANG": "it_IT.UTF-8"},
        {"LANG": "C.UTF-8"},
        {"LANG": "de_DE.UTF-8"},
        {"LC_ALL": "C", "LANG": "it_IT.UTF-8"},
    ],
)
@pytest.mark.usefixtures("italian")
def test_everything_else_is_english(program: Mailer, environment: dict[str, str]) -> None:
    answer = program("--help", **({"MAILER_LANG": ""} | environment))
    assert "Usage: mailer [OPTIONS] COMMAND" in answer.out


# "File" is not among them: it is Italian by now.
ENGLISH = re.compile(
    r"\b(the|and|of|to|with|without|show|this|message|exit|options|commands|arguments|usage|letter|"
    r"letters|folder|default|required|text|integer|range|bool|str|int|path|try|help|sent|as|"
    r"for|never|only|list|error)\b",
    re.IGNORECASE,
)
# What is typed is English in any language.
TYPED = re.compile(r"--?[a-z][a-z-]*|mailer [a-z]+|^ {2}[a-z]+ |queued, .*in_doubt", re.MULTILINE)


@pytest.mark.parametrize("command", ["", *(one.name for one in COMMANDS)])
@pytest.mark.usefixtures("italian")
def test_an_italian_help_page_has_no_english_word(program: Mailer, command: str) -> None:
    arguments = (command, "--help") if command else ("--help",)
    answer = program(*arguments, MAILER_LANG="it")
    assert answer.code == 0
    text = re.sub(r"queued,[\s\S]*?in_doubt", "", TYPED.sub("", answer.out))
    assert ENGLISH.findall(text) == []
    assert not set("<>") & set(answer.out)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("snd",), "Il comando snd non esiste. Forse intendeva: send, resend?"),
        (("send", "--lmit", "3"), "L'opzione --lmit non esiste. Forse intendeva: --limit?"),
        (("send", "--limit", "x"), "--limit: trovato x; serve un numero intero, 1 o più."),
        (("send", "--limit"), "--limit vuole un valore dopo di sé."),
        (("send", "--dry-run=3"), "--dry-run non vuole valori: lo scriva da solo."),
        (("preview",), "Manca: COMUNE. Il nome, il codice ISTAT o il codice catastale."),
        (("preview", "reggio", "emilia"), "Non previsto qui: emilia."),
        (("send", "\N{EM DASH}dry-run"), "Scriva due trattini: --dry-run."),
        (("status", "--state", "x"), "--state: trovato x; sono ammessi: queued, sending, sent,"),
        (("send", "--campaign", "x"), "--campaign va prima del comando: mailer --campaign … send"),
    ],
)
@pytest.mark.usefixtures("italian")
def test_mistakes_on_the_command_line_are_told_in_italian(
    program: Mailer, arguments: tuple[str, ...], said: str
) -> None:
    answer = program(*arguments, MAILER_LANG="it")
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert "Per le istruzioni: mailer" in answer.err


@pytest.mark.usefixtures("in_italian")
@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("expected", [(), ("1",), ("uno", "due")])
@pytest.mark.parametrize("found", [None, "3"])
def test_every_problem_has_its_sentence_whatever_it_carries(
    code: Code, expected: tuple[str, ...], found: str | None
) -> None:
    for key in (None, "chiave"):
        said = advice.sentence(Problem(code, found=found, expected=expected, key=key))
        assert re.search(r"[.?]$", said)
        assert not set("{}") & set(said)


@pytest.mark.usefixtures("in_italian")
def test_every_severity_and_state_has_its_word() -> None:
    assert [advice.severity(severity) for severity in Severity] == ["Errore", "Avviso", "Nota"]
    assert len({status.explained(state) for state in State}) == len(State)


@pytest.mark.usefixtures("in_italian")
def test_numbers_are_written_as_italian_does() -> None:
    assert console.number(2391) == "2.391"
    assert console.number(1234567.25, 1) == "1.234.567,2"
    assert [console.kilobytes(size) for size in (78_400, 3_400_000, 1_204_000_000)] == [
        "78 kB",
        "3,4 MB",
        "1,20 GB",
    ]


@pytest.mark.usefixtures("in_italian")
@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (86, "1 min 26 s"),
        (720, "12 min"),
        (3600, "1 h"),
        (12000, "3 h 20 min"),
        (86400, "1 giorno"),
        (180000, "2 giorni 2 h"),
    ],
)
def test_durations_are_written_in_words(seconds: float, written: str) -> None:
    assert console.span(seconds) == written
