"""What ``campaign.toml`` may say, section by section (design, 4: contract)."""

import re
from datetime import date
from enum import StrEnum, unique
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from coalizione_mailer import pace
from coalizione_mailer.campaign.providers import PRESETS, Preset, Provider
from coalizione_mailer.hours import Day as WeekDay
from coalizione_mailer.hours import Opening, Span
from coalizione_mailer.pace import Limit

_DOT_SECONDS = 600  # RFC 5321, section 4.5.3.2.6
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@unique
class Form(StrEnum):
    """To each mayor by name of the Comune, or one text for all."""

    INDIVIDUAL = "individual"
    CIRCULAR = "circular"


@unique
class ChannelChoice(StrEnum):
    """Which address of a Comune is used."""

    PEC = "pec"
    EMAIL = "email"
    PEC_THEN_EMAIL = "pec-then-email"


@unique
class Security(StrEnum):
    """How the connection is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@unique
class Profile(StrEnum):
    """The rules of the post the letters go by (design, 7)."""

    PEC = "pec"
    ORDINARY = "ordinary"


def _one_line(text: str) -> str:
    """Refuse control characters: a value of a header can never bring a new line."""
    if not text.strip() or re.search(r"[\x00-\x1f\x7f]", text):
        raise ValueError(text)
    return text


def _printable(text: str) -> str:
    """Refuse control characters, allow nothing at all."""
    return _one_line(text) if text else text


def _mailbox(text: str) -> str:
    if not text.isascii() or not re.fullmatch(
        r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@.<>]+", text
    ):
        raise ValueError(text)
    return text


def _host(text: str) -> str:
    """Take a name or an address of the network; a port or a protocol has keys of its own."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*", text):
        raise ValueError(text)
    return text


def _is_loopback(host: str) -> bool:
    return host in _LOOPBACK or host.startswith("127.")


def _as_limit(value: object) -> Limit:
    return Limit.parse(value if isinstance(value, str) else "")


def _as_span(value: object) -> Span:
    return Span.parse(value if isinstance(value, str) else "")


Line = Annotated[str, AfterValidator(_one_line), Field(examples=['"Invito al workshop"'])]
Host = Annotated[str, AfterValidator(_host), Field(examples=['"smtp.ente.example"'])]
Mailbox = Annotated[
    str,
    AfterValidator(_one_line),
    AfterValidator(_mailbox),
    Field(examples=['"segreteria@ente.example"']),
]
RateLimit = Annotated[Limit, BeforeValidator(_as_limit)]
PartOfDay = Annotated[Span, BeforeValidator(_as_span)]
WorkingDay = Annotated[WeekDay, Field(strict=False)]
Day = Annotated[date, Field(examples=["2017-09-18"])]
PerhapsDay = Annotated[date | None, Field(examples=["2017-10-02"])]
Inhabitants = Annotated[int, Field(ge=0, examples=["5000"])]
Port = Annotated[int, Field(ge=1, le=65535, examples=["465", "587"])]
File = Annotated[Path, Field(strict=False, examples=['"data/..."'])]
Names = Annotated[tuple[Line, ...], Field(strict=False, examples=['["Veneto", "VI"]'])]


class _Section(BaseModel):
    """Values as written: nothing is converted, nothing unknown passes."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True
    )


class CampaignSection(_Section):
    """What the campaign is called, and the subject of its messages."""

    name: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", examples=['"coalizione-2017"'])
    ]
    subject: Line


class EventSection(_Section):
    """The event; any further key is handed to the templates."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    title: Line
    date: Day
    time: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=['"10:30"'])]
    place: Line


class ProtocolSection(_Section):
    """The protocol number of the letter; the suffix is never part of the number."""

    number: Annotated[int, Field(gt=0, examples=["166"])]
    suffix: Annotated[str, AfterValidator(_printable), Field(examples=['"W/LP"'])] = ""
    date: Day
    place: Line

    @property
    def confirmation(self) -> str:
        """What the operator types to confirm: number/year."""
        return f"{self.number}/{self.date.year}"

    @property
    def label(self) -> str:
        """The number as printed after ``Prot.``."""
        return f"{self.number} {self.suffix}".strip()


class Signatory(_Section):
    """Who signs."""

    name: Line
    role: Line


class SenderSection(_Section):
    """From whom the messages come."""

    name: Line
    address: Mailbox
    reply_to: Mailbox
    signatory: Annotated[Signatory, Field(examples=['{ name = "Anna Rossi", role = "…" }'])]


class RecipientsSection(_Section):
    """Who is in the band; both ends are inclusive."""

    population: Annotated[Line, Field(examples=['"popolazione_legale_2011"'])]
    min: Inhabitants
    max: Inhabitants
    regions: Names = ()
    provinces: Names = ()
    include: Names = ()
    exclude: Names = ()
    comuni: File = Path("data/comuni.csv")
    addresses: File
    corrections: File = Path("data/correzioni.csv")
    mayors: File = Path("data/sindaci.csv")
    channel: Annotated[ChannelChoice, Field(strict=False)]


class LetterSection(_Section):
    """Which templates, which form, which kind of PDF."""

    template: File
    form: Annotated[Form, Field(strict=False)] = Form.INDIVIDUAL
    names: Annotated[bool, Field(examples=["true", "false"])] = False
    pdf_variant: Annotated[Line, Field(examples=['"pdf/a-2a"'])] = "pdf/a-2a"


class Attachment(_Section):
    """A file that goes with every letter."""

    path: File


class SmtpSection(_Section):
    """The server that sends; the password is never here.

    With a ``provider``, its preset fills in what is not written.
    """

    host: Host
    port: Port
    security: Annotated[Security, Field(strict=False)]
    username: str = ""
    password_file: File | None = None
    ca_file: File | None = None
    profile: Annotated[Profile, Field(strict=False)] = Profile.PEC
    connections: Annotated[int, Field(ge=1, le=100, examples=["4"])] = 4
    timeout: Annotated[int, Field(ge=1, le=3600, examples=["60"])] = 60
    limits: tuple[RateLimit, ...] = Field(
        default=(), strict=False, examples=['["60/minute", "2000/day"]']
    )
    provider: Annotated[Provider | None, Field(strict=False)] = None
    hours: Annotated[PartOfDay | None, Field(examples=['"08:30-18:00"'])] = None
    days: tuple[WorkingDay, ...] = Field(
        default=(), strict=False, examples=['["mon", "tue", "wed", "thu", "fri"]']
    )

    @model_validator(mode="before")
    @classmethod
    def _filled_in(cls, given: object) -> object:
        """Take from the provider's preset what the file does not say."""
        if not isinstance(given, dict):
            return given
        provider = given.get("provider")
        preset = PRESETS.get(provider) if isinstance(provider, str) else None
        return {**preset.defaults, **given} if preset else given

    @property
    def dot_timeout(self) -> int:
        """Seconds to wait for the answer to a whole letter: RFC 5321's, unless one is written."""
        return self.timeout if "timeout" in self.model_fields_set else _DOT_SECONDS

    @property
    def preset(self) -> Preset | None:
        """What is known of the provider, if one is named."""
        return PRESETS[self.provider] if self.provider else None

    @property
    def opening(self) -> Opening:
        """When letters may leave."""
        return Opening(self.hours, self.days)

    def duration(self, letters: int, begin: float) -> float:
        """Return the seconds that so many letters take from a moment on (epoch seconds)."""
        if self.opening.always:
            return pace.duration(self.limits, letters)
        return pace.duration(self.limits, letters, begin=begin, next_open=self.opening.next_open)

    @property
    def loopback(self) -> bool:
        """Whether the server is this very machine."""
        return _is_loopback(self.host)


class LedgerSection(_Section):
    """Where the ledger is."""

    url: Annotated[Line, Field(examples=['"sqlite:///archive/ledger.sqlite"'])] = (
        "sqlite:///archive/ledger.sqlite"
    )


class MailboxSection(_Section):
    """Where receipts and replies are read, and what is believed of them; no password either.

    Without ``host`` there is no IMAP: messages are read from files.
    """

    host: Annotated[Host | None, Field(examples=['"imap.ente.example"'])] = None
    port: Port = 993
    security: Annotated[Security, Field(strict=False)] = Security.TLS
    username: str = ""
    password_file: File | None = None
    ca_file: File | None = None
    timeout: Annotated[int, Field(ge=1, le=3600, examples=["60"])] = 60
    folders: Names = ("INBOX",)
    authorities: tuple[File, ...] = Field(default=(), strict=False, examples=['["agid.pem"]'])
    silent_after: Annotated[int, Field(ge=1, le=8760, examples=["48"])] = 48

    @property
    def loopback(self) -> bool:
        """Whether the server is this very machine."""
        return _is_loopback(self.host or "")


class ReminderSection(_Section):
    """The reminder: its templates, and its own protocol number where it has one."""

    template: Annotated[File, Field(examples=['"templates/sollecito"'])] = Path(
        "templates/sollecito"
    )
    subject: Annotated[str, AfterValidator(_printable), Field(examples=['"Promemoria"'])] = ""
    number: Annotated[int | None, Field(gt=0, examples=["201"])] = None
    suffix: Annotated[str, AfterValidator(_printable), Field(examples=['"W/LP"'])] = ""
    date: PerhapsDay = None


class Configuration(_Section):
    """The whole file."""

    campaign: CampaignSection
    event: EventSection
    protocol: ProtocolSection
    sender: SenderSection
    recipients: RecipientsSection
    letter: LetterSection
    attachments: tuple[Attachment, ...] = Field(
        default=(), strict=False, examples=["[[attachments]]"]
    )
    smtp: SmtpSection
    ledger: LedgerSection = LedgerSection()
    mailbox: MailboxSection = MailboxSection()
    reminder: ReminderSection = ReminderSection()


class Reminding(Configuration):
    """The campaign as it is while it reminds: its letter and number are the reminder's.

    ``invitation`` is the protocol of the letter that it reminds of.
    """

    invitation: ProtocolSection

    @property
    def own_number(self) -> bool:
        """Whether the reminder has a protocol number of its own."""
        return self.reminder.number is not None
