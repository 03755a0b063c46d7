"""A person named in a text: how the name is written in a list, and when two names are one person.

Given name first, out of capitals, with its accents.
"""

from dataclasses import dataclass, replace

from coalizione_mailer.mailbox.reply.roles import PARTICLES
from coalizione_mailer.mailbox.reply.sentences import Word
from coalizione_mailer.mailbox.reply.vocabulary import vocabulary

_WHOLE = 2  # a given name and a family name


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
                kept[at] = replace(best, role=fuller(other.role, mention.role))
                break
        else:
            kept.append(mention)
    return kept


def fuller(one: str, other: str) -> str:
    """Return the first role, or the second where it says the same and more."""
    return other if other.startswith(one) else one


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


@dataclass(slots=True)
class _Part:
    """A part of a name that keeps together: "Anna", "Dal-Lago", "Di Marzio", "D'Angelo"."""

    text: str
    given: bool
    shouted: bool
    open: bool  # a particle, which waits for its word


def written(run: list[Word]) -> str:
    """Write a name: given name first, no capitals throughout."""
    parts = _parts_of(run)
    shouted = [part.shouted for part in parts]
    if any(shouted) and not all(shouted):
        split = shouted.index(False) if shouted[0] and not shouted[-1] else 0
    elif parts[-1].given and not parts[0].given:
        split = max(at for at, part in enumerate(parts) if not part.given) + 1
    elif len(parts) == _WHOLE and _family_first(parts[0].text, parts[1]):
        split = 1
    else:
        split = 0
    return " ".join(part.text for part in (*parts[split:], *parts[:split]))


def _family_first(first: str, second: _Part) -> bool:
    """Whether of two given names the first is the family's: "Bruno Teresa", "Neri Carla"."""
    ambiguous = vocabulary().sets["ambiguous"]
    return (
        second.given and first.casefold() in ambiguous and second.text.casefold() not in ambiguous
    )


def _parts_of(run: list[Word]) -> list[_Part]:
    """Put together what a hyphen, an apostrophe or a particle joins."""
    given = vocabulary().sets["given"]
    parts: list[_Part] = []
    for place, each in enumerate(run):
        glued = place > 0 and run[place - 1].end == each.start
        shown = _cased(each.text)
        particle = each.norm in PARTICLES and place < len(run) - 1
        if parts and (glued or parts[-1].open):
            last = parts[-1]
            last.text += shown if glued else f" {shown}"
            last.given = not last.open and (last.given or each.norm in given)
            last.shouted = last.shouted or _shouted(each.text)
            last.open = particle and last.open
        else:
            known = each.norm in given and not particle
            parts.append(_Part(shown, known, _shouted(each.text) and not particle, particle))
    return parts


def _shouted(text: str) -> bool:
    return text.isupper() and len(text) > 1


def _cased(part: str) -> str:
    """Take a word out of capitals or out of small letters; with its accent."""
    part = part.replace("\u2019", "'")
    if part.isupper() and len(part) > 1:
        low = part.lower()
        accents = {"a'": "à", "e'": "è", "i'": "ì", "o'": "ò", "u'": "ù"}
        if len(low) > 3 and low[-2:] in accents:  # noqa: PLR2004
            low = low[:-2] + accents[low[-2:]]
        return low[0].upper() + low[1:]
    if len(part) > 3 and part[-1] == "'" and part[-2].lower() in "aeiou":  # noqa: PLR2004
        part = part[:-2] + {"a": "à", "e": "è", "i": "ì", "o": "ò", "u": "ù"}[part[-2].lower()]
    return part if not part.islower() or part in PARTICLES else part[0].upper() + part[1:]
