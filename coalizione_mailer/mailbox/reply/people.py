"""Who comes, how many, and whether that is all: names joined to what is said of coming."""

import re
from dataclasses import dataclass, replace

from coalizione_mailer.mailbox.reply.answer import Participant, Verdict
from coalizione_mailer.mailbox.reply.attending import attending, introduced, nameless
from coalizione_mailer.mailbox.reply.closing import Parts
from coalizione_mailer.mailbox.reply.forms import filled_in, tabled
from coalizione_mailer.mailbox.reply.headcount import more, stated
from coalizione_mailer.mailbox.reply.mention import Mention, fuller, merged, same_person
from coalizione_mailer.mailbox.reply.names import mentions_of
from coalizione_mailer.mailbox.reply.signer import (
    SPEAKS_FOR_US,
    author_name,
    signs_for_himself,
    speaks_of_self,
    writer_of,
)
from coalizione_mailer.mailbox.reply.stance import Stance

_PARTIAL = re.compile(
    r"\b(?:refuso|errore|errat[oa]|scritto male|si (?:chiama|scrive)|corrett[oa]|anche"
    r"|oltre|inoltre|aggiung\w{1,6}|integra\w{0,8}|ulteriore|si unir[aà])\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Coming:
    """Who comes; ``missing`` when nobody is named who must be, ``incomplete`` when some are not.

    ``instead``: behind a no somebody is named who perhaps comes.
    """

    participants: tuple[Participant, ...] = ()
    count: int | None = None
    missing: bool = False
    incomplete: bool = False
    instead: bool = False


def coming(parts: Parts, stance: Stance, author: str) -> Coming:
    """Say who comes, from the letter, its signature and the name of the sender's address."""
    if stance.verdict not in {Verdict.YES, Verdict.MAYBE}:
        return Coming()
    if not stance.events:
        return _counted(parts.letter, stance, introduced(parts.letter), 0)
    people = merged(
        [*filled_in(parts.letter), *(tabled(parts.letter) or attending(parts.letter, stance))]
    )
    writer = writer_of(parts, author)
    if writer is not None and speaks_of_self(parts, stance, writer, others=bool(people)):
        people = merged([writer, *people])
    elif not people and writer is not None and signs_for_himself(parts, stance, writer):
        people = [writer]
    people = [_completed(one, parts, author) for one in people]
    lacking = nameless(parts.letter, stance, people)
    if writer is not None and any(_holds(writer, office) for office in lacking):
        people = merged([*people, writer])
        lacking = [office for office in lacking if not _holds(writer, office)]
    return _counted(parts.letter, stance, people, len(lacking))


def _holds(person: Mention, office: str) -> bool:
    """Whether somebody has this office: "sindaca" for "sindaco"."""
    return any(word[:-1] == office[:-1] for word in person.role.split())


def _completed(one: Mention, parts: Parts, author: str) -> Mention:
    """Fill up a bare family name from who signs or sends: "l'assessore Conte", "Ada Conte"."""
    if one.whole:
        told = (each for each in mentions_of(parts.letter) if same_person(one, each))
        return one if one.role else replace(one, role=next((each.role for each in told), ""))
    known = [
        *mentions_of(parts.signature, alone=True),
        *mentions_of(author_name(author), alone=True),
    ]
    found = next((each for each in known if each.whole and same_person(one, each)), None)
    return replace(found, role=fuller(one.role, found.role)) if found else one


def _counted(letter: str, stance: Stance, people: list[Mention], lacking: int) -> Coming:
    """Add the number that is stated, and say whether all have names."""
    told, extra = stated(letter), more(letter)
    extra += lacking if people or extra else 0
    count = told or (len(people) + extra if extra else None)
    unnamed = bool(told and told > len(people)) or bool(extra)
    plural = bool(SPEAKS_FOR_US.search(letter)) and len(people) < 2 and not _office_speaks(letter)  # noqa: PLR2004
    missing = not people
    incomplete = (
        unnamed
        or stance.perhaps_more
        or (stance.who_pending and _open_ended(letter, people))
        or any(not one.whole for one in people)
    )
    if plural and people and not told:
        incomplete = True
    bare = not (unnamed or plural or stance.perhaps_more or stance.who_pending)
    whole = not incomplete or bare or (stance.verdict is Verdict.MAYBE and not unnamed)
    if count is None and people and whole and not (stance.earlier and _PARTIAL.search(letter)):
        count = len(people)
    participants = tuple(Participant(one.name, one.role) for one in people)
    return Coming(participants, count, missing=missing, incomplete=incomplete)


def _office_speaks(letter: str) -> bool:
    """Whether "we" is the office that writes, and not those who come."""
    return not re.search(
        r"\b(?:saremo|parteciperemo|verremo|veniamo|interverremo|partecipiamo"
        r"|ci siamo|arriveremo)\b",
        letter,
        re.IGNORECASE,
    )


def _open_ended(letter: str, people: list[Mention]) -> bool:
    """Whether unnamed companions are promised, and not only the ones already named."""
    return not people or bool(
        re.search(
            r"\b(?:seguir|comunicher|far[oò]|faremo|riserv|qualcun"
            r"|altr[oaie] (?:person|collegh|component|partecip)|eventual|definir"
            r"|un(?:o|a)? (?:collaborat|accompagnat|rappresentan|delegat|colleg"
            r"|funzionari))",
            letter,
            re.IGNORECASE,
        )
    )
