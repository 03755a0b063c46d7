"""Persons named in a text: names out of titles, capitals and either order, with their roles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from coalizione_mailer.mailbox.reply.roles import PARTICLES, role_around
from coalizione_mailer.mailbox.reply.sentences import MOST_TEXT, Word, words_of
from coalizione_mailer.mailbox.reply.vocabulary import several, vocabulary

MOST_NAMES = 60
TITLED = "\xa0"
"""What stands in place of a title's letters, so that the places of all others stay."""
_MOST_TITLE = 16  # characters of a title amid a name: "ROSSI dott. Anna"
_AFTER_TITLE = 3  # blanks and signs between a title and the name
_MOST_PARTS = 6  # a longer row is no name
_WHOLE = 2  # a given name and a family name
_TITLE = re.compile(
    r"(?<![^\W\d_])(?:(?:gent(?:\.?\s?m[oai])?\.?\s)?(?:dott|dr|d|prof|sig"
    r"|avv)\.?\s?(?:ssa|ra|r|ri)\b\.?"
    r"|(?:dott|dr|prof|avv|ing|arch|geom|rag|on|sen|cav|comm|sig|sigg|mons|p\.\s?i"
    r"|per\.\s?ind|d\.ssa)\."
    r"|(?:dottoressa|dottor|dottore|professoressa|professor|professore|avvocato"
    r"|avvocata|ingegner|ingegnere"
    r"|architetto|geometra|ragionier|ragioniere|signora|signor|signori|onorevole|senatore|senatrice"
    r"|dott|dr|avv|ing|arch|prof|sig|sigg|geom|rag)(?=\s))",
    re.IGNORECASE,
)
_ARTICLES = frozenset(several("il l la lo del dell della dal dall dalla al all alla con"))
_NEVER = frozenset(
    several(
        "via tel cell fax piazza viale saluti cordiali distinti grazie mail pec che per "
        "con non una assessorato oggetto"
    )
)
_PLACES = frozenset(
    several(
        "comune citta amministrazione municipio provincia unione servizio segreteria ente "
        "comunale residenza fiera municipale stazione"
    )
)


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


def mentions_of(text: str, *, alone: bool = False) -> list[Mention]:
    """Return the persons a text names; ``alone``: its lines hold names and roles, little else."""
    text = text[:MOST_TEXT]
    masked, titles = _untitled(text)
    masked = _lifted(masked)
    words = words_of(masked)
    found = []
    for first, last in _runs(masked, words):
        mention = _mention(masked, words, first, last, titles, alone=alone)
        if mention is not None:
            found.append(mention)
        if len(found) >= MOST_NAMES:
            break
    return found


def _untitled(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Blank out titles, so that names stand alone; return where they were."""
    spans = [found.span() for found in _TITLE.finditer(text)]
    return _TITLE.sub(lambda found: "\xa0" * len(found[0]), text), spans


def _lifted(text: str) -> str:
    """Give capitals to a name written small behind its role: "l'assessore ermanno balbo"."""
    sets = vocabulary().sets
    words = words_of(text)
    for before, given, family in zip(words, words[1:], words[2:], strict=False):
        near = not text[given.end : family.start].strip(" ")
        if (
            near
            and before.norm in sets["roles"]
            and given.norm in sets["given"] - sets["ordinary"]
            and given.text.islower()
            and family.text.islower()
            and family.norm not in sets["ordinary"] | sets["roles"]
        ):
            for each in (given, family):
                text = text[: each.start] + each.text.capitalize() + text[each.end :]
    return text


def _runs(text: str, words: list[Word]) -> Iterator[tuple[int, int]]:
    """Give every row of words that could be a name, as places in ``words``."""
    place = 0
    while place < len(words):
        if not _namelike(words, place):
            place += 1
            continue
        last = place
        while last + 1 < len(words) and _joined(text, words, last, place):
            last += 1
        while last > place and words[last].norm in PARTICLES and not _upper_name(words[last]):
            last -= 1
        yield place, last + 1
        place = last + 1


def _upper_name(each: Word) -> bool:
    return each.text.istitle() and each.norm not in {"di", "da", "del", "della"}


def _namelike(words: list[Word], place: int) -> bool:
    """Whether a name can begin or go on with this word."""
    each = words[place]
    ordinary = vocabulary().sets["ordinary"]
    if not each.text[0].isalpha() or not each.capital:
        return False
    if len(each.norm) == 1:
        return _initial(words, place)
    if each.norm in ordinary and each.norm not in vocabulary().sets["given"]:
        particle = each.norm in PARTICLES and place + 1 < len(words) and words[place + 1].capital
        return particle and place > 0
    return True


def _initial(words: list[Word], place: int) -> bool:
    """Whether a letter is an initial: "M. Verdi", "D'Amico"."""
    if words[place].text[-1] in "'\u2019":
        return True
    return place + 2 < len(words) and words[place + 1].text == "." and words[place + 2].capital


def _joined(text: str, words: list[Word], last: int, first: int) -> bool:
    """Whether the word after ``last`` belongs to the same name."""
    each, after = words[last], words[last + 1]
    between = text[each.end : after.start]
    titled = last == first and TITLED in between and len(between) <= _MOST_TITLE
    if "\n" in between or (len(between) > 1 and not titled) or last - first >= _MOST_PARTS:
        return False
    if not (each.text[0].isalpha() and after.text[0].isalpha()):
        return _across_a_sign(words, last, first, glued=not between)
    if last == first and each.norm in vocabulary().sets["given"] and _family(after):
        return True
    if after.norm in PARTICLES:
        return last + 2 < len(words) and words[last + 2].capital and not _is_comune(words, last + 1)
    return _namelike(words, last + 1)


def _across_a_sign(words: list[Word], last: int, first: int, *, glued: bool) -> bool:
    """Whether a name goes on over a full stop or a hyphen."""
    signs = {words[last].text, words[last + 1].text}
    if "." in signs:
        return _initialled(words, last, first)
    return "-" in signs and glued and _hyphenated(words, last, first)


def _initialled(words: list[Word], last: int, first: int) -> bool:
    """Whether a full stop belongs to an initial: "M. Verdi"."""
    if words[last + 1].text == ".":
        return len(words[last].norm) == 1
    return last > first and len(words[last - 1].norm) == 1 and _namelike(words, last + 1)


def _hyphenated(words: list[Word], last: int, first: int) -> bool:
    """Whether a hyphen joins two parts of one name."""
    if words[last + 1].text != "-":
        return last > first and words[last + 1].capital
    beyond = words[last + 2] if last + 2 < len(words) else None
    return beyond is not None and beyond.capital and beyond.start == words[last + 1].end


def _family(each: Word) -> bool:
    """Whether an ordinary word can be a family name behind a given name: "Ugo Pace"."""
    sets = vocabulary().sets
    never = sets["roles"] | sets["offices"] | sets["titles"] | _PLACES | PARTICLES | _NEVER
    return each.capital and len(each.norm) > 2 and each.norm not in never  # noqa: PLR2004


def _is_comune(words: list[Word], place: int) -> bool:
    """Whether "di X" after a name says where from: small "di", and no family name goes on so."""
    return words[place].text.islower() and words[place].norm in {
        "di",
        "da",
        "del",
        "della",
        "dell",
        "dei",
        "dal",
        "dalla",
    }


def _mention(
    text: str,
    words: list[Word],
    first: int,
    last: int,
    titles: list[tuple[int, int]],
    *,
    alone: bool,
) -> Mention | None:
    """Return the person a row of words names, None where it names none."""
    if _of_a_place(words, first):
        return None
    titled = any(0 <= words[first].start - end <= _AFTER_TITLE for _start, end in titles)
    if not titled:
        first = _begins(words, first, last)
    last = _shouted_end(words, first, last)
    run = words[first:last]
    parts = [each for each in run if each.text[0].isalpha() and each.norm not in PARTICLES]
    role, role_start = role_around(text, words, first, last)
    before = role_start < run[0].start
    if len(parts) < _WHOLE:
        office = bool(role) and not alone and before and _beside(words, first, last)
        if not (titled or office) or run[0].norm in vocabulary().sets["ordinary"]:
            return None
    elif not (titled or role or _known(run)):
        return None
    return Mention(
        name=_written(text, run, [each.norm for each in run]),
        role=role,
        start=run[0].start,
        end=run[-1].end,
        role_start=role_start,
        titled=titled,
        whole=len(parts) >= _WHOLE,
    )


def _shouted_end(words: list[Word], first: int, last: int) -> int:
    """Return where a name ends in a text of capitals: behind it, ordinary words have them too."""
    run = words[first:last]
    if len(run) <= _WHOLE or not all(each.text.isupper() for each in run):
        return last
    given = vocabulary().sets["given"]
    known = [place for place in range(first, last) if words[place].norm in given]
    if not known:
        return last
    if known[0] > first:  # VERDI ANNA: the family name stands first
        return known[-1] + 1
    end = first
    while end < last and words[end].norm in given:
        end += 1
    while end < last - 1 and words[end].norm in PARTICLES:
        end += 1
    return min(end + 1, last)


def _known(run: list[Word]) -> bool:
    """Whether a given name or an initial is among these words."""
    given = vocabulary().sets["given"]
    return any(
        each.norm in given or (len(each.norm) == 1 and each.text[-1] not in "'\u2019")
        for each in run
    )


def _begins(words: list[Word], first: int, last: int) -> int:
    """Return where the name begins in "Welfare Lucia Bianchi"; a family name may stand first."""
    given = vocabulary().sets["given"]
    known = [place for place in range(first, last) if words[place].norm in given]
    if not known or known[0] == first or known[-1] == last - 1:
        return first
    family_first = words[first].text.isupper() and not words[last - 1].text.isupper()
    before = words[first : known[0]]
    if family_first or all(each.norm in PARTICLES or len(each.norm) == 1 for each in before):
        return first
    return known[0]


def _beside(words: list[Word], first: int, last: int) -> bool:
    """Whether a family name stands alone behind an office: "l'assessore Conte"."""
    if first < 2 or words[first].text.isupper():  # noqa: PLR2004
        return False
    after = words[last] if last < len(words) else None
    goes_on = after is not None and (after.capital or after.norm in PARTICLES | {"e", "al", "alla"})
    office = words[first - 1].norm in vocabulary().sets["politicians"]
    return (
        office
        and words[first - 2].norm in _ARTICLES
        and (not goes_on or after is None or after.norm == "e")
    )


def _of_a_place(words: list[Word], first: int) -> bool:
    """Whether what follows is where, not who: "Comune di …", "Sindaco di …"."""
    if first < 2 or words[first - 1].norm not in {"di", "d", "del", "della", "dell", "da", "a"}:  # noqa: PLR2004
        return False
    sets = vocabulary().sets
    before = words[first - 2].norm
    return before in _PLACES or (
        before in sets["roles"] - {"delegato", "delegata"} and words[first - 1].norm in {"di", "d"}
    )


def _written(text: str, run: list[Word], norms: list[str]) -> str:
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
