"""The one exception tree and the problems it carries; no words for the user, only fields.

::

    MailerError                      exit 1
    |-- ProblemsError                exit 1   one or many mistakes in what was given
    |   `-- UsageError               exit 2   mistakes in the command line
    |-- FrozenChangedError           exit 1   templates, data or configuration after the freeze
    |-- FrozenTooLateError           exit 1   letters have left: the freeze stands
    |-- LedgerError                  exit 1   the ledger cannot be used
    |-- CampaignLockedError          exit 5   another sender is at work
    |-- ServerUnavailableError       exit 5   no connection, or login refused for now
    |-- NothingToDoError             exit 9
    `-- ConfirmationRefusedError     exit 130 the operator did not confirm

``cli.advice`` turns every code into a sentence and an exit code, and is the only place that does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum, unique


@unique
class ExitCode(IntEnum):
    """What the shell is told (design, section 3)."""

    DONE = 0
    ERROR = 1
    USAGE = 2
    SOME_FAILED = 3
    IN_DOUBT = 4
    TEMPORARY = 5
    NOTHING_TO_DO = 9
    INTERRUPTED = 130


@unique
class Severity(StrEnum):
    """How much a problem weighs: an error stands in the way of sending."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@unique
class Code(StrEnum):
    """Every problem the program can name; ``cli.advice`` has the sentence for each."""

    # campaign.toml
    CAMPAIGN_MISSING = "campaign-missing"
    TOML_SYNTAX = "toml-syntax"
    KEY_MISSING = "key-missing"
    KEY_UNKNOWN = "key-unknown"
    VALUE_WRONG = "value-wrong"
    VALUE_NOT_ALLOWED = "value-not-allowed"
    BAND_EMPTY = "band-empty"
    # files
    FILE_MISSING = "file-missing"
    FILE_UNREADABLE = "file-unreadable"
    FOLDER_NOT_EMPTY = "folder-not-empty"
    FILE_BUSY = "file-busy"
    FILE_UNWRITABLE = "file-unwritable"
    # official files
    FILE_NOT_OFFICIAL = "file-not-official"
    FILE_OTHER_KIND = "file-other-kind"
    FILE_TOO_LARGE = "file-too-large"
    FILE_TRUNCATED = "file-truncated"
    TOTAL_MISSING = "total-missing"
    TOTAL_WRONG = "total-wrong"
    # register
    COLUMN_MISSING = "column-missing"
    COLUMN_DUPLICATE = "column-duplicate"
    ROW_WRONG = "row-wrong"
    COMUNE_DUPLICATE = "comune-duplicate"
    COMUNE_UNKNOWN = "comune-unknown"
    COMUNE_AMBIGUOUS = "comune-ambiguous"
    LETTER_UNKNOWN = "letter-unknown"
    REGION_UNKNOWN = "region-unknown"
    PROVINCE_UNKNOWN = "province-unknown"
    POPULATION_UNKNOWN = "population-unknown"
    POPULATION_MISSING = "population-missing"
    # address book
    ADDRESS_MISSING = "address-missing"
    ADDRESS_WRONG = "address-wrong"
    ADDRESS_SHARED = "address-shared"
    ADDRESS_CONFLICT = "address-conflict"
    ADDRESS_RESERVED = "address-reserved"
    ADDRESS_MISTYPED = "address-mistyped"
    ADDRESS_ORDINARY = "address-ordinary"
    ADDRESS_CONSUMER = "address-consumer"
    ADDRESS_OFFICE = "address-office"
    CODE_OLD = "code-old"
    CODE_PREDECESSOR = "code-predecessor"
    CODE_DISPUTED = "code-disputed"
    CORRECTION_UNKNOWN = "correction-unknown"
    # what an import refuses
    IMPORT_LOSES = "import-loses"
    IMPORT_SHORT = "import-short"
    IMPORT_LOSES_HEADS = "import-loses-heads"
    IMPORT_OLDER = "import-older"
    IMPORT_BACKWARDS = "import-backwards"
    IMPORT_STRANGERS = "import-strangers"
    IMPORT_MANY = "import-many"
    IMPORT_UNCONFIRMED = "import-unconfirmed"
    # heads of the Comuni
    HEAD_UNMATCHED = "head-unmatched"
    HEAD_MERGED = "head-merged"
    HEAD_OFFICE = "head-office"
    HEAD_TWICE = "head-twice"
    HEADS_MISSING = "heads-missing"
    NAME_UNSURE = "name-unsure"
    MANDATE_STALE = "mandate-stale"
    MANDATE_VACANT = "mandate-vacant"
    # letter
    TEMPLATE_SYNTAX = "template-syntax"
    TEMPLATE_FIELD = "template-field"
    TEMPLATE_RESOURCE = "template-resource"
    LETTER_PAGES = "letter-pages"
    LETTERS_WHOLE = "letters-whole"
    GLYPH_MISSING = "glyph-missing"
    SUBSETTER_MISSING = "subsetter-missing"
    PANGO_MISSING = "pango-missing"
    # message
    MESSAGE_TOO_LARGE = "message-too-large"
    # before sending
    EVENT_PAST = "event-past"
    EVENT_BEFORE_LETTER = "event-before-letter"
    EVENT_HOLIDAY = "event-holiday"
    LETTER_AHEAD = "letter-ahead"
    WEEKDAY_WRONG = "weekday-wrong"
    PV_WRONG = "pv-wrong"
    SENDING_LATE = "sending-late"
    DISK_SHORT = "disk-short"
    LIMITS_MISSING = "limits-missing"
    PROVIDER_TERMS = "provider-terms"
    SENDER_REFUSED = "sender-refused"
    SERVER_WITHOUT_DSN = "server-without-dsn"
    SPF_MISSING = "spf-missing"
    SPF_WRONG = "spf-wrong"
    SPF_NO_MAIL = "spf-no-mail"
    DMARC_MISSING = "dmarc-missing"
    DNS_SILENT = "dns-silent"
    DNS_NOT_ASKED = "dns-not-asked"
    # sending again
    LETTER_FORMER = "letter-former"
    PROPOSAL_UNKNOWN = "proposal-unknown"
    PROPOSAL_TWICE = "proposal-twice"
    FIRST_UNFINISHED = "first-unfinished"
    REMINDER_UNFINISHED = "reminder-unfinished"
    REMINDER_LATE = "reminder-late"
    # receiving
    MAILBOX_MISSING = "mailbox-missing"
    MAILBOX_FOLDER = "mailbox-folder"
    # sending
    PLAINTEXT_REMOTE = "plaintext-remote"
    CONFIRMATION_MISSING = "confirmation-missing"
    CONFIRMATION_WRONG = "confirmation-wrong"
    OPTION_ALONE = "option-alone"
    NOBODY_CHOSEN = "nobody-chosen"
    PASSWORD_READABLE = "password-readable"  # noqa: S105  a problem's name, not a password
    PASSWORD_MISSING = "password-missing"  # noqa: S105  a problem's name, not a password
    # mailbox
    AUTHORITY_WRONG = "authority-wrong"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake or doubt: where it stands, what was found, what would be right.

    ``found`` and ``expected`` are values (a key, a number, names to choose from), never sentences.
    """

    code: Code
    severity: Severity = Severity.ERROR
    file: str | None = None
    line: int | None = None
    key: str | None = None
    found: str | None = None
    expected: tuple[str, ...] = ()
    comune: str | None = None


class MailerError(Exception):
    """The root of all that the program itself raises."""

    exit_code: ExitCode = ExitCode.ERROR


@dataclass(eq=False)
class ProblemsError(MailerError, ValueError):
    """What was given has these mistakes; all of them, not the first."""

    problems: Sequence[Problem]

    def __str__(self) -> str:
        return "; ".join(f"{p.code} {p.file}:{p.line} {p.key} {p.found}" for p in self.problems)


class UsageError(ProblemsError):
    """The command line has these mistakes."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Change:
    """One input that is no longer what was frozen: ``kind`` is changed, added or removed."""

    name: str
    kind: str


@dataclass(eq=False)
class FrozenChangedError(MailerError):
    """Inputs changed after the freeze; ``attempted`` says whether a letter has already left."""

    changes: Sequence[Change]
    attempted: bool


@dataclass(eq=False)
class LedgerError(MailerError):
    """The ledger cannot be used: ``reason`` is a short fixed word, ``detail`` the driver's own."""

    path: str
    reason: str
    detail: str = ""


@dataclass(eq=False)
class CampaignLockedError(MailerError):
    """Another process sends this campaign: who, and since when."""

    exit_code = ExitCode.TEMPORARY
    owner: str
    since: str


@dataclass(eq=False)
class ServerUnavailableError(MailerError, ConnectionError):
    """The server cannot be used now: ``stage`` is connect, tls, login, session, mailbox, lost."""

    exit_code = ExitCode.TEMPORARY
    host: str
    port: int
    stage: str
    detail: str
    permanent: bool = False


@dataclass(eq=False)
class FrozenTooLateError(MailerError):
    """Letters have left: the freeze stands."""


@dataclass(eq=False)
class NothingToDoError(MailerError):
    """There is nothing left to do, but for letters in doubt."""

    doubts: int = 0

    def __post_init__(self) -> None:
        """Tell the shell of the doubts rather than of the rest."""
        self.exit_code = ExitCode.IN_DOUBT if self.doubts else ExitCode.NOTHING_TO_DO


@dataclass(eq=False)
class ConfirmationRefusedError(MailerError):
    """The operator did not type the protocol: ``expected`` is what confirms."""

    exit_code = ExitCode.INTERRUPTED
    expected: str
    given: str | None = field(default=None)
