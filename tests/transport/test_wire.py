"""Messages and answers on the wire."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.transport.wire import dot_stuffed, readable, xtext


@given(st.lists(st.text(alphabet=".ab ", max_size=5)))
def test_taking_one_dot_from_each_line_that_begins_with_one_gives_the_message_back(
    lines: list[str],
) -> None:
    message = "".join(f"{line}\r\n" for line in lines).encode()
    stuffed = dot_stuffed(message)
    received = [line.removeprefix(b".") for line in stuffed.split(b"\r\n")]
    assert b"\r\n".join(received) == message
    assert b".\r\n" not in [line + b"\r\n" for line in stuffed.split(b"\r\n")]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("2.0.0 Ok", "2.0.0 Ok"),
        ("due\nrighe", "due\nrighe"),
        ("più tardi", "più tardi"),
        (b"pi\xf9 tardi".decode("utf-8", "surrogateescape"), "più tardi"),
        ("red: \x1b[31m, bell: \x07, line: \r", "red:  [31m, bell:  , line:  "),
        ("turned \u202e around", "turned   around"),
    ],
)
def test_answers_become_text_that_can_be_kept_and_shown(answer: str, text: str) -> None:
    assert readable(answer) == text


@given(st.binary())
def test_any_answer_can_be_kept_and_shown(raw: bytes) -> None:
    text = readable(raw.decode("utf-8", "surrogateescape"))
    assert all(c.isprintable() or c == "\n" for c in text)
    assert text.encode("utf-8").decode("utf-8") == text


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=40))
def test_xtext_can_be_read_back_and_has_no_character_of_its_own(value: str) -> None:
    encoded = xtext(value)
    assert re.fullmatch(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*", encoded)
    decoded = re.sub(r"\+([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), encoded)
    assert decoded == value
