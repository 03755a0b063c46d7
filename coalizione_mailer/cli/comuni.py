"""``mailer comuni``: the register, filtered; without options, who gets the letter."""

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.console import out, print_csv, print_json, say
from coalizione_mailer.cli.language import _
from coalizione_mailer.model import Comune, by_region

if TYPE_CHECKING:
    from coalizione_mailer.model import Selection
    from coalizione_mailer.registry.register import Register


@dataclass(frozen=True, slots=True)
class Filter:
    """What the operator asked to see; nothing at all means the campaign's own selection."""

    minimum: int | None
    maximum: int | None
    regions: tuple[str, ...]
    provinces: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing was asked."""
        return self == Filter(None, None, (), ())


def comuni(
    context: typer.Context,
    minimum: Annotated[
        int | None, typer.Option("--min", min=0, help=_("Smallest population, included."))
    ] = None,
    maximum: Annotated[
        int | None, typer.Option("--max", min=0, help=_("Largest population, included."))
    ] = None,
    region: Annotated[list[str] | None, typer.Option("--region", help=_("Region."))] = None,
    province: Annotated[
        list[str] | None, typer.Option("--province", metavar="XX", help=_("Province or sigla."))
    ] = None,
    text: Annotated[
        str | None, typer.Option("--search", help=_("Part of a name, or a code."))
    ] = None,
    stats: Annotated[bool, typer.Option("--stats", help=_("Only the counts by region."))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=_("As JSON."))] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help=_("As CSV."))] = False,
) -> None:
    """Show the Comuni of a selection."""
    from coalizione_mailer.campaign import load
    from coalizione_mailer.plan import register_of, selection_of
    from coalizione_mailer.registry.selection import select

    campaign = load(context.obj)
    register = register_of(campaign)
    wanted = Filter(minimum, maximum, tuple(region or ()), tuple(province or ()))
    if wanted.empty and text is None:
        selection = selection_of(campaign, register)
    else:
        selection = select(
            register,
            minimum=minimum,
            maximum=maximum,
            regions=wanted.regions,
            provinces=wanted.provinces,
        )
    found = list(selection.comuni)
    if text is not None:
        found = _searched(register, selection, text)
    if as_json:
        print_json([asdict(comune) for comune in found])
    elif as_csv:
        names = [field.name for field in fields(Comune)]
        print_csv(names, ([getattr(comune, name) for name in names] for comune in found))
    else:
        if stats:
            _print_regions(found)
        else:
            _print_list(found, register.population)
        say(_("{n} Comuni.").format(n=len(found)))
        if text is None:
            _tell_missing(selection, register.population)


def _searched(register: "Register", selection: "Selection", text: str) -> list[Comune]:
    """Find by name or code within the selection; suggest where nothing is found."""
    everywhere = register.search(text)
    inside = set(selection.comuni) | set(selection.without_population)
    found = [comune for comune in everywhere if comune in inside]
    if not found:
        nearest = ", ".join(f"{c.denominazione} ({c.sigla})" for c in register.near(text))
        say(
            _("No Comune is called {found}. Did you mean: {expected}?").format(
                found=text, expected=nearest
            )
        )
    return found


def _print_list(found: list[Comune], column: str) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in (_("ISTAT"), _("Cadastral"), _("Comune"), _("Province"), _("Region")):
        table.add_column(title)
    table.add_column(column, justify="right")
    for comune in found:
        other = comune.denominazione_altra_lingua
        name = f"{comune.denominazione}/{other}" if other else comune.denominazione
        table.add_row(
            comune.codice_istat,
            comune.codice_catastale,
            escape(name),
            escape(f"{comune.provincia} ({comune.sigla})"),
            escape(comune.regione),
            _figure(comune),
        )
    out().print(table)


def _figure(comune: Comune) -> str:
    """Write a population; an asterisk marks the sum of the predecessors of a merged Comune."""
    if comune.popolazione is None:
        return "-"
    return f"{comune.popolazione}{'*' if comune.popolazione_sommata else ' '}"


def _print_regions(found: list[Comune]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column(_("Region"))
    table.add_column(_("Comuni"), justify="right")
    for name, count in by_region(found).items():
        table.add_row(name, f"{count}")
    out().print(table)


def _tell_missing(selection: "Selection", column: str) -> None:
    summed = [c.denominazione for c in selection.comuni if c.popolazione_sommata]
    if summed:
        say(_("* sum of the Comuni it was made of: {names}.").format(names=", ".join(summed)))
    if selection.without_population:
        names = ", ".join(f"{c.denominazione} ({c.sigla})" for c in selection.without_population)
        say(
            _("Without a figure in {column}, so not selected: {names}.").format(
                column=column, names=names
            )
        )
