"""Whatever arrives, the reader of replies says something, soon, and invents no words."""

from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from coalizione_mailer.mailbox.reply.answer import Verdict
from coalizione_mailer.mailbox.reply.reader import read
from tests.support.effort import takes_much

WORDS = (
    "confermo non parteciperò , . ? se forse --- dott.ssa delega purtroppo | Grazie Saluti ROSSI d'"
)
PHRASES = ("il Sindaco", "Anna Verdi", "in due", "\n", "> ", "Da: ", "A: ", "Oggetto: ", "é né 😀")
PIECES = st.sampled_from([*WORDS.split(), *PHRASES])


def message(text: str) -> bytes:
    """Make an answer to our letter."""
    kind = "Content-Type: text/plain; charset=utf-8"
    head = f"From: a@b.example\r\nIn-Reply-To: <1@x.example>\r\n{kind}\r\n\r\n"
    return (head + text).encode("utf-8", "surrogatepass")


@given(st.binary(max_size=2000))
@settings(deadline=None)
def test_no_bytes_stop_the_reader(raw: bytes) -> None:
    read(raw)


@given(st.lists(PIECES, max_size=60).map(" ".join))
@settings(deadline=None)
def test_the_own_words_are_the_messages(text: str) -> None:
    answer = read(message(text))
    written = "".join(text.split())
    for line in answer.own_text.splitlines():
        assert "".join(line.split()) in written
    for person in answer.participants:
        assert all(part.casefold() in text.casefold() for part in person.name.split())


@given(st.lists(PIECES, max_size=60).map(" ".join))
@settings(deadline=None)
def test_whoever_says_nothing_or_perhaps_is_looked_at(text: str) -> None:
    answer = read(message(text))
    if str(answer.kind) == "reply" and answer.answer not in {Verdict.YES, Verdict.NO}:
        assert answer.needs_human


def test_time_grows_with_the_length_and_no_faster() -> None:
    words = (
        "confermo |non |se |Anna Verdi |(|a.|Da: a\n|> x\n|il giorno 2 |- |\n|dott. |à'|<td>|..."
    )
    for piece in [*words.split("|"), "| "]:
        whole = message(piece * (200_000 // len(piece)))
        assert not takes_much(partial(read, whole)), piece
