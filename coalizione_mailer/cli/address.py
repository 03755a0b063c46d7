"""``mailer address``: the office's own corrections, kept apart from what was imported."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.console import command, err, interactive, out, print_json, say
from coalizione_mailer.cli.help import Command, Group, show
from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import Code, ExitCode, Problem, UsageError
from coalizione_mailer.model import Address, Channel, Comune

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.registry.addresses import AddressBook
    from coalizione_mailer.registry.corrections import Atlas

app = typer.Typer(
    cls=Group,
    help=_(
        "The office's own addresses: they win over the address book, and no import touches them."
    ),
    add_completion=False,
)


@app.callback(invoke_without_command=True)
def address(context: typer.Context) -> None:
    """Show what there is to choose from when nothing was chosen."""
    if context.invoked_subcommand is None:
        show(context.command, context, err())
        raise typer.Exit(ExitCode.USAGE)


_Name = Annotated[
    str, typer.Argument(metavar="COMUNE", help=_("Name, ISTAT code or cadastral code."))
]
_Yes = Annotated[bool, typer.Option("--yes", help=_("Write without asking, for scripts."))]
_NoInput = Annotated[
    bool, typer.Option("--no-input", help=_("Never ask: without --yes, write nothing."))
]


def set_(
    context: typer.Context,
    comune: _Name,
    address: Annotated[str, typer.Argument(metavar=_("ADDRESS"), help=_("The right address."))],
    why: Annotated[
        str, typer.Option("--why", metavar=_("TEXT"), help=_("Where you know it from."))
    ],
    channel: Annotated[
        Channel, typer.Option("--channel", metavar="pec|email", help=_("Without it, pec."))
    ] = Channel.PEC,
    yes: _Yes = False,
    no_input: _NoInput = False,
) -> int:
    """Show the address before and after, ask, write."""
    from coalizione_mailer.registry.corrections import SOURCE, with_correction

    desk = _Desk.of(context.obj)
    found = desk.find(comune)
    new = Address(
        channel, _checked(address), SOURCE, datetime.now().astimezone().date(), why.strip()
    )
    standing = desk.corrections.entries[channel].get(found.codice_catastale)
    if standing and (standing.address, standing.note) == (new.address, new.note):
        say(_("Nothing to change: this is the correction already."))
        return ExitCode.NOTHING_TO_DO
    say(_name(found), "bold")
    say(f"{desk.used(found, channel)} → {new.address}")
    _doubted(found, new)
    return desk.write(
        with_correction(desk.corrections, found, new), found, yes=yes, ask=not no_input
    )


def unset(
    context: typer.Context,
    comune: _Name,
    channel: Annotated[
        Channel | None, typer.Option("--channel", metavar="pec|email", help=_("Without it, both."))
    ] = None,
    yes: _Yes = False,
    no_input: _NoInput = False,
) -> int:
    """Take the corrections of a Comune away, so that the address book counts again."""
    from coalizione_mailer.registry.corrections import without_correction

    desk = _Desk.of(context.obj)
    found = desk.find(comune)
    rest = without_correction(desk.corrections, found, channel)
    gone = [
        one
        for of, entries in desk.corrections.entries.items()
        for code, one in entries.items()
        if code not in rest.entries[of]
    ]
    if not gone:
        say(_("Nothing to change: {comune} has no correction.").format(comune=_name(found)))
        return ExitCode.NOTHING_TO_DO
    say(_name(found), "bold")
    for one in gone:
        say(_("No longer used: {address}").format(address=one.address))
    return desk.write(rest, found, yes=yes, ask=not no_input)


def list_(
    context: typer.Context,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("As JSON, for other programs."))
    ] = False,
) -> None:
    """List the corrections with the reason of each."""
    desk = _Desk.of(context.obj)
    rows = [
        (code, desk.atlas.comune(code), one)
        for entries in desk.corrections.entries.values()
        for code, one in entries.items()
    ]
    if as_json:
        print_json([_json(code, found[0] if found else None, one) for code, found, one in rows])
        return
    for code, found, one in rows:
        who = _name(found[0]) if found else code
        day = f"{one.seen:%d/%m/%Y}" if one.seen else "-"
        parts = (who, one.channel, one.address, day, one.note)
        out().print("  ".join(parts), markup=False, soft_wrap=True)
    if not rows:
        say(_("There are no corrections."))


for _command, _function, _help in (
    ("set", set_, _("Give a Comune the address you know to be right.")),
    ("unset", unset, _("Take a correction away: the address book counts again.")),
    ("list", list_, _("List the corrections, with the reason of each.")),
):
    app.command(_command, cls=Command, short_help=_help, help=_help)(_function)


class _Desk:
    """What the commands need of a campaign: its Comuni, its corrections, its address book."""

    def __init__(self, campaign: "Campaign", atlas: "Atlas", corrections: "AddressBook") -> None:
        self.campaign = campaign
        self.atlas = atlas
        self.corrections = corrections

    @classmethod
    def of(cls, root: Path) -> "_Desk":
        """Read it; raises ProblemsError. Keys of corrections are the codes of today."""
        from coalizione_mailer.campaign import load
        from coalizione_mailer.plan import atlas_of, register_of
        from coalizione_mailer.registry.corrections import read_corrections, rekeyed

        campaign = load(root)
        atlas = atlas_of(register_of(campaign))
        path = campaign.path(campaign.configuration.recipients.corrections)
        return cls(campaign, atlas, rekeyed(read_corrections(path), atlas))

    def find(self, text: str) -> Comune:
        """Find a Comune, also by a code it no longer has, and then say so."""
        found = self.atlas.comune(text.strip().upper())
        if found is None:
            return self.atlas.register.find(text)
        comune, same = found
        if text.strip().upper() not in {comune.codice_istat, comune.codice_catastale}:
            said = (
                _("{code} is an old code of {comune}.")
                if same
                else _("{code} was a Comune that is part of {comune} today.")
            )
            say(said.format(code=text.strip(), comune=_name(comune)), "yellow")
        return comune

    def used(self, comune: Comune, channel: Channel) -> str:
        """Return the address that is used now, correction or not."""
        from coalizione_mailer.plan import book_of

        book = book_of(self.campaign, self.atlas.register)
        known = book.entries[channel].get(comune.codice_catastale)
        return known.address if known else _("no address")

    def write(self, corrections: "AddressBook", comune: Comune, *, yes: bool, ask: bool) -> int:
        """Ask, then put the corrections on the disk, under the campaign's lock."""
        from coalizione_mailer.cli.frozen import caution_frozen
        from coalizione_mailer.cli.importing import agreed
        from coalizione_mailer.freeze import archive
        from coalizione_mailer.ledger.lock import sole_sender
        from coalizione_mailer.registry.corrections import book_csv
        from coalizione_mailer.updates import Written, write

        if not yes and not (ask and interactive()):
            raise UsageError([Problem(Code.IMPORT_UNCONFIRMED)])
        caution_frozen(self.campaign, addresses=True)
        if not yes and not agreed():
            say(_("Nothing was written."))
            return ExitCode.INTERRUPTED
        target = self.campaign.configuration.recipients.corrections
        with sole_sender(archive(self.campaign), since=datetime.now().astimezone()):
            write(self.campaign.root, [Written(target, book_csv(corrections, self.atlas))])
        say(_("Written: {file}").format(file=self.campaign.path(target)))
        words = f"preview {comune.codice_istat}"
        say(_("Next: {command}").format(command=command(self.campaign.root, words)))
        return ExitCode.DONE


def _checked(text: str) -> str:
    """Return an address as it will be written to; raises UsageError."""
    from coalizione_mailer.registry.addr_spec import addr_spec

    found = addr_spec(text.strip())
    if found is None:
        raise UsageError([Problem(Code.ADDRESS_WRONG, found=text)])
    return found


def _doubted(comune: Comune, new: Address) -> None:
    """Say what is odd about an address: a mistyped domain, a private provider, another office."""
    from coalizione_mailer.cli.problems import print_problems
    from coalizione_mailer.examination.addresses import addresses
    from coalizione_mailer.model import Recipient

    print_problems(addresses([Recipient(comune, new)], ""), {comune.codice_istat: _name(comune)})


def _name(comune: Comune) -> str:
    from coalizione_mailer.registry.gazetteer import label

    return label(comune)


def _json(code: str, comune: Comune | None, one: Address) -> dict[str, object]:
    return {
        "code": code,
        "comune": comune.denominazione if comune else None,
        "channel": one.channel,
        "address": one.address,
        "source": one.source,
        "date": one.seen.isoformat() if one.seen else None,
        "why": one.note,
    }
