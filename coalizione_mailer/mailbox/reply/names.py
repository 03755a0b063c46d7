"""Persons named in a text: names out of titles, capitals and either order, with their roles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from coalizione_mailer.mailbox.reply.sentences import MOST_TEXT, Word, words_of
from coalizione_mailer.mailbox.reply.vocabulary import vocabulary

MOST_NAMES = 60
_TITLE = re.compile(
    r"(?<![^\W\d_])(?:(?:gent(?:\.?\s?m[oai])?\.?\s)?(?:dott|dr|d|prof|sig|avv)\.?\s?(?:ssa|ra|r|ri)\b\.?"
    r"|(?:dott|dr|prof|avv|ing|arch|geom|rag|on|sen|cav|comm|sig|sigg|mons|p\.\s?i|per\.\s?ind|d\.ssa)\."
    r"|(?:dottoressa|dottor|dottore|professoressa|professor|professore|avvocato|avvocata|ingegner|ingegnere"
    r"|architetto|geometra|ragionier|ragioniere|signora|signor|signori|onorevole|senatore|senatrice"
    r"|dott|dr|avv|ing|arch|prof|sig|sigg|geom|rag)(?=\s))",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    "de di da del della dello dei degli delle dal dalla dalle dai d dell dall lo la li le von zu van den los san mc o".split()
)
_ROLE_END = frozenset(
    ', . ; : ( ) ! ? | " \u201c \u201d \u00ab \u00bb'.split()
    + "che per sara saranno parteciperà partecipera parteciperanno verra verranno interverra "
    "interverranno presente presenti è ha non si al nonche insieme oltre come ed sono il la lo".split()
)
_EXPANDED = {"ass": "assessore", "cons": "consigliere", "resp": "responsabile", "dir": "dirigente"}
_MOST_ROLE = 14  # words
_PLACES = frozenset(
    "comune citta amministrazione municipio provincia unione servizio segreteria ente comunale residenza fiera municipale stazione".split()
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
        while last > place and words[last].norm in _PARTICLES and not _upper_name(words[last]):
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
    if each.norm in ordinary and not (each.norm in vocabulary().sets["given"]):
        particle = each.norm in _PARTICLES and place + 1 < len(words) and words[place + 1].capital
        return particle and place > 0
    return True


def _initial(words: list[Word], place: int) -> bool:
    """Whether a letter is an initial: "M. Rinaldi", "D'Amico"."""
    if words[place].text[-1] in "'\u2019":
        return True
    return place + 2 < len(words) and words[place + 1].text == "." and words[place + 2].capital


def _joined(text: str, words: list[Word], last: int, first: int) -> bool:
    """Whether the word after ``last`` belongs to the same name."""
    each, after = words[last], words[last + 1]
    between = text[each.end : after.start]
    titled = last == first and "\xa0" in between and len(between) <= 16  # noqa: PLR2004  ROSSI dott. Anna
    if "\n" in between or (len(between) > 1 and not titled) or last - first >= 6:  # noqa: PLR2004
        return False
    if after.text == "." and len(each.norm) == 1:
        return True
    if each.text == "." and len(words[last - 1].norm) == 1 and last > first:
        return _namelike(words, last + 1)
    if after.text == "-" and not between:
        return (
            last + 2 < len(words) and words[last + 2].capital and words[last + 2].start == after.end
        )
    if each.text == "-":
        return after.capital and not between and last > first
    if not after.text[0].isalpha() or each.text == ".":
        return False
    if after.norm in _PARTICLES:
        return last + 2 < len(words) and words[last + 2].capital and not _is_comune(words, last + 1)
    return _namelike(words, last + 1)


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
    given = vocabulary().sets["given"]
    if _of_a_place(words, first):
        return None
    run = words[first:last]
    norms = [each.norm for each in run]
    titled = any(0 <= run[0].start - end <= 3 for _start, end in titles)  # noqa: PLR2004  blanks after a title
    known = [place for place, norm in enumerate(norms) if norm in given]
    if known and known[0] and known[0] < len(run) - 1 and not titled:
        begins = norms[: known[0]]
        if not (run[0].text.isupper() and not run[-1].text.isupper()) and not all(
            n in _PARTICLES or len(n) == 1 for n in begins
        ):
            # "Welfare Lucia Bianchi": the name begins with the given name, unless it stands last.
            if len(known) == 1 or known[-1] < len(run) - 1:
                first += known[0]
                run = words[first:last]
                norms = norms[known[0] :]
                known = [place - known[0] for place in known]
    letters = [each for each in run if each.text[0].isalpha() and each.norm not in _PARTICLES]
    role, role_start = _role_around(text, words, first, last)
    initial = any(len(each.norm) == 1 and each.text[-1] not in "'\u2019" for each in run)
    if len(letters) < 2 and not (titled or (role and not alone)):  # noqa: PLR2004
        return None
    if not known and not titled and not (role and (len(letters) > 1)) and not initial:
        return None
    if len(letters) == 1 and (known and not titled and not role):
        return None
    if len(letters) == 1 and run[0].norm in vocabulary().sets["ordinary"]:
        return None
    name = _written(text, run, norms)
    return Mention(
        name=name, role=role, start=run[0].start, end=run[-1].end, role_start=role_start,
        titled=titled, whole=len(letters) > 1,
    )  # fmt: skip


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
    """Take a word out of capitals or out of small letters; an accent typed as apostrophe stays off."""
    if part.isupper() and len(part) > 1:
        low = part.lower()
        accents = {"a'": "à", "e'": "è", "i'": "ì", "o'": "ò", "u'": "ù"}
        if len(low) > 3 and low[-2:] in accents:  # noqa: PLR2004  NICOLO', not D' or DE'
            low = low[:-2] + accents[low[-2:]]
        return low[0].upper() + low[1:]
    if len(part) > 3 and part[-1] in "'\u2019" and part[-2].lower() in "aeiou":  # noqa: PLR2004  Nicolo'
        part = part[:-2] + {"a": "à", "e": "è", "i": "ì", "o": "ò", "u": "ù"}[part[-2].lower()]
    return part if not part.islower() or part in _PARTICLES else part[0].upper() + part[1:]


def _role_around(text: str, words: list[Word], first: int, last: int) -> tuple[str, int]:
    """Return the role told before a name ("l'assessore alla cultura Mario Rossi") or after it."""
    line = text.rfind("\n", 0, words[first].start) + 1
    before, start = _role_before(text, words, first)
    after = _role_after(text, words, last)
    if before and (start >= line or not after):
        return (
            f"{before} {_bracketed(text, words[last - 1].end)}".strip()
            if " " not in before
            else before,
            start,
        )
    return after, words[first].start


def _bracketed(text: str, end: int) -> str:
    """Return what a bracket behind a name adds to a bare role: "(Politiche di inclusione)"."""
    found = re.match(r"\s?\(([^()\n\d@]{4,60})\)", text[end : end + 80])
    return found[1].lower() if found and not found[1].isupper() else ""


def _role_before(text: str, words: list[Word], first: int) -> tuple[str, int]:
    """Look back for the noun that begins a role and whose words reach up to the name."""
    roles = vocabulary().sets["roles"]
    here = words[first].start
    stop = first - 1
    while stop >= 0 and words[stop].text in {",", "(", ":", "-", "\u2013"} and stop == first - 1:
        stop -= 1
    for place in range(stop, max(-1, stop - _MOST_ROLE), -1):
        each = words[place]
        if each.text in {".", ";", "!", "?", ":", "|"} and not _abbreviated(words, place):
            break
        if "\n\n" in text[each.end : here] or each.text == ")":
            break
        if (
            each.norm in roles
            and place
            and words[place - 1].norm in roles
            and words[place].norm != "sindaco"
            and words[place - 1].norm not in {"delegato", "delegata", "collega"}
        ):
            continue
        if each.norm in roles and not _continued(words, place):
            start = (
                place - 1
                if place and words[place - 1].norm in {"vice", "sub"}
                else place
            )
            if _reaches(words, place, stop):
                return _role_text(text, words, start, stop + 1), words[start].start
            break
    return "", here


def _abbreviated(words: list[Word], place: int) -> bool:
    return (
        words[place].text == "."
        and place > 0
        and words[place - 1].norm in _EXPANDED | {"v": "", "gen": ""}
    )


def _continued(words: list[Word], place: int) -> bool:
    """Whether a role noun only goes on another role: "capo di gabinetto del sindaco", "vice sindaco"."""
    before = [words[at].norm for at in range(max(0, place - 1), place)]
    return (
        bool(before)
        and before[-1] in {"del", "della", "dell", "vice", "sub", "e"}
        and _earlier_role(words, place)
    )


def _earlier_role(words: list[Word], place: int) -> bool:
    roles = vocabulary().sets["roles"] | vocabulary().sets["offices"]
    return (
        any(words[at].norm in roles for at in range(max(0, place - 5), place - 1))
        or words[place - 1].norm in {"vice", "sub"}
    )


def _reaches(words: list[Word], place: int, stop: int) -> bool:
    """Whether nothing but the role's own words stands between its noun and the name."""
    return not any(
        words[at].norm in _ROLE_END - {".", "il", "la", "lo", "al", "per", ",", "(", ")"}
        or (
            words[at].text == ","
            and words[at + 1].norm not in {"con", "avv", "alla", "al"}
            and at != stop
        )
        for at in range(place + 1, stop + 1)
    )


def _role_after(text: str, words: list[Word], last: int) -> str:
    """Read a role that follows a name: after a comma, a bracket, a dash, "nella qualità di"."""
    roles = vocabulary().sets["roles"]
    place = last
    passed = 0
    while (
        place < len(words)
        and passed < 4
        and words[place].norm
        in {
            ",",
            "(",
            "-",
            "\u2013",
            ":",
            "|",
            "in",
            "qualita",
            "di",
            "nella",
            "sua",
            "veste",
            "nostro",
            "nostra",
            "mio",
            "attuale",
            "il",
            "l",
            "la",
            "nuovo",
            "nuova",
            "quale",
            "mia",
        }
    ):  # noqa: PLR2004, E501
        place += 1
        passed += 1
    if place >= len(words) or words[place].norm not in roles:
        return ""
    gap = text[words[last - 1].end : words[place].start]
    if gap.count("\n") > 1 or (not passed and "\n" not in gap and "  " not in gap):
        if words[place].norm not in roles or gap.count("\n") > 1:
            return ""
    return _role_text(text, words, place, _role_end(text, words, place))


def _role_end(text: str, words: list[Word], place: int) -> int:
    """Return where a role that begins here ends."""
    at = place + 1
    while at < len(words) and at - place < _MOST_ROLE:
        each = words[at]
        gap = text[words[at - 1].end : each.start]
        if "\n" in gap or "   " in gap or "\t" in gap or each.text[0].isdigit():
            break
        if each.norm in _EXPANDED or words[at - 1].norm in _EXPANDED and each.text == ".":
            at += 1
            continue
        if each.norm in _ROLE_END and not (
            each.norm in {"il", "la", "lo", "per", "al"}
            and words[at - 1].norm in {"con", "per"} | {each.norm and "delegata"}
        ):
            if each.text == "," and at + 1 < len(words) and words[at + 1].norm == "con":
                at += 1
                continue
            if each.norm in {"al", "per"} and any(w.capital for w in words[at + 1 : at + 3]):
                at += 1
                continue
            break
        if each.norm in {"e", "con"} and at + 1 < len(words) and _new_person(words, at + 1):
            break
        if each.text in {"-", "\u2013", "/"}:
            break
        at += 1
    return at


def _new_person(words: list[Word], at: int) -> bool:
    """Whether another person begins here rather than the role going on."""
    sets = vocabulary().sets
    each = words[at]
    if each.norm in {"l", "il", "la", "lo", "dal", "dall", "dalla", "un", "una"}:
        return at + 1 < len(words) and words[at + 1].norm in sets["roles"] | {"sottoscritto"}
    return (each.norm in sets["roles"] and at > 0 and words[at - 1].norm != "e") or (
        each.capital and each.norm in sets["given"]
    )


def _role_text(text: str, words: list[Word], start: int, end: int) -> str:
    """Write a role: small, without the Comune, abbreviations written out."""
    pieces: list[str] = []
    at = start
    while at < end:
        each = words[at]
        rest = words[at + 1 : end]
        if each.norm in {"di", "del", "della", "dell", "d"} and rest and pieces:
            skipped = _place_words(words, at, end)
            if skipped:
                at += skipped
                continue
        if each.text in {",", "(", ")", ".", "-", ":"}:
            at += 1
            continue
        shown = _EXPANDED.get(each.norm, each.text.lower())
        if pieces and words[at - 1].end == each.start and words[at - 1].text[-1] in "'\u2019":
            pieces[-1] += shown
        else:
            pieces.append(shown)
        at += 1
    while pieces and pieces[-1] in {
        "di",
        "del",
        "della",
        "e",
        "con",
        "a",
        "il",
        "la",
        "dott",
        "l'",
        "sig",
    }:
        pieces.pop()
    return " ".join(pieces)


def _place_words(words: list[Word], at: int, end: int) -> int:
    """Count the words of "di Orvieto", "del Comune di Schio", "della Città di Conegliano"."""
    ordinary = vocabulary().sets["ordinary"]
    after = at + 1
    if words[after].norm in {"comune", "citta", "nostro", "suddetto", "nostra"}:
        after += 1
        if after < end and words[after].norm in {"comune", "citta"}:
            after += 1
        if after >= end:
            return after - at
        if words[after].norm not in {"di", "del", "della", "dell", "d"}:
            return after - at
        after += 1
    elif words[at].norm not in {"di", "d"}:
        return 0
    if after >= end or not words[after].capital or words[after].norm in ordinary:
        return 0
    while (
        after < end
        and (
            words[after].capital
            or words[after].norm in _PARTICLES | {"in", "sul", "sulla", "nell", "al", "a"}
        )
        and words[after].norm
        not in ordinary - _PARTICLES - {"in", "sul", "sulla", "nell", "al", "a"}
    ):
        after += 1
    return after - at


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
