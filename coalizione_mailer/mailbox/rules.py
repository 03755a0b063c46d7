"""The table of our own rules, ``rules.toml``, read once: words only, each with its reason."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from coalizione_mailer.mailbox.reading import Cause, Severity

GAP = " * "
MOST_GAP = 80


@dataclass(frozen=True, slots=True)
class Group:
    """Words that mean the same: ``speaks`` says whether one of them is in a text.

    A phrase with gaps is kept as its pieces. ``severity`` and ``cause`` are given for verdicts.
    """

    name: str
    reason: str
    words: tuple[str, ...]
    gapped: tuple[tuple[str, ...], ...]
    severity: Severity = Severity.SOFT
    cause: Cause = Cause.UNKNOWN

    def speaks(self, text: str) -> bool:
        """Whether one of the words is in a text of small letters; linear in its length."""
        for word in self.words:  # not any(): this is where a message's time goes
            if word in text:
                return True
        return bool(self.gapped) and any(_follow(text, pieces) for pieces in self.gapped)

    def first(self, text: str) -> int:
        """Return where the first of the words without gaps stands in a text; -1 for nowhere."""
        return min((at for word in self.words if (at := text.find(word)) >= 0), default=-1)

    def starts(self, text: str) -> bool:
        """Whether a text begins with one of the words."""
        return text.startswith(self.words)


@dataclass(frozen=True, slots=True)
class Rules:
    """The whole table."""

    verdicts: tuple[Group, ...]
    named: dict[str, Group]


def _follow(text: str, pieces: tuple[str, ...]) -> bool:
    """Whether the pieces follow one another, at most MOST_GAP apart; the first place only counts.

    Looking from the last place of the first piece too would catch a little more, and cost time.
    """
    position = text.find(pieces[0])
    if position < 0:
        return False
    end = position + len(pieces[0])
    for piece in pieces[1:]:
        found = text.find(piece, end, end + MOST_GAP + len(piece))
        if found < 0:
            return False
        end = found + len(piece)
    return True


def _group(row: dict[str, object]) -> Group:
    words = row["words"]
    assert isinstance(words, list)
    small = [str(word).casefold() for word in words]
    return Group(
        name=str(row["name"]),
        reason=str(row["reason"]),
        words=tuple(word for word in small if GAP not in word),
        gapped=tuple(tuple(word.split(GAP)) for word in small if GAP in word),
        severity=Severity(str(row.get("severity", "soft"))),
        cause=Cause(str(row.get("cause", "unknown"))),
    )


@cache
def rules() -> Rules:
    """Read the table that is shipped with the program."""
    text = files("coalizione_mailer.mailbox").joinpath("rules.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    named = tuple(_group(row) for row in table["phrases"])
    return Rules(
        verdicts=tuple(_group(row) for row in table["verdict"]),
        named={group.name: group for group in named},
    )
