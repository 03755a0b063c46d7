"""A person named in a text: how the name is written in a list, and when two names are one person.

Given name first, out of capitals, with its accents.
"""

from dataclasses import dataclass, replace

from coalizione_mailer.mailbox.reply.roles import PARTICLES
from coalizione_mailer.mailbox.reply.sentences import Word
from coalizione_mailer.mailbox.reply.vocabulary import vocabulary


@dataclass(frozen=True, slots=True)
class Mention:
    """A person named: from where to where in the text, with role and what stood before."""

    name: str
    role: str
    start: int
    end: int
    role_start: int
    titled: bool = False
    whole: bool = True

    @property
    def family(self) -> str:
        """The last word of the name, for comparing."""
        return self.name.split()[-1].casefold()


def merged(mentions: list[Mention]) -> list[Mention]:
    """Leave one mention of each person: the fullest name, with a role if any of them has one."""
    kept: list[Mention] = []
    for mention in mentions:
        for at, other in enumerate(kept):
            if same_person(mention, other):
                best = (
                    mention
                    if len(mention.name.replace(".", "")) > len(other.name.replace(".", ""))
                    else other
                )
                kept[at] = replace(best, role=other.role or mention.role)
                break
        else:
            kept.append(mention)
    return kept


def same_person(one: Mention, other: Mention) -> bool:
    """Whether two mentions can be one person: the same family name, given names that agree."""
    first, second = one.name.casefold().split(), other.name.casefold().split()
    if first[-1] != second[-1]:
        return sorted(first) == sorted(second)
    if len(first) == 1 or len(second) == 1:
        return True
    return first[0].strip(".") == second[0].strip(".") or (
        min(len(first[0].strip(".")), len(second[0].strip("."))) == 1
        and first[0][0] == second[0][0]
    )


def written(text: str, run: list[Word], norms: list[str]) -> str:
    """Write a name: given name first, no capitals throughout."""
    given = vocabulary().sets["given"]
    pieces: list[str] = []
    marks: list[bool] = []
    for place, each in enumerate(run):
        glued = place > 0 and run[place - 1].end == each.start
        shown = _cased(each.text)
        if glued and pieces:
            pieces[-1] += shown
            marks[-1] = marks[-1] or norms[place] in given
        else:
            pieces.append(shown)
            marks.append(norms[place] in given)
    shouted = [piece.isupper() and len(piece) > 1 for piece in (text[w.start : w.end] for w in run)]
    mixed = len(pieces) == len(run) and any(shouted) and not all(shouted)
    if mixed and shouted[0] and not shouted[-1]:
        split = next(at for at, each in enumerate(shouted) if not each)
        return " ".join((*pieces[split:], *pieces[:split]))
    if mixed:
        return " ".join(pieces)
    if len(pieces) > 1 and marks[-1] and not marks[0]:
        split = next(at for at in range(len(marks) - 1, -1, -1) if not marks[at]) + 1
        return " ".join((*pieces[split:], *pieces[:split]))
    return " ".join(pieces)


def _cased(part: str) -> str:
    """Take a word out of capitals or out of small letters; with its accent."""
    if part.isupper() and len(part) > 1:
        low = part.lower()
        accents = {"a'": "à", "e'": "è", "i'": "ì", "o'": "ò", "u'": "ù"}
        if len(low) > 3 and low[-2:] in accents:  # noqa: PLR2004
            low = low[:-2] + accents[low[-2:]]
        return low[0].upper() + low[1:]
    if len(part) > 3 and part[-1] in "'\u2019" and part[-2].lower() in "aeiou":  # noqa: PLR2004
        part = part[:-2] + {"a": "à", "e": "è", "i": "ì", "o": "ò", "u": "ù"}[part[-2].lower()]
    return part if not part.islower() or part in PARTICLES else part[0].upper() + part[1:]
