"""``mailer rsvp review``: the answers that wait for a person, one after the other, one key each."""

import time
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.attendance import (
    Desk,
    answer_in_words,
    comune_in_words,
    day,
    desk,
    doubt_in_words,
    people_in_words,
    plain,
    source_in_words,
)
from coalizione_mailer.cli.console import (
    command,
    err,
    interactive,
    number,
    out,
    print_json,
    say,
)
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.cli.rsvp_history import record
from coalizione_mailer.cli.rsvp_questions import asked_comune, edited
from coalizione_mailer.cli.status import told
from coalizione_mailer.errors import ExitCode
from coalizione_mailer.ledger.words import Answer, Status, Word

if TYPE_CHECKING:
    from coalizione_mailer.rsvp.entries import Decision

_MOST_LINES = 40


@unique
class Key(StrEnum):
    """What one key does."""

    ACCEPT = "accept"
    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    EDIT = "edit"
    ASIDE = "aside"
    SKIP = "skip"
    UNDO = "undo"
    STOP = "stop"


def keys() -> dict[Key, str]:
    """Say of each key what it does, the letter to press between brackets."""
    return {
        Key.ACCEPT: _("[a] accept the proposal"),
        Key.YES: _("[y] yes"),
        Key.NO: _("[n] no"),
        Key.MAYBE: _("[m] maybe"),
        Key.EDIT: _("[e] edit"),
        Key.ASIDE: _("[x] not an answer"),
        Key.SKIP: _("[s] skip for now"),
        Key.UNDO: _("[b] back, undo"),
        Key.STOP: _("[q] stop"),
    }


def review(
    context: typer.Context,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("As JSON, for other programs: only list them."))
    ] = False,
    no_input: Annotated[
        bool, typer.Option("--no-input", help=_("Never ask: only list them."))
    ] = False,
) -> int:
    """Go through the answers that wait."""
    from coalizione_mailer.ledger import answers

    with desk(context.obj) as opened:
        if opened is None:
            return ExitCode.NOTHING_TO_DO
        opened.read()
        with opened.ledger.reading() as connection:
            waiting = answers.waiting(connection)
        if as_json:
            print_json([record(word) for word in waiting])
            return ExitCode.DONE
        if not waiting:
            say(_("No answer waits for you."))
            return ExitCode.NOTHING_TO_DO
        say(_count(len(waiting)))
        if no_input or not interactive():
            for word in waiting:
                _print_card(word, None)
            typed = command(opened.campaign.root, "rsvp review")
            say(_("To decide about them, in a terminal: {command}").format(command=typed))
            return ExitCode.DONE
        return _Session(opened, waiting).run()


def _count(waiting: int) -> str:
    return ngettext("{n} answer waits for you.", "{n} answers wait for you.", waiting).format(
        n=number(waiting)
    )


class _Session:
    """One sitting: where it is, and the way back. Every decision is on the disk at once."""

    def __init__(self, opened: Desk, waiting: list[Word]) -> None:
        self._desk = opened
        self._words = waiting
        self._place = 0
        self._trail: list[tuple[int, Word | None]] = []

    def run(self) -> int:
        """Show one answer after the other; Ctrl-C ends it, and loses nothing."""
        code = ExitCode.DONE
        try:
            while self._place < len(self._words):
                word, standing = self._now()
                if word.status is not Status.WAITING:
                    self._place += 1  # a decision about another one has settled it
                    continue
                self._show(word, standing)
                if not self._act(word):
                    break
        except (KeyboardInterrupt, EOFError, typer.Abort):
            say()
            code = ExitCode.INTERRUPTED
        self._tell_end()
        return code

    def _now(self) -> tuple[Word, Word | None]:
        """Return the word that is next as it is now, and what is on record of its Comune."""
        from coalizione_mailer.ledger import answers

        word = self._words[self._place]
        code = word.comune.codice_catastale if word.comune else ""
        with self._desk.ledger.reading() as connection:
            words = answers.of_comuni(connection, [code])
        standing = [one for one in words if one.status is Status.STANDING]
        found = next((one for one in words if one.id == word.id), word)
        return found, standing[0] if standing else None

    def _show(self, word: Word, standing: Word | None) -> None:
        say()
        place = _("{n} of {all}").format(n=number(self._place + 1), all=number(len(self._words)))
        say(place, "bold")
        _print_card(word, standing, offered=True)
        say()
        for line in _in_lines([t for key, t in keys().items() if self._offered(key, word)]):
            err().print(line, style="cyan", markup=False, soft_wrap=True)

    def _offered(self, key: Key, word: Word) -> bool:
        match key:
            case Key.ACCEPT:
                return word.answer is not None
            case Key.UNDO:
                return bool(self._trail)
            case _:
                return True

    def _act(self, word: Word) -> bool:
        """Take one key and do it; False to stop."""
        pressed = self._pressed(word)
        match pressed:
            case Key.STOP:
                return False
            case Key.UNDO:
                self._back()
            case Key.SKIP:
                self._trail.append((self._place, None))
                self._place += 1
            case _:
                decision = self._decision(pressed, word)
                if decision is not None:
                    self._decide(word, decision)
        return True

    def _pressed(self, word: Word) -> Key:
        """Wait for a key that does something here."""
        known = {text[1].lower(): key for key, text in keys().items()}
        while True:
            key = known.get(typer.getchar().lower())
            if key is not None and self._offered(key, word):
                return key

    def _decision(self, key: Key, word: Word) -> "Decision | None":
        """Make of a key what it says of the word; None where the operator thought better of it."""
        from coalizione_mailer.rsvp.entries import Decision

        if key is Key.ASIDE:
            return Decision(None, word.comune, note=word.note, aside=True)
        if key is Key.EDIT:
            return edited(word, self._desk)
        comune = word.comune or asked_comune(None, self._desk)
        if comune is None:
            return None
        answer = word.answer if key is Key.ACCEPT else Answer(key.value)
        if answer is Answer.NO:
            return Decision(answer, comune, note=word.note)
        return Decision(answer, comune, word.people, word.participants, word.note)

    def _decide(self, word: Word, decision: "Decision") -> None:
        from coalizione_mailer.ledger.lock import operator
        from coalizione_mailer.rsvp import entries

        after = entries.decide(self._desk.ledger, word, decision, who=operator(), now=time.time())
        self._words[self._place] = after
        self._trail.append((self._place, after))
        self._place += 1
        say(f"→ {comune_in_words(after.comune)}: {_decided(after)}", "green")

    def _back(self) -> None:
        """Go back to the one before, and take the decision about it back."""
        from coalizione_mailer.ledger.lock import operator
        from coalizione_mailer.rsvp import entries

        self._place, decided = self._trail.pop()
        if decided is not None:
            self._words[self._place] = entries.undo(
                self._desk.ledger, decided, who=operator(), now=time.time()
            )
            say(_("Taken back."), "yellow")

    def _tell_end(self) -> None:
        from coalizione_mailer.ledger import answers

        with self._desk.ledger.reading() as connection:
            left = len(answers.waiting(connection))
        say()
        if left:
            say(_count(left) + " " + _("What you decided is kept."))
        else:
            say(_("No answer waits any more."))
        say(_("Next: {command}").format(command=command(self._desk.campaign.root, "rsvp list")))


def _print_card(word: Word, standing: Word | None, *, offered: bool = False) -> None:
    """Show what was written, what is proposed, and why it is doubtful."""
    screen = err() if offered else out()

    def line(text: str = "", style: str | None = None) -> None:
        screen.print(text, style=style, markup=False, soft_wrap=not screen.is_terminal)

    if not offered:
        line()
    line(f"{comune_in_words(word.comune)}  {source_in_words(word)}  {told(word.said_at)}", "bold")
    written = [text for text in plain(word.own_text).splitlines() if text.strip()]
    for text in written[:_MOST_LINES]:
        line(f"  | {text}")
    if (more := len(written) - _MOST_LINES) > 0:
        line("  | " + _("… and {n} lines more").format(n=number(more)))
    proposal = ", ".join(filter(None, (answer_in_words(word.answer), people_in_words(word))))
    line(_("Proposal: {answer}").format(answer=proposal))
    if standing is not None:
        line(
            _("On record: {answer}").format(answer=_decided(standing))
            + f" ({source_in_words(standing)}, {day(standing.said_at)})"
        )
    for reason in word.reasons:
        line("  - " + doubt_in_words(reason), "yellow")


def _in_lines(texts: list[str]) -> list[str]:
    """Put short texts on as few lines as the screen needs, none of them broken."""
    lines = [texts[0]]
    for text in texts[1:]:
        longer = f"{lines[-1]}   {text}"
        if len(longer) < err().width:
            lines[-1] = longer
        else:
            lines.append(text)
    return lines


def _decided(word: Word) -> str:
    if word.aside:
        return _("not an answer")
    return ", ".join(filter(None, (answer_in_words(word.answer), people_in_words(word))))
