"""The role of a person named: what is said before the name or behind it, in the text's words."""

import re
from itertools import pairwise

from coalizione_mailer.mailbox.reply.sentences import Word
from coalizione_mailer.mailbox.reply.vocabulary import several, vocabulary

PARTICLES = frozenset(
    several(
        "de di da del della dello dei degli delle dal dalla dalle dai d dell dall lo la "
        "li le von zu van den los san mc o"
    )
)
_ROLE_END = frozenset(
    several(
        ', . ; : ( ) ! ? | " \u201c \u201d \u00ab \u00bb '
        "che per sara saranno parteciperà partecipera parteciperanno verra verranno "
        "interverra interverranno presente presenti è ha non si al nonche insieme oltre "
        "come ed sono il la lo"
    )
)
EXPANDED = {"ass": "assessore", "cons": "consigliere", "resp": "responsabile", "dir": "dirigente"}
_DELEGATES = frozenset({"delegato", "delegata"})
_ARTICLES = frozenset(["il", "la", "l", "lo", "i", "gli", "le", "un", "una"])
_OFFICES = frozenset(
    several(
        "ufficio servizio servizi settore area segreteria assessorato staff gabinetto direzione"
    )
)
_MOST_ROLE = 14  # words
_GOES_ON = frozenset({"con", "avv", "alla", "al"})  # behind a comma, of the same role
_MOST_LINKS = 4
_LINKS = frozenset(
    several(
        ", ( - \u2013 : | in qualita di nella sua veste nostro nostra mio mia attuale il l la nuovo nuova quale"  # noqa: E501
    )
)


def role_around(text: str, words: list[Word], first: int, last: int) -> tuple[str, int]:
    """Return the role told before a name ("l'assessore alla cultura Mario Rossi") or after it."""
    line = text.rfind("\n", 0, words[first].start) + 1
    before, start = _role_before(text, words, first)
    after = _role_after(text, words, last) or _of_an_office(text, words, last)
    short = text[start : words[first].start].split(".", maxsplit=1)[0].strip().lower() in EXPANDED
    if short and after:
        return after, start
    if before and (start >= line or not after):
        return (
            f"{before} {_bracketed(text, words[last - 1].end)}".strip()
            if " " not in before
            else before,
            start,
        )
    return after or _in_brackets(text, words[last - 1].end), words[first].start


def _in_brackets(text: str, end: int) -> str:
    """Return what a bracket behind a name calls somebody: "Ada Conti (segreteria politica)"."""
    found = re.match(r"\s?\(([a-zà-ÿ][^()\n\d@]{3,60})\)", text[end : end + 80])
    return found[1] if found else ""


def _bracketed(text: str, end: int) -> str:
    """Return what a bracket behind a name adds to a bare role: "(Pari opportunità)"."""
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
        if _goes_before(words, place):
            continue
        if each.norm in roles and not _continued(words, place):
            start = place - 1 if place and words[place - 1].norm in {"vice", "sub"} else place
            if _reaches(words, place, stop):
                return _role_text(words, start, stop + 1), words[start].start
            break
    return "", here


def _goes_before(words: list[Word], place: int) -> bool:
    """Whether the role of this noun begins further left: "consigliere delegato"."""
    roles = vocabulary().sets["roles"]
    if words[place].norm not in roles or not place:
        return False
    if words[place].norm in _DELEGATES and _behind_an_office(words, place):
        return True
    before = words[place - 1].norm
    paired = before in roles - _DELEGATES - {"collega"}
    return paired and words[place].norm != "sindaco"


def _behind_an_office(words: list[Word], place: int) -> bool:
    """Whether "delegato" goes on an office: "il consigliere comunale delegato"."""
    before = {word.norm for word in words[max(0, place - 2) : place]}
    return not before.isdisjoint(vocabulary().sets["politicians"])


def _abbreviated(words: list[Word], place: int) -> bool:
    return (
        words[place].text == "."
        and place > 0
        and words[place - 1].norm in EXPANDED | {"v": "", "gen": ""}
    )


def _continued(words: list[Word], place: int) -> bool:
    """Whether a role noun only goes on another role: "capo di gabinetto del sindaco"."""
    before = [words[at].norm for at in range(max(0, place - 1), place)]
    return (
        bool(before)
        and words[max(0, place - 2)].norm not in {"e", "ed"}
        and before[-1] in {"del", "della", "dell", "vice", "sub", "e"}
        and _earlier_role(words, place)
    )


def _earlier_role(words: list[Word], place: int) -> bool:
    roles = vocabulary().sets["roles"] | vocabulary().sets["offices"]
    return any(words[at].norm in roles for at in range(max(0, place - 5), place - 1)) or words[
        place - 1
    ].norm in {"vice", "sub"}


def _reaches(words: list[Word], place: int, stop: int) -> bool:
    """Whether nothing but the role's own words stands between its noun and the name."""
    ends = _ROLE_END - {".", "il", "la", "lo", "al", "per", ",", "(", ")"}
    given, ordinary = vocabulary().sets["given"], vocabulary().sets["ordinary"]
    for at in range(place + 1, stop + 1):
        each = words[at]
        known = each.capital and each.norm in given and each.norm not in ordinary
        named = known and at < stop and words[at + 1].capital
        if each.norm in {"e", "ed"} and (
            words[at + 1].norm in _ARTICLES
            or words[min(at + 2, stop)].norm in vocabulary().sets["roles"]
        ):
            return False
        if each.norm in ends or (named and not words[at - 1].norm.startswith("san")):
            return False
        if each.text == "," and at != stop and words[at + 1].norm not in _GOES_ON:
            return False
    return True


def _of_an_office(text: str, words: list[Word], last: int) -> str:
    """Read the office somebody is of: "Ada Conti dell'ufficio casa"."""
    if (
        last + 1 >= len(words)
        or words[last].norm not in {"del", "dell", "della", "dei"}
        or words[last + 1].norm not in _OFFICES
        or "\n\n" in text[words[last - 1].end : words[last].start]
    ):
        return ""
    return _role_text(words, last + 1, _role_end(text, words, last + 1))


def _role_after(text: str, words: list[Word], last: int) -> str:
    """Read a role that follows a name: after a comma, a bracket, a dash, "nella qualità di"."""
    place = last
    while place < len(words) and place - last < _MOST_LINKS and words[place].norm in _LINKS:
        place += 1
    if place >= len(words) or words[place].norm not in vocabulary().sets["roles"]:
        return ""
    gap = text[words[last - 1].end : words[place].start]
    end = _role_end(text, words, place)
    if gap.count("\n") > 1 or (words[place - 1].norm in _ARTICLES and _names(words, place, end)):
        return ""
    return _role_text(words, place, end)


def _names(words: list[Word], place: int, end: int) -> bool:
    """Whether this role leads to the next person: "…, la dirigente Ada Conti"."""
    ordinary = vocabulary().sets["ordinary"]
    named = [each.capital and each.norm not in ordinary for each in words[place + 1 : end + 2]]
    return any(one and other for one, other in pairwise(named))


def _role_end(text: str, words: list[Word], place: int) -> int:
    """Return where a role that begins here ends."""
    at = place + 1
    while at < len(words) and at - place < _MOST_ROLE:
        gap = text[words[at - 1].end : words[at].start]
        if "\n" in gap or "   " in gap or "\t" in gap or not _goes_on(words, at):
            break
        at += 1
    return at


def _goes_on(words: list[Word], at: int) -> bool:
    """Whether a role goes on with this word."""
    each, before = words[at], words[at - 1]
    after = words[at + 1] if at + 1 < len(words) else None
    if each.norm in EXPANDED or (before.norm in EXPANDED and each.text == "."):
        return True
    if each.text == ",":
        return after is not None and after.norm == "con"
    if each.norm in {"al", "per"}:
        return any(word.capital for word in words[at + 1 : at + 3])
    if each.norm in {"il", "la", "lo"}:
        return before.norm in {"con", "per"}
    if each.norm in _ROLE_END or each.text in {"-", "\u2013", "/"} or each.text[0].isdigit():
        return False
    return not (each.norm in {"e", "con"} and after is not None and _new_person(words, at + 1))


def _new_person(words: list[Word], at: int) -> bool:
    """Whether another person begins here rather than the role going on."""
    sets = vocabulary().sets
    each = words[at]
    if each.norm in {"l", "il", "la", "lo", "dal", "dall", "dalla", "un", "una"}:
        return at + 1 < len(words) and words[at + 1].norm in sets["roles"] | {"sottoscritto"}
    return (each.norm in sets["roles"] and at > 0 and words[at - 1].norm != "e") or (
        each.capital and each.norm in sets["given"]
    )


def _role_text(words: list[Word], start: int, end: int) -> str:
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
        shown = EXPANDED.get(each.norm, each.text.lower())
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
    """Count the words of "di Thiene", "del Comune di Schio", "della Città di Thiene"."""
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
            or words[after].norm in PARTICLES | {"in", "sul", "sulla", "nell", "al", "a"}
        )
        and words[after].norm
        not in ordinary - PARTICLES - {"in", "sul", "sulla", "nell", "al", "a"}
    ):
        after += 1
    return after - at
