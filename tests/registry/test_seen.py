"""All that was seen, kept for the office and read back for the explanation."""

from datetime import date
from pathlib import Path

import pytest

from coalizione_mailer.errors import Code, ProblemsError
from coalizione_mailer.model import Channel
from coalizione_mailer.registry import Register
from coalizione_mailer.registry.choice import (
    Choice,
    Choices,
    PassedOver,
    Reason,
    Rule,
    Seen,
    Taken,
)
from coalizione_mailer.registry.seen import read_seen, seen_csv

DAY = date(2026, 11, 20)


def seen(address: str, channel: Channel = Channel.PEC, position: int = 1) -> Seen:
    source = "enti, enti.csv"
    return Seen("E788", channel, address, "c_e788", "Comune di Macomer", position, source, DAY, DAY)


CHOICES = Choices(
    {
        "E788": Choice(
            {
                Channel.PEC: Taken(seen("p@pec.a.example", position=2), Rule.NEXT),
                Channel.EMAIL: Taken(
                    seen("a@posta.example", Channel.EMAIL),
                    Rule.NOTHING_BETTER,
                    (Reason.SHARED, Reason.CONSUMER),
                ),
            },
            (
                PassedOver(seen("elettorale@pec.a.example"), Reason.ELECTORAL),
                PassedOver(seen("=1+1@a.example", position=3), Reason.INVALID),
                PassedOver(seen("x@pec.a.example", position=4), Reason.SHARED, ("G015", "C337")),
            ),
        ),
        "Z999": Choice({}, (PassedOver(Seen("Z999", Channel.PEC, "z"), Reason.INVALID),)),
    }
)


def test_what_is_written_is_read_again(shipped: Register, tmp_path: Path) -> None:
    path = tmp_path / "indirizzi-visti.csv"
    path.write_bytes(seen_csv(CHOICES, shipped))
    assert read_seen(path) == CHOICES


def test_the_office_opens_it_in_its_spreadsheet(shipped: Register) -> None:
    lines = seen_csv(CHOICES, shipped).decode("utf-8-sig").splitlines()
    assert lines[1].startswith("091044;E788;Macomer;pec;p@pec.a.example;usato;primo-adatto;")
    assert "'=1+1@a.example" in lines[4]


def test_without_the_file_nothing_was_seen(tmp_path: Path) -> None:
    assert read_seen(tmp_path / "indirizzi-visti.csv") == Choices({})


@pytest.mark.parametrize(
    ("wrong", "by", "key"),
    [
        ("usato", "forse", "esito"),
        ("primo-adatto", "ufficio-elettorale", "motivo"),
        ("ufficio-elettorale", "primo", "motivo"),
        ("condiviso provider-privato", "condiviso boh", "dubbi"),
        ("2026-11-20", "20 novembre", "visto_dal"),
        (";pec;", ";fax;", "canale"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line(
    shipped: Register, tmp_path: Path, wrong: str, by: str, key: str
) -> None:
    path = tmp_path / "indirizzi-visti.csv"
    text = seen_csv(CHOICES, shipped).decode("utf-8-sig")
    assert wrong in text
    path.write_text(text.replace(wrong, by, 1), encoding="utf-8", newline="")
    with pytest.raises(ProblemsError) as caught:
        read_seen(path)
    problem = caught.value.problems[0]
    assert (problem.code, problem.key, problem.file) == (Code.ROW_WRONG, key, str(path))
    assert problem.line in {2, 3, 4}


def test_two_used_on_one_channel_are_refused(shipped: Register, tmp_path: Path) -> None:
    path = tmp_path / "indirizzi-visti.csv"
    lines = seen_csv(CHOICES, shipped).decode("utf-8-sig").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1]]), encoding="utf-8", newline="")
    with pytest.raises(ProblemsError) as caught:
        read_seen(path)
    assert caught.value.problems[0].line == 8
