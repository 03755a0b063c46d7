"""What an import would change, on the screen and as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any

from coalizione_mailer.cli.advice import full
from coalizione_mailer.cli.console import as_results, kilobytes, number, print_json, say
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.cli.problems import print_problems
from coalizione_mailer.registry.official.values import Kind, Source
from coalizione_mailer.updates.update import Change, Topic, Update

_DOZEN = 12


def update_json(update: Update, *, written: bool) -> None:
    """Print an update as one JSON value."""
    print_json(
        {
            "kind": update.kind,
            "sources": [_source_json(source) for source in update.sources],
            "counts": update.counts,
            "changes": {topic: [c._asdict() for c in update.of(topic)] for topic in update.counts},
            "facts": dict(update.facts),
            "files": [written.path.as_posix() for written in update.files],
            "warnings": [{"code": p.code, "text": full(p)} for p in update.warnings],
            "dangers": [{"code": p.code, "text": full(p)} for p in update.dangers],
            "written": written,
        }
    )


def _source_json(source: Source) -> dict[str, Any]:
    vintage = source.vintage.isoformat() if source.vintage else None
    return {**asdict(source), "vintage": vintage}


def print_update(update: Update, *, whole: bool) -> None:
    """Print where it comes from, what would change and what is odd, the most important last."""
    with as_results():
        for source in update.sources:
            say(_said(source), "bold")
        print_problems(update.warnings, {})
        moves = [topic for topic in update.counts if topic in (Topic.BAND_IN, Topic.BAND_OUT)]
        for topic in update.counts:
            if topic in moves[:1] and not update.facts.get("counted", 1):
                say()
                say(_("Only if the Comuni were chosen by these figures:"))
            _print_topic(topic, list(update.of(topic)), whole=whole)
        say()
        say(_summary(update))


def _said(source: Source) -> str:
    text = _("{file}: {format}, {rows} rows, {size}").format(
        file=source.file,
        format=source.format,
        rows=number(source.rows),
        size=kilobytes(source.size),
    )
    if source.vintage is None:
        return text
    return _("{text}, as of {day}").format(text=text, day=f"{source.vintage:%d/%m/%Y}")


def _print_topic(topic: Topic, changes: Sequence[Change], *, whole: bool) -> None:
    """Print the changes of one topic: how many, and the first dozen."""
    say()
    say(_heading(topic, len(changes)), _STYLES.get(topic, "bold"))
    for change in changes if whole else islice(changes, _DOZEN):
        say(f"  {_line(topic, change)}")
    if not whole and (more := len(changes) - _DOZEN) > 0:
        text = ngettext("and {n} more: --all shows it", "and {n} more: --all shows them", more)
        say("  " + text.format(n=number(more)))


def _line(topic: Topic, change: Change) -> str:
    """Write one change: whose, from what, to what, why."""
    if topic is Topic.COMUNE_MERGED:
        return _("{before}, now {after}").format(before=change.before, after=change.after)
    figures = topic in _FIGURES
    before, after = (
        number(int(text)) if figures and text.isdigit() else text
        for text in (change.before, change.after)
    )
    said = f"{before} → {after}" if before and after else after or before
    text = f"{change.subject}: {said}" if said else change.subject
    return f"{text} ({change.why})" if change.why else text


_FIGURES = (
    Topic.BAND_IN,
    Topic.BAND_OUT,
    Topic.FIGURE_NEW,
    Topic.FIGURE_CHANGED,
    Topic.FIGURE_MISSING,
)
_STYLES = {
    Topic.COMUNE_GONE: "yellow",
    Topic.BAND_OUT: "yellow",
    Topic.ADDRESS_GONE: "yellow",
    Topic.ADDRESS_MISSING: "yellow",
    Topic.ADDRESS_CONSUMER: "yellow",
    Topic.ROW_EDITED: "yellow",
    Topic.CORRECTION_CONTRADICTED: "yellow",
}


def _heading(topic: Topic, n: int) -> str:
    """Say what a topic is about, and of how many."""
    words = {
        Topic.COMUNE_NEW: _("Comuni new: {n}"),
        Topic.COMUNE_GONE: _("Comuni gone, nobody knows into which other: {n}"),
        Topic.COMUNE_MERGED: _("Comuni merged into another: {n}"),
        Topic.COMUNE_RENAMED: _("Comuni with another name: {n}"),
        Topic.COMUNE_OTHER_NAME: _("Comuni with another name in the second language: {n}"),
        Topic.COMUNE_RECODED: _("Comuni with another ISTAT code: {n}"),
        Topic.COMUNE_MOVED: _("Comuni in another province: {n}"),
        Topic.BAND_IN: _("Comuni that come into your band: {n}"),
        Topic.BAND_OUT: _("Comuni that leave your band: {n}"),
        Topic.FIGURE_NEW: _("Comuni with a new figure: {n}"),
        Topic.FIGURE_CHANGED: _("Comuni with another figure: {n}"),
        Topic.FIGURE_MISSING: _("Comuni without a figure in this file: {n}"),
        Topic.ADDRESS_NEW: _("Addresses new: {n}"),
        Topic.ADDRESS_CHANGED: _("Addresses changed: {n}"),
        Topic.ADDRESS_GONE: _("Addresses no longer there: {n}"),
        Topic.ADDRESS_MISSING: _("Comuni of your band without an address: {n}"),
        Topic.ADDRESS_CONSUMER: _(
            "Comuni of your band written to at a private provider's mailbox (allowed, but look at "
            "them): {n}"
        ),
        Topic.ROW_EDITED: _("Rows of the address book changed by hand, kept as corrections: {n}"),
        Topic.CORRECTION_SUPERFLUOUS: _("Corrections that are official by now: {n}"),
        Topic.CORRECTION_CONTRADICTED: _(
            "Corrections that a newer official address contradicts (the correction is used): {n}"
        ),
        Topic.MAYOR_NEW: _("Mayors and commissioners new here: {n}"),
        Topic.MAYOR_CHANGED: _("Mayors and commissioners changed: {n}"),
        Topic.MAYOR_GONE: _("Comuni whose mayor is no longer in the file: {n}"),
        Topic.SETTING: _("Changed in campaign.toml: {n}"),
    }
    return words[topic].format(n=number(n))


def _summary(update: Update) -> str:
    """Say in one sentence how things are after it."""
    facts = {name: number(count) for name, count in update.facts.items()}
    match update.kind:
        case Kind.IPA:
            return _(
                "{addresses} addresses of {comuni} Comuni. In your band {band} Comuni; without an "
                "address: {missing}."
            ).format(**facts)
        case Kind.ISTAT:
            return _("{comuni} Comuni, {in_band} of them in your band.").format(**facts)
        case Kind.POPULATION:
            text = _("{figures} figures, in the column {column}.")
            return text.format(**facts, column=update.column)
        case Kind.MAYORS:
            return _("{heads} Comuni with mayor or commissioner, {without} without.").format(
                **facts
            )
