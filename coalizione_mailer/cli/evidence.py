"""``mailer evidence``: the letter as sent and all that came back, for whoever must prove it."""

import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.console import kilobytes, number, out, progress, say
from coalizione_mailer.cli.finding import among, label
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.cli.usage import Misuse
from coalizione_mailer.errors import ExitCode

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.evidence import Handed
    from coalizione_mailer.ledger.store import Ledger

FOLDER = "prove"
_MOST = 10


def evidence(
    context: typer.Context,
    comune: Annotated[
        str | None,
        typer.Argument(
            metavar="COMUNE",
            help=_("The name, the ISTAT code or the cadastral code."),
            show_default=False,
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help=_("All Comuni, as one zip."))] = False,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar=_("FOLDER"),
            help=_(
                "Where to write: a new folder, or one of the same evidence. Without it, in the "
                "campaign's folder, under prove."
            ),
        ),
    ] = None,
) -> int:
    """Hand over what proves that a letter was sent, and what became of it."""
    from coalizione_mailer.campaign import load
    from coalizione_mailer.ledger import dossiers
    from coalizione_mailer.ledger.store import Ledger

    if (comune is None) is not everything:
        raise Misuse(_("Name one Comune, or say --all."), context)
    campaign = load(context.obj)
    url = campaign.configuration.ledger.url
    ledger = Ledger.open_existing(url, campaign.root, now=time.time())
    if ledger is None:
        return _nothing_sent()
    with closing(ledger):
        with ledger.reading() as connection:
            places = dossiers.places(connection)
        if not places:
            return _nothing_sent()
        if comune is None:
            handed = _all(campaign, ledger, folder or campaign.root / FOLDER)
        else:
            from coalizione_mailer import evidence as use_case
            from coalizione_mailer.letter.message import ascii_name

            (place,) = among(places, [comune])
            name = ascii_name(f"{place.denominazione}-{place.codice_istat}")
            target = folder or campaign.root / FOLDER / name
            say(_("Evidence of {comune}").format(comune=label(place)))
            handed = use_case.folder(ledger, place.codice_catastale, target)
    return _told(handed)


def _all(campaign: "Campaign", ledger: "Ledger", folder: Path) -> "Handed":
    from coalizione_mailer import evidence as use_case

    target = folder
    if folder.suffix.lower() != ".zip":
        target = folder / f"prove-{campaign.configuration.campaign.name}.zip"
    measured = use_case.measure(ledger)
    say(
        _("{letters} letters and {receipts} messages that came back, about {size}").format(
            letters=number(measured.letters),
            receipts=number(measured.receipts),
            size=kilobytes(measured.bytes),
        )
    )
    titles = {use_case.Part.LETTERS: _("Letters"), use_case.Part.INDEX: _("Index")}
    return use_case.archive(ledger, target, lambda part, steps: progress(steps, titles[part]))


def _told(handed: "Handed") -> int:
    """Say what was handed over, and name what could not be."""
    line = ngettext("{n} file, {size}: {path}", "{n} files, {size}: {path}", handed.files)
    out().print(
        line.format(n=number(handed.files), size=kilobytes(handed.bytes), path=handed.path),
        markup=False,
        soft_wrap=True,
    )
    if not handed.damaged:
        say(_("Every file was held against the SHA-256 of the record. Begin with indice.html."))
        return ExitCode.DONE
    say(
        ngettext(
            "{n} file was not handed over: its bytes in the record are not what was written down. "
            "Someone or something has changed the record, and it proves nothing. Take the backup "
            "of archive, and show this to whoever looks after the program:",
            "{n} files were not handed over: their bytes in the record are not what was written "
            "down. Someone or something has changed the record, and they prove nothing. Take the "
            "backup of archive, and show this to whoever looks after the program:",
            len(handed.damaged),
        ).format(n=number(len(handed.damaged))),
        "red",
    )
    for name in handed.damaged[:_MOST]:
        say(f"  {name}")
    if more := len(handed.damaged[_MOST:]):
        say(ngettext("and {n} more like these", "and {n} more like these", more).format(n=more))
    return ExitCode.ERROR


def _nothing_sent() -> int:
    say(_("Nothing has been sent yet, nor frozen for sending."))
    return ExitCode.NOTHING_TO_DO
