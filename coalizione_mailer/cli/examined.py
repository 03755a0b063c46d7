"""What ``mailer check`` says of calendar, addresses, server and domain."""

from collections.abc import Callable

from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import Code


def sentences() -> dict[Code, Callable[[], str]]:
    """Map the codes of ``examination`` to their sentences."""
    return {
        Code.ADDRESS_MISTYPED: lambda: _("{found} looks mistyped."),
        Code.ADDRESS_ORDINARY: lambda: _(
            "{found} is ordinary mail, and PEC is meant. Look for the PEC address."
        ),
        Code.ADDRESS_CONSUMER: lambda: _(
            "{found} is a private provider's mailbox, not of the Comune's own domain. It can be "
            "used; make sure that it is the Comune's."
        ),
        Code.ADDRESS_OFFICE: lambda: _(
            "{found} is not the protocol office's, and the letter may lie there. Look for the "
            "protocol office's address."
        ),
        Code.EVENT_HOLIDAY: lambda: _("{found} is a day when offices are closed: {expected}."),
        Code.LETTER_AHEAD: lambda: _(
            "the date of the letter, {found}, is still to come. Correct it, or send on that day."
        ),
        Code.WEEKDAY_WRONG: lambda: _(
            "the day of the week does not match: {found}, while it is {expected}. Correct the day "
            "or the date."
        ),
        Code.PV_WRONG: lambda: _(
            "the letter says p.v., which {found} is not, seen from {expected}. Write the year "
            "instead."
        ),
        Code.SENDING_LATE: lambda: _(
            "the last letter would leave on {found}, and the event is on {expected}. Begin "
            "earlier, or ask the provider for more letters a day."
        ),
        Code.LIMITS_MISSING: lambda: _(
            "no limit is given: the letters leave as fast as {found} takes them. Ask the provider "
            "what is allowed, and write it here."
        ),
        Code.PROVIDER_TERMS: lambda: _(
            "the contract of {found} forbids sending by a program unless it was agreed. Have it "
            "agreed in writing first."
        ),
        Code.SENDER_REFUSED: lambda: _(
            "the server takes no letters from {found}: {expected}. Write the address that belongs "
            "to the username, or ask whoever runs the server."
        ),
        Code.SERVER_WITHOUT_DSN: lambda: _(
            "{found} confirms no deliveries (DSN): you will only hear of letters that come back."
        ),
        Code.SPF_MISSING: lambda: _(
            "{found} has no SPF record: many will take the letters for junk. Ask whoever runs the "
            "domain to add one."
        ),
        Code.SPF_WRONG: lambda: _(
            "{found} has more than one SPF record, so none counts. Ask whoever runs the domain to "
            "leave one."
        ),
        Code.SPF_NO_MAIL: lambda: _(
            "{found} declares that it sends no mail (SPF), so the letters will be refused. Use "
            "another sender."
        ),
        Code.DMARC_MISSING: lambda: _(
            "{found} has no DMARC record: some will take the letters for junk. Ask whoever runs "
            "the domain to add one."
        ),
        Code.DNS_SILENT: lambda: _(
            "SPF and DMARC of {found} could not be looked up. Check the network, then check again."
        ),
        Code.DNS_NOT_ASKED: lambda: _("SPF and DMARC of {found} were not looked up."),
    }
