"""``mailer comuni``: the register, filtered; without options, who gets the letter."""

from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.console import number, out, print_csv, print_json, say
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.errors import Code, Problem, ProblemsError, UsageError
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
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[COMUNE]", help=_("The name, the ISTAT code or the cadastral code.")
        ),
    ] = None,
    minimum: Annotated[
        int | None,
        typer.Option("--min", metavar="N", min=0, help=_("Smallest population, included.")),
    ] = None,
    maximum: Annotated[
        int | None,
        typer.Option("--max", metavar="N", min=0, help=_("Largest population, included.")),
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option("--region", metavar=_("REGION"), help=_("Only this region; may be repeated.")),
    ] = None,
    province: Annotated[
        list[str] | None,
        typer.Option(
            "--province",
            metavar="XX",
            help=_("Only this province, by name or sigla; may be repeated."),
        ),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option(
            "--search", metavar=_("TEXT"), help=_("Part of a name, ISTAT code or cadastral code.")
        ),
    ] = None,
    stats: Annotated[
        bool, typer.Option("--stats", help=_("Only how many there are in each region."))
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("As JSON, for other programs."))
    ] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help=_("As CSV, for a spreadsheet."))] = False,
    sources: Annotated[
        bool, typer.Option("--sources", help=_("Only where the data came from, and when."))
    ] = False,
    why: Annotated[
        bool,
        typer.Option(
            "--why", help=_("Of one Comune: which addresses were seen, and which is used.")
        ),
    ] = False,
) -> None:
    """Show the Comuni of a selection."""
    from coalizione_mailer.campaign import load
    from coalizione_mailer.plan import register_of, selection_of

    campaign = load(context.obj)
    if sources:
        from coalizione_mailer.cli.provenance import print_sources

        print_sources(campaign, as_json=as_json)
        return
    if why:
        from coalizione_mailer.cli.why import print_why

        print_why(campaign, _named(name or text), as_json=as_json)
        return
    text = text if text is not None else name
    register = register_of(campaign)
    wanted = Filter(minimum, maximum, tuple(region or ()), tuple(province or ()))
    own = wanted.empty and text is None
    selection = selection_of(campaign, register) if own else _filtered(register, wanted)
    found = list(selection.comuni)
    if text is not None:
        found = _searched(register, selection, text)
    if as_json:
        print_json([asdict(comune) for comune in found])
    elif as_csv:
        names = [field.name for field in fields(Comune)]
        print_csv(names, ([getattr(comune, name) for name in names] for comune in found))
    else:
        _print(found, register.population, stats=stats)
        if text is None:
            _tell_missing(selection, register.population)


def _print(found: list[Comune], column: str, *, stats: bool) -> None:
    """Show what was found, or how much of it in each region."""
    if stats:
        _print_regions(found)
    elif found:
        _print_list(found, column)
    say(ngettext("{n} Comune.", "{n} Comuni.", len(found)).format(n=number(len(found))))
    _tell_sums(found)


def _named(name: str | None) -> str:
    """Return the Comune to explain; raises UsageError where none is named."""
    if not name:
        raise UsageError([Problem(Code.OPTION_ALONE, key="--why", expected=("COMUNE",))])
    return name


def _filtered(register: "Register", wanted: Filter) -> "Selection":
    """Select by the options; raises UsageError that names them."""
    from coalizione_mailer.registry.selection import select

    if (
        wanted.minimum is not None
        and wanted.maximum is not None
        and (wanted.minimum > wanted.maximum)
    ):
        found, expected = str(wanted.minimum), (str(wanted.maximum),)
        raise UsageError([Problem(Code.BAND_EMPTY, key="--min", found=found, expected=expected)])
    try:
        return select(
            register,
            minimum=wanted.minimum,
            maximum=wanted.maximum,
            regions=wanted.regions,
            provinces=wanted.provinces,
        )
    except ProblemsError as error:
        options = {"regions": "--region", "provinces": "--province"}
        raise UsageError(
            [replace(problem, key=options.get(problem.key or "")) for problem in error.problems]
        ) from None


def _searched(register: "Register", selection: "Selection", text: str) -> list[Comune]:
    """Find by name or code within the selection; suggest where there is no such name at all."""
    everywhere = register.search(text)
    inside = set(selection.comuni) | set(selection.without_population)
    found = [comune for comune in everywhere if comune in inside]
    if everywhere and not found:
        say(_("There are Comuni called {found}, but not in this choice.").format(found=text))
    elif not found:
        nearest = ", ".join(f"{c.denominazione} ({c.sigla})" for c in register.near(text))
        say(
            _("No Comune is called {found}. Did you mean: {expected}?").format(
                found=text, expected=nearest
            )
            if nearest
            else _("No Comune is called {found}.").format(found=text)
        )
    return found


def _print_list(found: list[Comune], column: str) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in (_("ISTAT"), _("Cadastral"), _("Comune"), _("Province"), _("Region")):
        table.add_column(title)
    table.add_column(_heading(column), justify="right")
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


def _heading(column: str) -> str:
    """Write the name of a column as a heading: popolazione_2023 as Popolazione 2023."""
    return column.replace("_", " ").capitalize()


def _figure(comune: Comune) -> str:
    """Write a population; an asterisk marks the sum of the predecessors of a merged Comune."""
    if comune.popolazione is None:
        return "- "
    return f"{number(comune.popolazione)}{'*' if comune.popolazione_sommata else ' '}"


def _print_regions(found: list[Comune]) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column(_("Region"))
    table.add_column(_("Comuni"), justify="right")
    for name, count in by_region(found).items():
        table.add_row(escape(name), number(count))
    out().print(table)


def _tell_sums(found: list[Comune]) -> None:
    summed = [comune.denominazione for comune in found if comune.popolazione_sommata]
    if summed:
        say(
            _("* Born of a merger, with the sum of the former Comuni: {names}.").format(
                names=", ".join(summed)
            )
        )


def _tell_missing(selection: "Selection", column: str) -> None:
    if selection.without_population:
        names = ", ".join(f"{c.denominazione} ({c.sigla})" for c in selection.without_population)
        say(
            _("Not chosen, because they have no figure in {column}: {names}.").format(
                column=column, names=names
            )
        )
