"""The play: a campaign from the freeze until every letter is settled, and its score."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from coalizione_mailer.exercise.office import Office, Onlooker
from coalizione_mailer.exercise.reported import listed
from coalizione_mailer.exercise.score import REACHED, Score, Standings, end_of, faults
from coalizione_mailer.exercise.secretary import Kept
from coalizione_mailer.exercise.stage import prepare
from coalizione_mailer.lifecycle import FAILED, State
from coalizione_mailer.rehearsal.clock import VirtualClock
from coalizione_mailer.rehearsal.course import Sort
from coalizione_mailer.rehearsal.provider import World

_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be played: the seed of all luck, how many Comuni (None: all), on how many jobs.

    ``now`` is when it begins (epoch seconds); ``circular``: one letter for all, which is quicker.
    """

    seed: int
    recipients: int | None
    jobs: int
    now: float
    circular: bool = False


def play(folder: Path, wishes: Wishes, onlooker: Onlooker) -> Score:
    """Play a whole campaign in an empty folder; raises MailerError where it cannot be played."""
    stage = prepare(folder / "campagna", wishes.seed, wishes.recipients, circular=wishes.circular)
    clock = VirtualClock(wishes.now)
    spool = folder / "in-viaggio"
    spool.mkdir()
    sender = stage.campaign.configuration.sender.address
    world = World(wishes.seed, sender, stage.towns, wishes.now, spool)
    office = Office(stage, world, wishes.seed, clock, onlooker)
    try:
        office.freeze(wishes.jobs)
        _settled(office)
        _recovered(office, wishes.jobs)
        office.read_again()
        spool.rmdir()
        standings = Standings.of(office.ledger, office.rounds)
        return _score(office, standings, listed(office, standings))
    finally:
        office.close()


def _settled(office: Office) -> None:
    """Send, wait for all post, ask about what is in doubt, until every letter of a round is."""
    while True:
        office.send()
        office.wait_for_post()
        if not office.settle_doubts():
            return


def _recovered(office: Office, jobs: int) -> None:
    """Correct what can be corrected and send again, until nothing more can be."""
    for _round in range(_ROUNDS):
        office.correct()
        if not office.resend(jobs):
            return
        _settled(office)


def _score(office: Office, standings: Standings, kept: Kept) -> Score:
    """Hold the ledger against the truth, and count."""
    truth, written = office.world.truth, office.world.written
    codes = office.stage.codes
    letters = [standings.of_comune(code) for code in codes]
    ends = Counter(end_of(own).state for own in letters if own)
    came_back = [own for own in letters if any(one.state is State.BOUNCED for one in own)]
    return Score(
        letters=len(codes),
        sent=sum(any(truth.was_taken(one.message_id) for one in own) for own in letters),
        delivered=ends[State.DELIVERED],
        silent=ends[State.SENT] + ends[State.ACCEPTED],
        bounced=ends[State.BOUNCED],
        recovered=sum(end_of(own).state in REACHED for own in came_back),
        dead=sum(
            any(one.state in FAILED and office.world.is_dead(one.address) for one in own)
            for own in letters
        ),
        corrected=len(office.corrected),
        refused=ends[State.REFUSED],
        doubts=office.doubts.arisen,
        doubts_by_word=office.doubts.by_word,
        receipts=written[Sort.RECEIPT],
        bounces=written[Sort.BOUNCE],
        forgeries=written[Sort.FORGERY],
        people=written[Sort.PEOPLE],
        answers_by_itself=kept.by_itself,
        answers_by_person=kept.by_person,
        answers_wrong=len(kept.faults),
        days=office.day,
        faults=(*faults(standings, truth, codes), *kept.faults, *kept.reported),
    )
