"""What the headers of a message say of who wrote it: a mail system, a program, or a person."""

from dataclasses import dataclass

from coalizione_mailer.mailbox import mime
from coalizione_mailer.mailbox.rules import rules

_PERSONAL = ("in-reply-to", "references", "user-agent", "x-mailer", "thread-topic")
"""Headers of programs that people write with, and that mail systems do not."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the outside of a message says of it; ``readers`` are whom it is sent to."""

    daemon: bool
    failure: bool
    answer: bool
    report: bool
    failed: tuple[str, ...]
    unreturnable: bool
    robot: bool
    personal: bool
    readers: frozenset[str]

    @property
    def sure(self) -> bool:
        """Whether it is a notice of a mail system whatever stands inside."""
        return bool(self.failed) or self.report or (self.daemon and self.failure)

    @property
    def possible(self) -> bool:
        """Whether it may be one."""
        return self.sure or self.daemon or self.failure or self.robot

    @property
    def person(self) -> bool:
        """Whether a person answers or passes on: an answer's subject, and no mail system's marks.

        A system that begins its subject like an answer has no thread and no program of a person.
        """
        lonely = self.failure and not self.personal
        return self.answer and not self.daemon and not self.report and not lonely


def from_daemon(tree: mime.Part) -> bool:
    """Whether a mail system wrote a message, by its From."""
    sender = tree.words("from").casefold()
    return sender in {"", "<>"} or rules().named["daemon"].speaks(sender)


def outside_of(tree: mime.Part) -> Outside:
    """Look at the headers of a message."""
    named = rules().named
    sender = tree.words("from").casefold()
    subject = tree.words("subject").casefold().strip()
    kind = tree.first("content-type").casefold()
    return Outside(
        daemon=from_daemon(tree),
        failure=named["failure-subject"].speaks(subject),
        answer=named["answer-subject"].starts(subject),
        report="multipart/report" in kind and "feedback" not in kind and "disposition" not in kind,
        failed=tuple(_addresses(tree, "x-failed-recipients")),
        unreturnable=tree.first("return-path").strip() == "<>",
        personal=any(tree.first(name) for name in _PERSONAL),
        robot=mime.address(sender).startswith(
            ("no-reply@", "noreply@", "no_reply@", "nobody@", "root@")
        ),
        readers=frozenset(one.lower() for one in _addresses(tree, "to")),
    )


def _addresses(tree: mime.Part, name: str) -> list[str]:
    return [one for value in tree.every(name) for one in mime.addresses(value)]
