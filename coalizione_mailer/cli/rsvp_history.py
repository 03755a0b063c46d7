"""What was said about coming and done with it: of one Comune for people, of any for programs."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from coalizione_mailer.cli.attendance import (
    Desk,
    answer_in_words,
    comune_in_words,
    doubt_in_words,
    people_in_words,
    plain,
    source_in_words,
)
from coalizione_mailer.cli.console import out, print_json, say
from coalizione_mailer.cli.language import _
from coalizione_mailer.cli.status import moment, told
from coalizione_mailer.errors import ExitCode
from coalizione_mailer.ledger.words import OPERATOR, Status, Word

if TYPE_CHECKING:
    from coalizione_mailer.ledger.words import Changed


def record(word: Word) -> dict[str, object]:
    """Return what programs are told of an answer."""
    comune = word.comune
    return {
        "comune": comune.denominazione if comune else None,
        "codice_istat": comune.codice_istat if comune else None,
        "provincia": comune.sigla if comune else None,
        "regione": comune.regione if comune else None,
        "answer": word.answer,
        "people": word.coming,
        "participants": [{"name": one.name, "role": one.role} for one in word.participants],
        "status": word.status,
        "why": list(word.reasons),
        "said_at": moment(word.said_at) or None,
        "from": word.sender or None,
        "tied_by": word.tied_by or None,
        "evidence": word.evidence or None,
        "source": "operator" if word.kind == OPERATOR else "message",
        "changed_by": word.decided_by or "message",
        "changed_at": moment(word.decided_at) or None,
        "note": word.note,
        "own_text": word.own_text,
    }


def tell_one(opened: Desk, name: str, *, as_json: bool) -> int:
    """Tell all that one Comune said, and what was done with it."""
    from coalizione_mailer.ledger import answers

    comune = opened.find(name)
    with opened.ledger.reading() as connection:
        words = answers.of_comuni(connection, [comune.codice_catastale])
        changes = answers.changes(connection, [word.id for word in words])
    if as_json:
        print_json({"entries": [record(word) | _history(word, changes) for word in words]})
    elif not words:
        say(_("{comune} has not answered.").format(comune=comune_in_words(comune)))
    else:
        out().print(comune_in_words(comune), style="bold", markup=False)
        for line in _story(words, changes):
            out().print(line, markup=False, soft_wrap=True)
    return ExitCode.DONE if words else ExitCode.NOTHING_TO_DO


def _history(word: Word, changes: "Sequence[Changed]") -> dict[str, object]:
    return {
        "changes": [
            {"at": moment(one.deed.at), "who": one.deed.who, "what": one.deed.change}
            for one in changes
            if one.word_id == word.id
        ]
    }


def _story(words: Sequence[Word], changes: "Sequence[Changed]") -> Iterator[str]:
    """Give the lines that tell of each word, the earliest first."""
    for word in words:
        said = " ".join(filter(None, (answer_in_words(word.answer), people_in_words(word))))
        yield f"{told(word.said_at)}  {said}  [{_status_in_words(word.status)}]"
        yield "    " + _("From: {source}").format(source=source_in_words(word))
        for reason in word.reasons:
            yield f"    - {doubt_in_words(reason)}"
        if word.evidence:
            yield "    " + _("The message is kept: SHA-256 {sha256}").format(sha256=word.evidence)
        if word.note:
            yield "    " + _("Note: {note}").format(note=plain(word.note))
        yield from (f"    | {line}" for line in plain(word.own_text).splitlines() if line.strip())
        yield from (
            f"    {told(one.deed.at)}  {one.deed.who}: {_deed(one)}"
            for one in changes
            if one.word_id == word.id
        )


def _status_in_words(status: Status) -> str:
    """Say what a word is worth."""
    words = {
        Status.STANDING: _("on record"),
        Status.CONFIRMS: _("says the same as the record"),
        Status.REPLACED: _("replaced by a later answer"),
        Status.WAITING: _("waits for you"),
        Status.ASIDE: _("not an answer"),
        Status.NOTHING: _("says nothing about coming"),
    }
    return words[status]


def _deed(one: "Changed") -> str:
    from coalizione_mailer.ledger.words import Change

    words = {
        Change.DECIDED: _("decided: {answer}"),
        Change.SET: _("entered: {answer}"),
        Change.ASIDE: _("put aside: not an answer"),
        Change.UNDONE: _("took the decision back"),
    }
    return words[one.deed.change].format(answer=answer_in_words(one.after.answer))
