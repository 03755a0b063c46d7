"""The world behind the server: what becomes of each message it takes, and what comes back.

Everything follows from the seed and the address, so that every rehearsal can be had again.
"""

import hashlib
import heapq
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from itertools import count, cycle, islice
from pathlib import Path

from coalizione_mailer.rehearsal.authority import Authority
from coalizione_mailer.rehearsal.bounces import Dialect, Reason
from coalizione_mailer.rehearsal.certified import Posting
from coalizione_mailer.rehearsal.course import REASONS, Course, Mail, Post, Sort, noise
from coalizione_mailer.rehearsal.plots import ARRIVES, CERTIFIED, ORDINARY, Plot, cast
from coalizione_mailer.rehearsal.providers import impostor, providers
from coalizione_mailer.rehearsal.record import Taken
from coalizione_mailer.rehearsal.truth import Truth

_ONCE = frozenset({Plot.FULL, Plot.TIMED_OUT, Plot.TOO_LATE})
"""Plots of which a second letter to the same address knows nothing any more."""

_NOISE = 0.02
_BARE = 0.3
_STRANGERS = (
    "assistenza@postacerta.example",
    "offerte@forniture.example",
    "notizie@rassegna.example",
)
_LATER = frozenset({Reason.FULL, Reason.TIME_OUT})
_DEAD = frozenset({Reason.NO_USER, Reason.NO_DOMAIN})


@dataclass(frozen=True, slots=True)
class Town:
    """A recipient as the world knows it: a PEC mailbox, or an ordinary one."""

    name: str
    address: str
    certified: bool


@dataclass(frozen=True, slots=True)
class _Ways:
    """How ordinary mail comes back from an address."""

    dialect: Dialect
    reason: Reason
    wrapped: bool


class World:
    """Takes messages, decides by lot, and has mail for the sender ready when its time comes."""

    def __init__(
        self, seed: int, sender: str, towns: Mapping[str, Town], now: float, spool: Path
    ) -> None:
        """Give each of these towns (by address) its mailbox; ``now`` is in epoch seconds.

        ``spool`` is a folder for the mail that is on its way to the sender.
        """
        self._seed = seed
        self._sender = sender
        self._towns = dict(towns)
        self._authority = Authority("Autorità di prova", now)
        self._providers = providers(self._authority)
        self._impostor = impostor(Authority("Autorità di nessuno", now))
        certified = [address for address, town in towns.items() if town.certified]
        ordinary = [address for address, town in towns.items() if not town.certified]
        self._plots = cast(seed, certified, CERTIFIED) | cast(seed, ordinary, ORDINARY)
        self._ways = _ways(seed, ordinary, self._plots)
        self._turns: Counter[str] = Counter()
        self._spool = spool
        self._pending: list[tuple[float, Path]] = []
        self._number = count()
        self.truth = Truth()
        self.written: Counter[Sort] = Counter()

    @property
    def authority(self) -> bytes:
        """The certificate that this world's providers are believed by, PEM."""
        return self._authority.pem

    @property
    def last(self) -> float | None:
        """When the last message that is on its way arrives; None when nothing is."""
        return max((at for at, _file in self._pending), default=None)

    def arrivals(self, until: float) -> Iterator[Path]:
        """Give what arrives up to a moment, in the order of arrival, once."""
        while self._pending and self._pending[0][0] <= until:
            yield heapq.heappop(self._pending)[1]

    def plot(self, address: str) -> Plot | None:
        """Tell what becomes of the first letter to an address; None where that is not decided."""
        return self._plots.get(address)

    def is_dead(self, address: str) -> bool:
        """Tell whether nobody can be reached at an address any more."""
        ways = self._ways.get(address)
        match self._plots.get(address):
            case Plot.DEAD | Plot.NO_DOMAIN:
                return True
            case Plot.BOUNCED | Plot.DELAYED_AND_BOUNCED:
                return ways is not None and ways.reason in _DEAD
            case _:
                return False

    def looked_up(self, address: str) -> str | None:
        """Tell where a town is to be reached now, None where that is this very address."""
        if not self.is_dead(address):
            return None
        town, new = self._towns[address], f"nuovo.{address}"
        self._towns[new] = Town(town.name, new, town.certified)
        return new

    def takes(self, taken: Taken) -> None:
        """Let a message that the server took go its way."""
        address = taken.recipient
        if address not in self._towns:
            self._towns[address] = Town("", address, certified=True)
            self._plots[address] = Plot.DEAD
        self._turns[address] += 1
        lot = random.Random(f"{self._seed} {address} {self._turns[address]}")  # noqa: S311  nothing secret
        plot = self._plot(address)
        posting = self._posting(taken)
        passage = self.truth.taken(posting.message_id, address, arrives=plot in ARRIVES)
        ours = self._providers[0]
        theirs = lot.choice(self._providers)
        ways = self._ways.get(address) or _Ways(Dialect.POSTFIX, Reason.NO_USER, wrapped=True)
        course = Course(
            Post(ours, theirs, self._impostor),
            posting,
            self._towns[address].name,
            plot,
            taken.at,
            lot,
            ways.dialect,
            ways.reason,
            ways.wrapped,
        )
        for mail in course.mail():
            if mail.word is not None:
                passage.said.add(mail.word)
            kept = self._post(mail, lot)
            if mail.meaning is not None:
                self.truth.answered(passage, kept, mail.at, mail.meaning)
        if lot.random() < _NOISE:
            at = taken.at + lot.uniform(0.0, 9e4)
            self._post(noise(lot, self._sender, at, _STRANGERS), lot)

    def _plot(self, address: str) -> Plot:
        """Return what becomes of this letter to an address, the first or a later one."""
        usual = Plot.DELIVERED if self._towns[address].certified else Plot.ARRIVED
        plot = self._plots.get(address, usual)
        if self._turns[address] == 1:
            return plot
        ways = self._ways.get(address)
        if plot in {Plot.BOUNCED, Plot.DELAYED_AND_BOUNCED} and ways is not None:
            return usual if ways.reason in _LATER else plot
        return usual if plot in _ONCE else plot

    def _posting(self, taken: Taken) -> Posting:
        found = message_from_bytes(taken.content)
        message_id = str(found["Message-ID"]).strip()
        seed = f"{self._seed}/{message_id}/{self._turns[taken.recipient]}"
        own = hashlib.sha256(seed.encode()).hexdigest()[:24]
        return Posting(
            sender=taken.sender,
            recipient=taken.recipient,
            external=not self._towns[taken.recipient].certified,
            subject=str(make_header(decode_header(str(found["Subject"])))),
            message_id=message_id,
            identificativo=f"opec.{own}@{self._providers[0].domain}",
            content=taken.content,
        )

    def _post(self, mail: Mail, lot: random.Random) -> str:
        """Put a message on its way, and return the SHA-256 of it as it will be kept.

        Some servers keep mail with the line ends of their system.
        """
        self.written[mail.sort] += 1
        file = self._spool / f"{next(self._number):07}.eml"
        as_kept = mail.content.replace(b"\r\n", b"\n") if lot.random() < _BARE else mail.content
        file.write_bytes(as_kept)
        heapq.heappush(self._pending, (mail.at, file))
        return hashlib.sha256(as_kept).hexdigest()


def _ways(seed: int, addresses: list[str], plots: Mapping[str, Plot]) -> dict[str, _Ways]:
    """Go through all dialects, wrapped and not, so that each is met; reasons are drawn."""
    lot = random.Random(f"{seed} ways")  # noqa: S311  nothing secret
    order = sorted(addresses)
    lot.shuffle(order)
    order.sort(key=lambda address: plots[address] not in {Plot.BOUNCED, Plot.DELAYED_AND_BOUNCED})
    every = cycle([(dialect, wrapped) for dialect in Dialect for wrapped in (True, False)])
    reasons = lot.choices(list(REASONS), list(REASONS.values()), k=len(order))
    met = zip(order, islice(every, len(order)), reasons, strict=True)
    return {address: _Ways(way[0], reason, way[1]) for address, way, reason in met}
