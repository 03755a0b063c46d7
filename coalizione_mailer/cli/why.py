"""``mailer comuni NAME --why``: which addresses were seen, which one is used, and why."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from coalizione_mailer.cli.console import command, out, print_json, say
from coalizione_mailer.cli.language import _
from coalizione_mailer.model import Channel
from coalizione_mailer.registry.choice import PassedOver, Reason, Rule, Seen, Taken
from coalizione_mailer.registry.explanation import IN_FORCE, Outcome, Told
from coalizione_mailer.registry.mailboxes import consumer

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.model import Address, Comune
    from coalizione_mailer.registry.register import Register

_STYLES = {
    Outcome.CORRECTION: "bold green",
    Outcome.USED: "bold green",
    Outcome.BOOK: "bold green",
    Outcome.OVERRULED: "yellow",
    Outcome.PASSED_OVER: "dim",
}


def print_why(campaign: "Campaign", name: str, *, as_json: bool) -> None:
    """Explain the addresses of one Comune."""
    from coalizione_mailer.plan import atlas_of, register_of
    from coalizione_mailer.registry.addresses import read_addresses
    from coalizione_mailer.registry.corrections import corrected, read_corrections, rekeyed
    from coalizione_mailer.registry.explanation import explain
    from coalizione_mailer.registry.seen import read_seen
    from coalizione_mailer.updates.addresses import SEEN

    wanted = campaign.configuration.recipients
    register = register_of(campaign)
    comune = register.find(name)
    atlas = atlas_of(register)
    choices = read_seen(campaign.path(SEEN))
    book = read_addresses(campaign.path(wanted.addresses))
    corrections = read_corrections(campaign.path(wanted.corrections))
    told = explain(comune, choices.of(comune), rekeyed(book, atlas), rekeyed(corrections, atlas))
    letter = corrected(book, corrections, atlas).address_for(comune, wanted.channel)
    if as_json:
        print_json(_record(comune, register, told, letter))
        return
    _print(comune, register, told)
    _tell_letter(letter)
    if not choices.by_catastale:
        typed = command(campaign.root, "import ipa FILE")
        say(
            _(
                "No official addresses have been imported yet, so there was nothing to choose "
                "from: {command}"
            ).format(command=typed)
        )


def _print(comune: "Comune", register: "Register", told: tuple[Told, ...]) -> None:
    from rich.markup import escape
    from rich.padding import Padding

    from coalizione_mailer.registry.gazetteer import label

    console = out()
    console.print(f"[bold]{escape(label(comune))}[/bold]")
    titles = {Channel.PEC: _("PEC"), Channel.EMAIL: _("Ordinary e-mail")}
    for channel in Channel:
        own = [one for one in told if one.channel is channel]
        console.print()
        console.print(f"[bold]{titles[channel]}[/bold]" if own else f"{titles[channel]}: -")
        for one in own:
            style = _STYLES[one.outcome]
            console.print(f"  [{style}]{escape(one.text)}[/{style}]")
            for line in _lines(one, register):
                console.print(Padding(escape(line), (0, 0, 0, 6), expand=False))


def _lines(one: Told, register: "Register") -> Iterator[str]:
    """Say what becomes of an address and why, then where it was seen."""
    yield _outcome(one, register)
    if doubts := _doubts(one):
        yield _("Check it: {doubts}.").format(doubts="; ".join(map(_reason, doubts)))
    if one.address is not None and one.outcome is not Outcome.USED:
        yield from _word(one.address)
    if one.seen is not None:
        yield _where(one.seen)


def _doubts(one: Told) -> tuple[Reason, ...]:
    """Return what is doubtful about an address that is used, on whosever word."""
    if one.outcome is Outcome.USED and isinstance(one.why, Taken):
        return one.why.doubts
    return (Reason.CONSUMER,) if one.outcome in IN_FORCE and consumer(one.text) else ()


def _outcome(one: Told, register: "Register") -> str:
    match one.outcome:
        case Outcome.CORRECTION:
            return _("Used: it is your office's own correction, which goes before any import.")
        case Outcome.BOOK:
            return _("Used: it stands in the address book; no import chose it.")
        case Outcome.USED:
            return _("Used: {why}.").format(why=_rule(one.why))
        case Outcome.OVERRULED if isinstance(one.why, Taken):
            return _(
                "Not used, though the rule would take it ({why}): another goes before."
            ).format(why=_rule(one.why))
        case Outcome.OVERRULED:
            return _("Not used: it stands in the address book, but your correction goes before.")
        case Outcome.PASSED_OVER:
            return _("Passed over: {why}.").format(why=_passed(one.why, register))


def _rule(why: Taken | PassedOver | None) -> str:
    rules: dict[Rule, Callable[[], str]] = {
        Rule.FIRST: lambda: _("the first of its kind that the Comune publishes"),
        Rule.NEXT: lambda: _("the first one with nothing against it"),
        Rule.NOTHING_BETTER: lambda: _("the Comune publishes no better one"),
    }
    assert isinstance(why, Taken)
    return rules[why.rule]()


def _passed(why: Taken | PassedOver | None, register: "Register") -> str:
    assert isinstance(why, PassedOver)
    if not why.others or why.reason is not Reason.SHARED:
        return _reason(why.reason)
    names = ", ".join(_name(code, register) for code in why.others)
    return _("it is also the address of {names}").format(names=names)


def _reason(reason: Reason) -> str:
    texts: dict[Reason, Callable[[], str]] = {
        Reason.LATER: lambda: _("an earlier one of the same Comune is used"),
        Reason.CONSUMER: lambda: _("a private provider's mailbox, not the Comune's own domain"),
        Reason.SHARED: lambda: _("it is also the address of another Comune"),
        Reason.HOLDER: lambda: _(
            "the mayor's or a councillor's mailbox, not the protocol office's"
        ),
        Reason.ELECTORAL: lambda: _("the electoral office's, not the protocol office's"),
        Reason.REGISTRY: lambda: _("the civil registry's, not the protocol office's"),
        Reason.TAX: lambda: _("the tax or accounts office's, not the protocol office's"),
        Reason.POLICE: lambda: _("the local police's, not the protocol office's"),
        Reason.OFFICE: lambda: _("another office's, not the protocol office's"),
        Reason.PERSON: lambda: _("it looks like one person's own address"),
        Reason.NOT_CERTIFIED: lambda: _(
            "published as PEC, but at a provider of ordinary mail, which gives no PEC"
        ),
        Reason.RESERVED: lambda: _("an invented domain (.example and the like): it reaches nobody"),
        Reason.INVALID: lambda: _("it is not an e-mail address"),
        Reason.HOMONYM: lambda: _(
            "code and seat do not agree: it may be that of another Comune of the same name"
        ),
        Reason.OTHER_BODY: lambda: _("another body's (a consortium, a union, a company)"),
        Reason.PREDECESSOR: lambda: _("that of a Comune that no longer exists"),
        Reason.GONE: lambda: _("it is no longer published"),
    }
    return texts[reason]()


def _word(address: "Address") -> Iterator[str]:
    """Give what the office wrote beside an address."""
    if address.note:
        yield _("Note: {note}").format(note=address.note)
    parts = [part for part in (address.source, _day(address.seen)) if part]
    if parts:
        yield _("Source: {source}").format(source=", ".join(parts))


def _where(seen: Seen) -> str:
    """Say where an address was seen: body, number, file, days."""
    body = _("Seen: {body}, code {code}, Mail{n}").format(
        body=seen.ente, code=seen.codice_ipa, n=seen.position
    )
    first, last = _day(seen.first), _day(seen.last)
    when = (
        _("from {first} to {last}").format(first=first, last=last)
        if first and last and first != last
        else last
    )
    return "; ".join(part for part in (body, seen.source, when) if part)


def _tell_letter(letter: "Address | None") -> None:
    if letter is None:
        say(_("The letter has no address to go to."), style="bold red")
    else:
        say(_("The letter goes to {address}.").format(address=letter.address), style="bold")


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _name(code: str, register: "Register") -> str:
    from coalizione_mailer.registry.gazetteer import label

    comune = register.by_catastale.get(code)
    return label(comune) if comune else code


def _record(
    comune: "Comune", register: "Register", told: tuple[Told, ...], letter: "Address | None"
) -> dict[str, object]:
    return {
        "codice_istat": comune.codice_istat,
        "codice_catastale": comune.codice_catastale,
        "denominazione": comune.denominazione,
        "letter_goes_to": letter.address if letter else None,
        "addresses": [_told(one, register) for one in told],
    }


def _told(one: Told, register: "Register") -> dict[str, object]:
    why, seen, address = one.why, one.seen, one.address
    return {
        "channel": one.channel.value,
        "address": one.text,
        "outcome": one.outcome.value,
        "used": one.outcome in IN_FORCE,
        "rule": why.rule.value if isinstance(why, Taken) else None,
        "reason": why.reason.value if isinstance(why, PassedOver) else None,
        "doubts": [doubt.value for doubt in why.doubts] if isinstance(why, Taken) else [],
        "shared_with": [_name(code, register) for code in why.others]
        if isinstance(why, PassedOver)
        else [],
        "body": seen.ente if seen else None,
        "codice_ipa": seen.codice_ipa if seen else None,
        "position": seen.position if seen else None,
        "source": seen.source if seen else address.source if address else None,
        "first_seen": seen.first.isoformat() if seen and seen.first else None,
        "last_seen": seen.last.isoformat() if seen and seen.last else None,
        "note": address.note if address else None,
    }
