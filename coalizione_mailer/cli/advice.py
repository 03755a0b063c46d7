"""Problems and errors turned into sentences: what was found, where, and what to do."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import (
    CampaignLockedError,
    Change,
    Code,
    ConfirmationRefusedError,
    FrozenChangedError,
    FrozenTooLateError,
    LedgerError,
    MailerError,
    NothingToDoError,
    Problem,
    ProblemsError,
    ServerUnavailableError,
)


def place(problem: Problem, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """Say where a problem stands: file, line, key."""
    parts = []
    if problem.file:
        parts.append(problem.file)
    if problem.line:
        parts.append(_("line {line}").format(line=problem.line))
    if problem.key:
        parts.append(problem.key)
    if problem.comune:
        parts.append(names.get(problem.comune, problem.comune))
    return ", ".join(parts)


def sentence(problem: Problem) -> str:
    """Say what was found and what to do."""
    text = _sentences()[problem.code]()
    return text.format(
        found=problem.found or _("nothing"),
        expected=", ".join(problem.expected) or _("see docs/campaign-file.md"),
        key=problem.key or "",
        comune=problem.comune or "",
        file=problem.file or "",
    )


def full(problem: Problem, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return one line: where, then what; ``names`` are those of Comuni by ISTAT code."""
    where = place(problem, names)
    return f"{where}: {sentence(problem)}" if where else sentence(problem)


def _sentences() -> dict[Code, Callable[[], str]]:
    """Map every code to its sentence; in three groups, as the problems come up."""
    return _file_sentences() | _people_sentences() | _letter_sentences()


def _file_sentences() -> dict[Code, Callable[[], str]]:
    return {
        Code.CAMPAIGN_MISSING: lambda: _(
            "there is no campaign here. Go to the campaign's folder, name it with "
            "--campaign DIR, or make a new one: mailer init DIR."
        ),
        Code.TOML_SYNTAX: lambda: _(
            "the file cannot be read from this line on: {found}. Check quotes, brackets and commas."
        ),
        Code.KEY_MISSING: lambda: _("this key is missing. Add it, for example: {expected}."),
        Code.KEY_UNKNOWN: lambda: _("this key does not exist. Did you mean: {expected}?"),
        Code.VALUE_WRONG: lambda: _("found {found}, which cannot be. For example: {expected}."),
        Code.VALUE_NOT_ALLOWED: lambda: _("found {found}; allowed are: {expected}."),
        Code.BAND_EMPTY: lambda: _(
            "the smallest population ({found}) is above the largest ({expected}). Swap them."
        ),
        Code.PLAINTEXT_REMOTE: lambda: _(
            "the connection to {found} would not be protected. Use one of: {expected}."
        ),
        Code.FILE_MISSING: lambda: _("this file does not exist. Check the name, or put it there."),
        Code.FILE_UNREADABLE: lambda: _("this file cannot be read: {found}."),
        Code.FOLDER_NOT_EMPTY: lambda: _(
            "there is something in this folder already. Choose a new or empty one."
        ),
        Code.COLUMN_MISSING: lambda: _("this column is missing; found are: {found}."),
        Code.COLUMN_DUPLICATE: lambda: _("this column is there twice. Remove one of them."),
        Code.ROW_WRONG: lambda: _("found {found}, which cannot be. Correct the row."),
        Code.COMUNE_DUPLICATE: lambda: _("{found} is there twice. Remove one of the rows."),
    }


def _people_sentences() -> dict[Code, Callable[[], str]]:
    return {
        Code.COMUNE_UNKNOWN: lambda: _("no Comune is called {found}. Did you mean: {expected}?"),
        Code.COMUNE_AMBIGUOUS: lambda: _(
            "more than one Comune is called {found}. Choose one: {expected}."
        ),
        Code.REGION_UNKNOWN: lambda: _("no region is called {found}. Did you mean: {expected}?"),
        Code.PROVINCE_UNKNOWN: lambda: _(
            "no province is called {found}. Did you mean: {expected}?"
        ),
        Code.POPULATION_UNKNOWN: lambda: _(
            "the register has no population column {found}; it has: {expected}."
        ),
        Code.POPULATION_MISSING: lambda: _(
            "no figure for this Comune: it is not in the band. If it should be invited, add it "
            "to include in campaign.toml."
        ),
        Code.ADDRESS_MISSING: lambda: _(
            "no address in the address book. Add one, or leave it out: --leave-out-missing."
        ),
        Code.ADDRESS_WRONG: lambda: _("{found} is not an e-mail address. Correct it."),
        Code.ADDRESS_SHARED: lambda: _(
            "{found} is the address of more than one Comune: {expected}. Check whose it is."
        ),
        Code.ADDRESS_CONFLICT: lambda: _(
            "this Comune already has an address for this channel: {expected} is used, {found} is "
            "not. Remove the wrong row."
        ),
        Code.ADDRESS_RESERVED: lambda: _(
            "{found} addresses are invented (reserved domains such as .example): they reach "
            "nobody, and leave only for a server on this machine. Use a real address book to send."
        ),
    }


def _letter_sentences() -> dict[Code, Callable[[], str]]:
    return {
        Code.TEMPLATE_SYNTAX: lambda: _("the template cannot be read: {found}."),
        Code.TEMPLATE_FIELD: lambda: _(
            "the field {found} does not exist. Did you mean: {expected}?"
        ),
        Code.TEMPLATE_RESOURCE: lambda: _(
            "the letter asks for {found}, which is not in the campaign's folder. Put it there."
        ),
        Code.LETTER_PAGES: lambda: _("the letter takes {found} pages instead of one."),
        Code.GLYPH_MISSING: lambda: _("the letter's font has no character for {found}."),
        Code.SUBSETTER_MISSING: lambda: _(
            "the library libharfbuzz-subset is missing: letters take five times as long. "
            "Debian: apt install libharfbuzz-subset0."
        ),
        Code.PANGO_MISSING: lambda: _(
            "the library Pango is missing, without which no PDF can be made. Debian: apt install "
            "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0. Fedora: dnf install pango. "
            "macOS: brew install pango. Windows: see docs/windows.md."
        ),
        Code.MESSAGE_TOO_LARGE: lambda: _(
            "the message has {found} bytes, more than the {expected} that are allowed."
        ),
        Code.PASSWORD_MISSING: lambda: _(
            "no password for {found}. Put it into the system's key store (keyring set "
            "coalizione-mailer {found}) or into a file named by smtp.password_file."
        ),
        Code.PASSWORD_READABLE: lambda: _(
            "others on this machine can read the password file. Make it yours alone: chmod 600."
        ),
        Code.NOBODY_CHOSEN: lambda: _(
            "nobody is in the selection. Widen the band, the regions or the provinces."
        ),
        Code.OPTION_ALONE: lambda: _("this option goes with {expected} only."),
        Code.CONFIRMATION_MISSING: lambda: _(
            "nothing was sent: nobody confirmed. Confirm with: --confirm {expected}."
        ),
        Code.CONFIRMATION_WRONG: lambda: _(
            "nothing was sent: {found} is not the protocol of this letter, {expected}."
        ),
    }


def lines(error: MailerError) -> list[str]:  # noqa: C901, PLR0911  one line a kind
    """Say what an error means and what to do, a line for each mistake."""
    match error:
        case ProblemsError():
            return [full(problem) for problem in error.problems]
        case FrozenChangedError():
            return _changed(error)
        case LedgerError():
            return [_ledger(error)]
        case CampaignLockedError():
            return [
                _(
                    "Another sending of this campaign is at work: {owner}, since {since}. Wait "
                    "for its end, or stop it there with Ctrl-C."
                ).format(owner=error.owner, since=error.since)
            ]
        case ServerUnavailableError():
            return [_server(error)]
        case ConfirmationRefusedError():
            return [
                _("Nothing was sent. To send, type {expected} when asked.").format(
                    expected=error.expected
                )
            ]
        case FrozenTooLateError():
            return [_("Letters have left already: they cannot be frozen anew.")]
        case NothingToDoError():
            return [_("Nothing to do: no letter is waiting.")]
        case _:
            return [str(error) or type(error).__name__]


def _changed(error: FrozenChangedError) -> list[str]:
    kinds = {"changed": _("changed"), "added": _("new"), "removed": _("removed")}

    def told(change: Change) -> str:
        return f"  {change.name}: {kinds[change.kind]}"

    head = _("These are no longer as they were when the letters were frozen:")
    if error.attempted:
        tail = _(
            "Letters have left already, so all must be the same: put these back as they were, "
            "then run again. The frozen letters are safe in the ledger."
        )
    else:
        tail = _(
            "No letter has left. Put them back, or freeze the letters anew: mailer send --refreeze."
        )
    return [head, *(told(change) for change in error.changes), tail]


def _ledger(error: LedgerError) -> str:
    reasons = {
        "locked": _("another program is using it. Close it and run again."),
        "full": _("the disk is full. Make room and run again: nothing is lost."),
        "io": _("the disk answers with errors. Check it, then run again."),
        "readonly": _("it cannot be written. Check the permissions of the file and its folder."),
        "unopenable": _("it cannot be opened: {detail}."),
        "damaged": _("it is damaged: {detail}. Take it back from a backup; do not send."),
        "newer": _("a newer version of mailer made it. Use that version."),
        "url": _("this is not an address of a database: see docs/campaign-file.md."),
    }
    reason = reasons.get(error.reason, _("the database says: {detail}."))
    return _("The ledger {path}: ").format(path=error.path) + reason.format(detail=error.detail)


def _server(error: ServerUnavailableError) -> str:
    stages = {
        "connect": _("nobody answers. Check host and port in [smtp], and that the server is on."),
        "timeout": _("no answer in time. Check the network, then run again."),
        "tls": _("the connection cannot be protected: {detail}. Check security and certificate."),
        "login": _("the login was refused: {detail}. Check username and password."),
        "session": _("the server does not want to talk now: {detail}. Run again later."),
    }
    text = stages[error.stage].format(detail=error.detail)
    return _("Server {host}:{port}: ").format(host=error.host, port=error.port) + text
