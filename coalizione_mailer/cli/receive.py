"""``mailer receive``: reads what came back, keeps it, and settles the letters it speaks of."""

import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.attendance import enter, tell_entered
from coalizione_mailer.cli.console import interactive, print_json, progress, say
from coalizione_mailer.cli.language import _
from coalizione_mailer.cli.received import (
    as_record,
    print_summary,
    tell_judged,
    tell_lost,
    tell_new,
)
from coalizione_mailer.errors import (
    Code,
    ExitCode,
    Problem,
    ProblemsError,
    ServerUnavailableError,
)

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.mailbox.sources import Source
    from coalizione_mailer.reconcile import Reconciler, Tally
    from coalizione_mailer.rsvp.entries import Entered

_POLL = 10.0
_RECONNECT = 30.0


def receive(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar=_("[PATH]..."),
            help=_(
                "A Maildir, an mbox, a folder of .eml files, or such files. Without it, the "
                "mailbox of campaign.toml."
            ),
            show_default=False,
        ),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help=_("Go on listening until Ctrl-C."))
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("As JSON, for other programs."))
    ] = False,
    no_input: Annotated[
        bool, typer.Option("--no-input", help=_("Never ask, not even for the password."))
    ] = False,
) -> int:
    """Read what came back, and settle the letters it speaks of."""
    from coalizione_mailer.campaign import load
    from coalizione_mailer.ledger.store import Ledger

    campaign = load(context.obj)
    now = time.time()
    ledger = Ledger.open_existing(campaign.configuration.ledger.url, campaign.root, now=now)
    if ledger is None:
        return _nothing_sent()
    with ExitStack() as stack:
        stack.enter_context(closing(ledger))
        frozen_at = _frozen_at(ledger)
        if frozen_at is None:
            return _nothing_sent()
        reconciler = _reconciler(campaign, ledger)
        if paths:
            from coalizione_mailer.mailbox.sources.paths import sources as found_at

            sources = found_at(paths, time.sleep)  # noqa: TID251  here it is handed in
        else:
            sources = [_mailbox(campaign, ledger, frozen_at, ask=not no_input and interactive())]
        for source in sources:
            stack.callback(source.close)
        reading = _Reading(reconciler, sources, partial(enter, campaign, ledger))
        _judge_again(reconciler, reading.tally, ledger)
        code = reading.all(follow=follow)
        if as_json:
            print_json(as_record(reading.tally, reading.seconds, reading.entered))
        else:
            print_summary(campaign, ledger, reading.tally, reading.seconds, reading.entered)
    return code


class _Reading:
    """A reading of some sources, and what it brought; ``enter`` reads for the register."""

    def __init__(
        self, reconciler: "Reconciler", sources: "list[Source]", enter: "Callable[[], Entered]"
    ) -> None:
        from coalizione_mailer.reconcile import Tally
        from coalizione_mailer.rsvp.entries import Entered

        self._reconciler = reconciler
        self._sources = sources
        self._enter = enter
        self._started = time.monotonic()
        self.tally = Tally()
        self.entered = Entered()
        self.seconds = 0.0

    def all(self, *, follow: bool) -> int:
        """Read what there is, and go on listening where that is wanted; Ctrl-C ends both."""
        try:
            pending = sum(source.pending() for source in self._sources)
            if pending:
                with progress(pending, _("Messages")) as step:
                    self._once(step)
            self.seconds = time.monotonic() - self._started
            self._take_answers()
            if follow:
                self._listen()
        except KeyboardInterrupt:
            # Answers that were not entered any more: mailer rsvp goes on with them.
            self.seconds = self.seconds or time.monotonic() - self._started
            say(_("Stopped, as you asked. What was read is kept; run again, and it goes on."))
            return ExitCode.DONE if follow else ExitCode.INTERRUPTED
        return ExitCode.DONE

    def _once(self, step: Callable[[], None] | None = None) -> "Tally":
        """Read what is there now, batch by batch."""
        from coalizione_mailer.reconcile import Batch, Tally

        passed = Tally()
        for source in self._sources:
            for batch in Batch.cut(source.arrivals()):
                tally = self._reconciler.take(batch, seen=step or _nothing)
                passed.add(tally)
                self.tally.add(tally)
        return passed

    def _take_answers(self) -> "Entered":
        """Enter into the register what was answered."""
        entered = self._enter()
        self.entered.add(entered)
        return entered

    def _listen(self) -> None:
        """Read what comes as it comes, and enter what was answered."""
        say(_("Listening for more. Ctrl-C ends it."))
        lost = False
        while True:
            try:
                if not lost:
                    self._sources[0].wait(_POLL)
                tell_new(self._once())
                lost = False
                entered = self._take_answers()
                tell_entered(entered.standing, entered.waiting)
            except ServerUnavailableError as error:
                if error.permanent:
                    raise
                if not lost:
                    tell_lost(error)
                lost = True
                time.sleep(_RECONNECT)  # noqa: TID251  here it is handed in


def _nothing() -> None:
    """Nobody looks."""


def _nothing_sent() -> int:
    say(_("Nothing has been sent yet, nor frozen for sending."))
    return ExitCode.NOTHING_TO_DO


def _frozen_at(ledger: "Ledger") -> float | None:
    from coalizione_mailer.ledger import addressees

    with ledger.reading() as connection:
        return addressees.first_frozen(connection)


def _reconciler(campaign: "Campaign", ledger: "Ledger") -> "Reconciler":
    from coalizione_mailer.campaign.configuration import Profile
    from coalizione_mailer.mailbox import authorities
    from coalizione_mailer.mailbox.classify import classify
    from coalizione_mailer.reconcile import Reconciler

    section = campaign.configuration.mailbox
    trusted = authorities.load(map(campaign.path, section.authorities))
    return Reconciler(
        ledger,
        partial(classify, authorities=trusted if section.authorities else None),
        time.time,
        campaign.configuration.campaign.subject,
        certified=campaign.configuration.smtp.profile is Profile.PEC,
        authorities=trusted.fingerprint,
    )


def _judge_again(reconciler: "Reconciler", tally: "Tally", ledger: "Ledger") -> None:
    """Judge what is kept by the authorities that campaign.toml names now, and say what changed."""
    waiting = reconciler.to_judge_again()
    if not waiting:
        reconciler.judge_again()
        return
    with progress(waiting, _("Signatures")) as step:
        judged = reconciler.judge_again(step)
    tally.add(judged.tally)
    tell_judged(judged, ledger)


def _mailbox(campaign: "Campaign", ledger: "Ledger", frozen_at: float, *, ask: bool) -> "Source":
    """Return the mailbox of campaign.toml, from where it was read to; raises ProblemsError."""
    from coalizione_mailer.cli.password import password
    from coalizione_mailer.ledger import cursors
    from coalizione_mailer.mailbox.sources import Mark
    from coalizione_mailer.mailbox.sources.imap import Account, ImapSource

    section = campaign.configuration.mailbox
    if not section.host or not section.username:
        raise ProblemsError([Problem(Code.MAILBOX_MISSING)])
    account = Account(
        section.host,
        section.port,
        section.security,
        section.username,
        password(campaign, section, ask=ask),
        campaign.path(section.ca_file) if section.ca_file else None,
        section.timeout,
    )
    with ledger.reading() as connection:
        places = cursors.places(connection, account.name)
    marks = {
        folder: Mark(place.mailbox, place.folder, place.uidvalidity, place.uid)
        for folder, place in places.items()
    }
    # A day earlier: the server's clock and time zone are its own.
    since = (datetime.fromtimestamp(frozen_at, tz=UTC) - timedelta(days=1)).date()
    return ImapSource(account, section.folders, marks, since, time.sleep)  # noqa: TID251  handed in
