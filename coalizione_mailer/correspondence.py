"""A Comune becomes a letter, a letter a message: the one way, for preview, dry run and freeze."""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.campaign.configuration import Form, Reminding
from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.letter.message import (
    Body,
    Composer,
    Mailbox,
    Stationery,
    ascii_name,
    is_canonical,
    join,
    key_of,
    message_id,
)
from coalizione_mailer.letter.pdf import Pdf, PdfSettings, render_pdfs
from coalizione_mailer.letter.templates import LetterText, Templates
from coalizione_mailer.model import Recipient
from coalizione_mailer.plan import attachments_of

ROME = ZoneInfo("Europe/Rome")
STANDING = Path("archive", "letters-made.sqlite")
"""Where a campaign keeps letters once made, so that they need not be made again."""
_DRAFT_TIME = time(9, 0)
_TYPICAL = 3


@dataclass(frozen=True, slots=True)
class Prepared:
    """One letter ready to leave: its text, its PDF, and the parts of its message."""

    recipient: Recipient
    text: LetterText
    pdf: Pdf
    message_id: str
    head: bytes
    message: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes the messages of a round its own: a secret of the freeze, its number and moment."""

    token: str
    round: int
    date: datetime

    @classmethod
    def draft(cls, campaign: Campaign) -> "Identity":
        """Return the identity of previews and dry runs: the same whenever they are made."""
        section = campaign.configuration
        day = section.protocol.date
        return cls(
            token=f"draft/{section.campaign.name}/{section.protocol.confirmation}",
            round=1,
            date=datetime.combine(day, _DRAFT_TIME, tzinfo=ROME),
        )

    @classmethod
    def frozen(cls, token: str, number: int, at: float) -> "Identity":
        """Return the identity of a round frozen at a moment (epoch seconds)."""
        moment = datetime.fromtimestamp(int(at), tz=UTC).astimezone(ROME)
        return cls(token=token, round=number, date=moment)


class Correspondence:
    """Writes the letters of a campaign; templates and attachments are read once."""

    def __init__(self, campaign: Campaign, identity: Identity) -> None:
        """Read templates and attachments; raises ProblemsError."""
        self._campaign = campaign
        self._identity = identity
        configuration = campaign.configuration
        self.templates = Templates.load(campaign.path(configuration.letter.template), configuration)
        if problems := self.templates.check():
            raise ProblemsError(problems)
        self._stationery = _stationery(campaign, identity)
        self._composer = Composer(self._stationery, attachments_of(campaign))
        assert is_canonical(self.frame)

    @property
    def frame(self) -> bytes:
        """The part of the message that all recipients share."""
        return self._composer.frame

    def prepared(self, recipients: Iterable[Recipient], jobs: int) -> Iterator[Prepared]:
        """Write the letters one after the other, rendering ahead on ``jobs`` processes.

        Raises ProblemsError when a letter cannot be written.
        """
        texts = _Texts(self.templates)
        settings = PdfSettings.of(self._campaign.root, self._campaign.configuration)
        standing = self._campaign.root / STANDING
        for pdf in render_pdfs(texts.letters(recipients), settings, jobs, standing, texts.go_on):
            yield self._prepare(*texts.next(), pdf)

    def _prepare(self, recipient: Recipient, text: LetterText, pdf: Pdf) -> Prepared:
        """Put one message together and make sure that it can travel."""
        key = key_of(self._identity.round, recipient.comune.codice_catastale)
        address = recipient.address.address
        letter = hashlib.sha256(pdf.data).hexdigest()
        try:
            to = Mailbox(recipient.comune.denominazione, address)
            body = Body(text.email_text, text.email_html)
            head = self._composer.head(key, to, body, self._letter_name(recipient), letter)
        except ValueError:
            problem = Problem(
                Code.ADDRESS_WRONG, found=address, comune=recipient.comune.codice_istat
            )
            raise ProblemsError([problem]) from None
        # Between head and frame is base64, which cannot but travel unchanged.
        assert is_canonical(head)
        message = join(head, pdf.data, self.frame)
        return Prepared(
            recipient=recipient,
            text=text,
            pdf=pdf,
            message_id=message_id(self._stationery, key, letter),
            head=head,
            message=message,
            sha256=hashlib.sha256(message).hexdigest(),
        )

    def _letter_name(self, recipient: Recipient) -> str:
        """Name the PDF so that the mayor's office finds it again in its own protocol."""
        protocol = self._campaign.configuration.protocol
        name = f"prot-{protocol.number}-{protocol.date.year}"
        if isinstance(self._campaign.configuration, Reminding):
            name = f"sollecito-{name}"
        if self._campaign.configuration.letter.form is Form.INDIVIDUAL:
            name += f"-{ascii_name(recipient.comune.denominazione)}"
        return f"{name}.pdf"


class _Texts:
    """What is written to each: letters when they are asked for, e-mails while those are set."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self._letters: deque[tuple[Recipient, str]] = deque()
        self._texts: deque[tuple[Recipient, LetterText]] = deque()

    def letters(self, recipients: Iterable[Recipient]) -> Iterator[str]:
        """Write the letters; raises ProblemsError."""
        for recipient in recipients:
            html = self._templates.letter(recipient)
            self._letters.append((recipient, html))
            yield html

    def go_on(self) -> bool:
        """Write the e-mail of one letter, and tell if there was any; raises ProblemsError."""
        if not self._letters:
            return False
        recipient, html = self._letters.popleft()
        self._texts.append((recipient, self._templates.mail(recipient, html)))
        return True

    def next(self) -> tuple[Recipient, LetterText]:
        """Return what is written to the next recipient; raises ProblemsError."""
        if not self._texts:
            self.go_on()
        return self._texts.popleft()


def typical(recipients: Sequence[Recipient]) -> list[Recipient]:
    """Choose the letters most likely to go wrong: shortest and longest name, and most accents."""
    if len(recipients) <= _TYPICAL:
        return list(recipients)
    accented = max(recipients, key=_accents)
    others = [recipient for recipient in recipients if recipient is not accented]
    shortest = min(others, key=_length)
    return [shortest, max((r for r in others if r is not shortest), key=_length), accented]


def _length(recipient: Recipient) -> int:
    return len(recipient.comune.denominazione)


def _accents(recipient: Recipient) -> int:
    return sum(not character.isascii() for character in recipient.comune.denominazione)


def problems_of(prepared: Prepared) -> list[Problem]:
    """Name what is wrong with a letter that was written, and with whose."""
    code = prepared.recipient.comune.codice_istat
    return [replace(problem, comune=code) for problem in prepared.pdf.problems]


def _stationery(campaign: Campaign, identity: Identity) -> Stationery:
    section = campaign.configuration
    return Stationery(
        sender_name=section.sender.name,
        sender_address=section.sender.address,
        reply_to=section.sender.reply_to,
        subject=section.campaign.subject,
        date=identity.date,
        identity=identity.token,
    )
