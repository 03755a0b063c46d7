"""Persons named in a text: names out of titles, capitals and either order, with their roles."""

import re

from coalizione_mailer.mailbox.reply.mention import Mention, written
from coalizione_mailer.mailbox.reply.roles import PARTICLES, role_around
from coalizione_mailer.mailbox.reply.rows import PLACES, TITLED, rows_of
from coalizione_mailer.mailbox.reply.sentences import MOST_TEXT, Word, words_of
from coalizione_mailer.mailbox.reply.vocabulary import several, vocabulary

MOST_NAMES = 60
_BEFORE_SMALL = frozenset(several("con e ed viene verra partecipa partecipera sara , :"))
_OF_SAINTS = frozenset(
    several("san sant santa santo santi sante monte villa porto castel rocca torre don")
)
_AFTER_TITLE = 3  # blanks and signs between a title and the name
_WHOLE = 2  # a given name and a family name
_TITLE = re.compile(
    r"(?<![^\W\d_])(?:(?:magg|ten|col|cap|isp|lgt|rev|uff|ing|avv|arch|geom|rag|dr|dott)\.(?:\s?(?:ssa|ra"
    r"|ta|na|re|ri)\b)?|(?:gent(?:\.?\s?m[oai])?\.?\s)?(?:dott|dr|d|prof|sig"
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


def mentions_of(text: str, *, alone: bool = False) -> list[Mention]:
    """Return the persons a text names; ``alone``: its lines hold names and roles, little else."""
    text = text[:MOST_TEXT]
    masked, titles = untitled(text)
    masked = _lifted(masked)
    words = words_of(masked)
    found = []
    for first, last in rows_of(masked, words):
        mention = _mention(masked, words, first, last, titles, alone=alone)
        if mention is not None:
            found.append(mention)
        if len(found) >= MOST_NAMES:
            break
    return found


def untitled(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Blank out titles, so that names stand alone; return where they were."""
    spans = [found.span() for found in _TITLE.finditer(text)]
    return _TITLE.sub(lambda found: TITLED * len(found[0]), text), spans


def _lifted(text: str) -> str:
    """Give capitals to a name written small behind its role: "l'assessore ermanno balbo"."""
    sets = vocabulary().sets
    words = words_of(text)
    small = sum(sign.isupper() for sign in text) <= 1 + text.count(". ") + text.count("\n")
    for before, given, family in zip(words, words[1:], words[2:], strict=False):
        near = not text[given.end : family.start].strip(" ")
        if (
            near
            and (before.norm in sets["roles"] or (small and before.norm in _BEFORE_SMALL))
            and given.norm not in sets["common"]
            and given.norm in sets["given"]
            and given.norm not in sets["ordinary"]
            and given.text.islower()
            and family.text.islower()
            and family.norm not in sets["ordinary"] | sets["roles"]
        ):
            for each in (given, family):
                text = text[: each.start] + each.text.capitalize() + text[each.end :]
    return text


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
        first = _behind_a_place(words, first, last, titles)
        if first == last:
            return None
    titled = any(0 <= words[first].start - end <= _AFTER_TITLE for _start, end in titles)
    if not titled:
        first = _begins(words, first, last)
    last = _shouted_end(words, first, last)
    run = words[first:last]
    parts = [each for each in run if each.text[0].isalpha() and each.norm not in PARTICLES]
    role, role_start = role_around(text, words, first, last)
    before = role_start < run[0].start
    if all(len(each.norm) == 1 for each in parts):
        return None
    if len(parts) < _WHOLE:
        office = bool(role) and not alone and before and _beside(words, first, last)
        if not (titled or office) or run[0].norm in vocabulary().sets["ordinary"]:
            return None
    elif not (titled or role or _known(run)):
        return None
    return Mention(
        name=written(run),
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
    return before in PLACES or (
        before in sets["roles"] - {"delegato", "delegata"} and words[first - 1].norm in {"di", "d"}
    )


def _behind_a_place(
    words: list[Word],
    first: int,
    last: int,
    titles: list[tuple[int, int]],
) -> int:
    """Return where a person begins behind a place: "Sindaco di Schio Anna Verdi"; none: the end."""
    given = vocabulary().sets["given"]
    for place in range(first + 1, last):
        if any(words[place - 1].end <= start < words[place].start for start, _end in titles):
            return place
    for place in range(last - 2, first, -1):
        holy = words[place - 1].norm in _OF_SAINTS
        if words[place].norm in given and words[place + 1].norm not in PARTICLES and not holy:
            second = place - 1 > first and words[place - 1].norm in given
            return place - 1 if second else place
    return last
