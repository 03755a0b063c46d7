"""Rows of words that could be a person's name: capitals, particles, initials, hyphens."""

from collections.abc import Iterator

from coalizione_mailer.mailbox.reply.roles import PARTICLES
from coalizione_mailer.mailbox.reply.sentences import Word
from coalizione_mailer.mailbox.reply.vocabulary import several, vocabulary

TITLED = "\xa0"
"""What stands in place of a title's letters, so that the places of all others stay."""
_MOST_TITLE = 16  # characters of a title amid a name: "ROSSI dott. Anna"
_MOST_PARTS = 6  # a longer row is no name
_NEVER = frozenset(
    several(
        "via tel cell fax piazza viale saluti cordiali distinti grazie mail pec che per "
        "con non una assessorato oggetto"
    )
)
PLACES = frozenset(
    several(
        "comune citta amministrazione municipio provincia unione servizio segreteria ente "
        "comunale residenza fiera municipale stazione"
    )
)


def rows_of(text: str, words: list[Word]) -> Iterator[tuple[int, int]]:
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
    never = sets["roles"] | sets["offices"] | sets["titles"] | PLACES | PARTICLES | _NEVER
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
