"""``mailer comuni --sources``: where the campaign's data came from, and when."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from coalizione_mailer.cli.console import out, print_json, say
from coalizione_mailer.cli.language import _

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign

_SHIPPED = ("data/comuni.csv", "data/variazioni.csv")
_SHIPPED_VINTAGE = "2024-12"


def print_sources(campaign: "Campaign", *, as_json: bool) -> None:
    """Print what each file of data was made from; the last import of each first."""
    from coalizione_mailer.updates.sources import read_records, sha256

    rows: list[dict[str, Any]] = []
    newest: dict[str, str] = {}
    for record in reversed(read_records(campaign.root)):
        name = record.file_scritto
        state = "superseded"
        if newest.setdefault(name, record.sha256_scritto) == record.sha256_scritto:
            path = campaign.root / name
            same = path.is_file() and sha256(path.read_bytes()) == record.sha256_scritto
            state = "as-imported" if same else "edited"
        rows.append({**asdict(record), "state": state})
    rows += _shipped(campaign)
    if as_json:
        print_json(rows)
        return
    _print(rows)
    say(_("Every import with its SHA-256: {file}").format(file=campaign.root / "data/fonti.csv"))


def _shipped(campaign: "Campaign") -> list[dict[str, Any]]:
    """Say of the files that come with the program whether they are still the campaign's."""
    from coalizione_mailer.shipped import shipped_files
    from coalizione_mailer.updates.sources import COLUMNS, sha256

    rows = []
    for name in _SHIPPED:
        digest = sha256((shipped_files() / name).read_bytes())
        path = campaign.root / name
        known = {
            "tipo": "shipped",
            "formato": "coalizione-mailer",
            "aggiornato_al": _SHIPPED_VINTAGE,
            "file_scritto": name,
            "sha256_scritto": digest,
        }
        same = path.is_file() and sha256(path.read_bytes()) == digest
        state = "as-shipped" if same else "superseded"
        rows.append({**{column: known.get(column, "") for column in COLUMNS}, "state": state})
    return rows


def _print(rows: list[dict[str, Any]]) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in (_("File"), _("Source"), _("As of"), _("Imported"), _("The file")):
        table.add_column(title)
    states = {
        "as-imported": _("as imported"),
        "edited": _("changed since"),
        "superseded": _("rewritten since"),
        "as-shipped": _("as shipped"),
    }
    for row in rows:
        source = " ".join(filter(None, (row["formato"], row["file_ufficiale"])))
        cells = (row["file_scritto"], source, _day(row["aggiornato_al"]), _moment(row["importato"]))
        table.add_row(*map(escape, cells), states[row["state"]])
    out().print(table)


def _day(vintage: str) -> str:
    """Write a vintage, a month or a day, as the office does."""
    return "/".join(reversed(vintage.split("-")))


def _moment(stamp: str) -> str:
    """Write the stamp of an import as a day and an hour, by this machine's clock."""
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return stamp
    return f"{moment.astimezone():%d/%m/%Y %H:%M}"
