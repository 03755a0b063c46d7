"""A sentence for each problem: what was found and what to do, with places for the values."""

from collections.abc import Callable

from coalizione_mailer.cli import dataset, downloads, examined, heads
from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import Code


def sentences() -> dict[Code, Callable[[], str]]:
    """Map the codes to their sentences; in groups, as the problems come up."""
    return _file_sentences() | _people_sentences() | _letter_sentences() | _others()


def _others() -> dict[Code, Callable[[], str]]:
    return examined.sentences() | dataset.sentences() | heads.sentences() | downloads.sentences()


def _file_sentences() -> dict[Code, Callable[[], str]]:
    return {
        Code.CAMPAIGN_MISSING: lambda: _(
            "there is no campaign here. Go to the campaign's folder, or name it: mailer --campaign "
            "FOLDER … To make a new one: mailer init FOLDER."
        ),
        Code.TOML_SYNTAX: lambda: _(
            "this line cannot be read: {found}. Check quotes, brackets, commas and dates (like "
            "2017-10-11), and that nothing is written twice."
        ),
        Code.KEY_MISSING: lambda: _("this is missing: add it."),
        Code.KEY_UNKNOWN: lambda: _("there is no such key."),
        Code.VALUE_WRONG: lambda: _("found {found}, which cannot be."),
        Code.VALUE_NOT_ALLOWED: lambda: _("found {found}, which cannot be."),
        Code.BAND_EMPTY: lambda: _(
            "the smallest population, {found}, is above the largest, {expected}. Swap them."
        ),
        Code.PLAINTEXT_REMOTE: lambda: _("the connection to {found} would not be protected."),
        Code.FILE_MISSING: lambda: _("this file does not exist. Check its name and its place."),
        Code.FOLDER_NOT_EMPTY: lambda: _(
            "there is something in this folder already: {found}. Choose a new or empty one."
        ),
        Code.COLUMN_MISSING: lambda: _(
            "this column is missing. The first row has: {found}. Needed are: {expected}."
        ),
        Code.COLUMN_DUPLICATE: lambda: _("this column is there twice. Remove one of the two."),
        Code.COMUNE_DUPLICATE: lambda: _(
            "{found} is there already, on line {expected}. Remove one of the two rows."
        ),
    }


def _people_sentences() -> dict[Code, Callable[[], str]]:
    return {
        Code.COMUNE_UNKNOWN: lambda: _("no Comune is called {found}."),
        Code.COMUNE_AMBIGUOUS: lambda: _("more than one Comune is called {found}."),
        Code.LETTER_UNKNOWN: lambda: _("none of the letters in question is for {found}."),
        Code.REGION_UNKNOWN: lambda: _("no region is called {found}."),
        Code.PROVINCE_UNKNOWN: lambda: _("no province is called {found}."),
        Code.POPULATION_UNKNOWN: lambda: _(
            "the list of Comuni has no population column called {found}."
        ),
        Code.POPULATION_MISSING: lambda: _(
            "this Comune has no figure in the chosen column, so it is not in the band. If it "
            "should be invited, add it to include in campaign.toml."
        ),
        Code.ADDRESS_MISSING: lambda: _(
            "no address in the address book. If you know it: mailer address set COMUNE ADDRESS "
            "--why TEXT. Or send without it: mailer send --leave-out-missing."
        ),
        Code.ADDRESS_WRONG: lambda: _("{found} is not an e-mail address. Correct it."),
        Code.ADDRESS_SHARED: lambda: _(
            "{found} is the address of more than one Comune: {expected}. Check whose it is."
        ),
        Code.ADDRESS_CONFLICT: lambda: _(
            "two addresses for the same Comune: {expected} is used, {found} is not. Remove the "
            "wrong one."
        ),
        Code.ADDRESS_RESERVED: lambda: _(
            "invented addresses (.example and the like): {found}. They reach nobody and are only "
            "good for trying, with a server on this machine. To send for real, use your own "
            "address book."
        ),
    }


def _letter_sentences() -> dict[Code, Callable[[], str]]:
    return {
        Code.TEMPLATE_SYNTAX: lambda: _("the template cannot be read here: {found}."),
        Code.TEMPLATE_FIELD: lambda: _("the template asks for {found}, which does not exist."),
        Code.TEMPLATE_RESOURCE: lambda: _(
            "the letter asks for {found}, which cannot be used. It must be a file in the "
            "campaign's folder."
        ),
        Code.LETTER_PAGES: lambda: _(
            "the letter takes {found} pages instead of one. Shorten the text, if it matters."
        ),
        Code.LETTERS_WHOLE: lambda: _(
            "the quick way of making letters gave another result than the slow one ({found}): all "
            "were made the slow way, and are right. It only took longer."
        ),
        Code.GLYPH_MISSING: lambda: _(
            "the letter's font has no character {found}: it would be printed as an empty box."
        ),
        Code.EVENT_PAST: lambda: _(
            "the day of the event, {found}, is over. Correct it, or send no invitation to it."
        ),
        Code.EVENT_BEFORE_LETTER: lambda: _(
            "the event, {found}, is before the date of the letter, {expected}. Correct one of them."
        ),
        Code.DISK_SHORT: lambda: _(
            "the disk has room for {found} bytes, and the letters take {expected}. Make room first."
        ),
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
            "the message has {found} bytes, more than the {expected} that are allowed. Use "
            "smaller attachments."
        ),
        Code.PASSWORD_MISSING: lambda: _(
            "there is no password for {found}. Store it once with: keyring set coalizione-mailer "
            "{found}. Or put it into a file, and the file's name under password_file."
        ),
        Code.PASSWORD_READABLE: lambda: _(
            "others on this machine can read the password file. Make it yours alone: chmod 600 "
            "and its name."
        ),
        Code.MAILBOX_MISSING: lambda: _(
            "no mailbox is named. Name the messages to read: mailer receive PATH. Or write the "
            "server under [mailbox] in campaign.toml: host and username."
        ),
        Code.MAILBOX_FOLDER: lambda: _("the mailbox has no folder {found}."),
        Code.NOBODY_CHOSEN: lambda: _(
            "nobody is chosen. Widen the band, the regions or the provinces."
        ),
        Code.OPTION_ALONE: lambda: _("this option goes with {expected} only. Nothing was done."),
        Code.LETTER_FORMER: lambda: _(
            "this letter leaves as it was first frozen, and has the former address in print, "
            "{found}: templates or data have changed since, and it must stay the same letter."
        ),
        Code.PROPOSAL_UNKNOWN: lambda: _(
            "{found} does not fit what can be sent again now: it was changed, or the letter has "
            "been heard of since. Make the list anew: mailer resend --proposals FILE. For an "
            "address of your own: mailer address set COMUNE ADDRESS --why TEXT."
        ),
        Code.PROPOSAL_TWICE: lambda: _(
            "two addresses were approved for {found}. Leave a yes at one of them only."
        ),
        Code.FIRST_UNFINISHED: lambda: _(
            "letters of the first sending have not left yet ({found}). Finish it first: mailer "
            "send."
        ),
        Code.REMINDER_LATE: lambda: _(
            "the day of the event, {found}, is over: nobody is reminded of it. Nothing was sent."
        ),
        Code.REMINDER_UNFINISHED: lambda: _(
            "the letters have all left; what waits is the reminder. To go on with it: mailer "
            "remind --not-answered."
        ),
        Code.CONFIRMATION_MISSING: lambda: _(
            "nothing was sent: nobody confirmed. To send without being asked, add: --confirm "
            "{expected}."
        ),
        Code.AUTHORITY_WRONG: lambda: _(
            "there is no certificate in this file that can be read. Needed is the authority's, in "
            "PEM or DER form, as the authority publishes it."
        ),
        Code.CONFIRMATION_WRONG: lambda: _(
            "nothing was sent: {found} is not the protocol of this letter, which is {expected}."
        ),
    }
