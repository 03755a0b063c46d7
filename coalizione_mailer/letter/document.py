"""The values of ``pdf`` and ``typesetter``: a letter as a PDF, and how a campaign's are set."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from coalizione_mailer.errors import Problem

if TYPE_CHECKING:
    from coalizione_mailer.campaign.configuration import Configuration


class Task(Protocol):
    """A task in hand."""

    def result(self) -> Any:
        """Wait for what comes of it."""
        ...


Submit = Callable[..., Task]
"""Hands a task, and its arguments after the typesetter, to whoever is free."""


@dataclass(frozen=True, slots=True)
class PdfSettings:
    """How the letters of a campaign are set.

    Templates read files under ``template`` and ``root`` (the campaign's folder) only.
    ``date`` is the letter's, for the metadata; ``keywords`` are added to the template's own.
    """

    root: Path
    template: Path
    variant: str
    date: date
    keywords: tuple[str, ...] = ()

    @classmethod
    def of(cls, root: Path, configuration: "Configuration") -> "PdfSettings":
        """Return the settings of a campaign in its folder."""
        letter, protocol = configuration.letter, configuration.protocol
        return cls(
            root, root / letter.template, letter.pdf_variant, protocol.date, (protocol.label,)
        )


@dataclass(frozen=True, slots=True)
class Pdf:
    """The PDF of a letter, how many pages it has, and what is wrong with it.

    ``shared`` is how many bytes at its beginning other letters have too. It is ``lasting`` if it
    comes from its text, the template's folder and the program alone.
    """

    data: bytes
    pages: int
    problems: tuple[Problem, ...] = ()
    shared: int = field(default=0, compare=False)
    lasting: bool = field(default=True, compare=False)
