"""What an import would do, as a value: every change and every file, before any is written."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from coalizione_mailer.errors import Problem
from coalizione_mailer.registry.official.values import Kind, Source


@unique
class Topic(StrEnum):
    """What can change; in the order in which it is shown."""

    COMUNE_NEW = "comune-new"
    COMUNE_GONE = "comune-gone"
    COMUNE_MERGED = "comune-merged"
    COMUNE_RENAMED = "comune-renamed"
    COMUNE_OTHER_NAME = "comune-other-name"
    COMUNE_RECODED = "comune-recoded"
    COMUNE_MOVED = "comune-moved"
    BAND_IN = "band-in"
    BAND_OUT = "band-out"
    FIGURE_NEW = "figure-new"
    FIGURE_CHANGED = "figure-changed"
    FIGURE_MISSING = "figure-missing"
    ADDRESS_NEW = "address-new"
    ADDRESS_CHANGED = "address-changed"
    ADDRESS_GONE = "address-gone"
    ADDRESS_MISSING = "address-missing"
    ADDRESS_CONSUMER = "address-consumer"
    ROW_EDITED = "row-edited"
    CORRECTION_SUPERFLUOUS = "correction-superfluous"
    CORRECTION_CONTRADICTED = "correction-contradicted"
    MAYOR_NEW = "mayor-new"
    MAYOR_CHANGED = "mayor-changed"
    MAYOR_GONE = "mayor-gone"
    SETTING = "setting"

    @property
    def tells(self) -> bool:
        """Whether it only tells how things are: by itself it is no reason to write."""
        return self in _TELLING


_TELLING = (
    Topic.ADDRESS_MISSING,
    Topic.ADDRESS_CONSUMER,
    Topic.FIGURE_MISSING,
    Topic.CORRECTION_SUPERFLUOUS,
    Topic.CORRECTION_CONTRADICTED,
    Topic.BAND_IN,
    Topic.BAND_OUT,
)


class Change(NamedTuple):
    """One thing that changes: of which Comune (its name, its cadastral code), from what to what.

    For a setting ``subject`` is its key. ``why`` is a word of the office: the reason of a
    correction. A named tuple, since a first import makes ten thousand.
    """

    topic: Topic
    subject: str
    code: str = ""
    before: str = ""
    after: str = ""
    why: str = ""


@dataclass(frozen=True)
class Written:
    """A file that would be written, whole; ``path`` starts at the campaign's folder.

    ``content`` is its bytes, or what lays them out once the operator has said yes. ``official``
    tells what is made from an official file from what only has to follow: a setting, the office's
    own corrections.
    """

    path: Path
    content: bytes | Callable[[], bytes]
    official: bool = True

    @cached_property
    def data(self) -> bytes:
        """The file's bytes."""
        return self.content if isinstance(self.content, bytes) else self.content()


@dataclass(frozen=True, slots=True)
class Update:
    """Everything one import would do.

    ``changes`` are in the order of ``Topic``; ``dangers`` are problems that look like a disaster
    and need the operator's word; ``facts`` are counts worth showing, by name.
    """

    kind: Kind
    sources: tuple[Source, ...]
    changes: tuple[Change, ...]
    files: tuple[Written, ...]
    facts: Mapping[str, int]
    warnings: tuple[Problem, ...] = ()
    dangers: tuple[Problem, ...] = ()
    column: str = ""

    @property
    def writes(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.files)

    @property
    def counts(self) -> dict[Topic, int]:
        """How many changes there are of each topic; only topics that come up."""
        counted = Counter(change.topic for change in self.changes)
        return {topic: counted[topic] for topic in Topic if topic in counted}

    def of(self, topic: Topic) -> Iterator[Change]:
        """Give the changes of one topic."""
        return (change for change in self.changes if change.topic is topic)


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Put changes in the order of their topics; within one, as they came."""
    of: dict[Topic, list[Change]] = {topic: [] for topic in Topic}
    for change in changes:
        of[change.topic].append(change)
    return tuple(chain.from_iterable(of.values()))
