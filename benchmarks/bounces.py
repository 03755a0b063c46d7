"""How well bounces are read: ``python -m benchmarks.bounces FOLDER``.

FOLDER holds messages and ``labels.jsonl``, a row a message: ``file``, ``cls`` (hard, soft, mixed,
bounce, delay: a failure; feedback, autoreply, delivered, not-bounce: none), ``recipients`` (for
each failed one the spellings that count). Beside ours, on the same messages in the same run:
RFC 3464 read strictly, and flufl.bounce alone.
"""

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from coalizione_mailer.mailbox.classify import classify
from coalizione_mailer.mailbox.reading import Kind

FAILURES = {"hard", "soft", "mixed", "bounce", "delay", "unlabelled"}
NO_BOUNCES = {"feedback", "autoreply", "delivered", "not-bounce"}


@dataclass(frozen=True, slots=True)
class Found:
    """What a reader says of a message: the failed recipients, and hard, soft or nothing."""

    recipients: tuple[str, ...] = ()
    outcome: str | None = None
    bounce: bool = False


@dataclass(slots=True)
class Score:
    """What a reader got right."""

    read: int = 0
    right: int = 0
    judged: int = 0
    judged_right: int = 0
    false: int = 0
    others: int = 0
    raised: int = 0
    seconds: float = 0.0
    by_source: Counter[tuple[str, bool]] = field(default_factory=Counter)


Reader = Callable[[bytes], Found]


def ours(raw: bytes) -> Found:
    """Read with our classifier."""
    reading = classify(raw)
    bounce = reading.kind in {Kind.BOUNCE, Kind.DELAY}
    outcome = str(reading.outcome) if reading.outcome else None
    found = tuple(each.lower() for each in reading.recipients) if bounce else ()
    return Found(found, outcome, reading.kind is Kind.BOUNCE)


def strict(raw: bytes) -> Found:
    """Read RFC 3464 to the letter: multipart/report, Final-Recipient and its type, Action."""
    message = message_from_bytes(raw)
    if message.get_content_type() != "multipart/report":
        return Found()
    found: list[str] = []
    classes: set[str] = set()
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        groups = part.get_payload()
        for group in groups if isinstance(groups, list) else ():
            assert isinstance(group, Message)
            if str(group["action"]).strip().lower() not in {"failed", "delayed"}:
                continue
            match = re.fullmatch(
                r"rfc822;\s*(\S+@\S+)", str(group["final-recipient"]).strip(), re.IGNORECASE
            )
            if match:
                found.append(match.group(1).lower())
                classes.add(str(group["status"])[:1])
    outcome = {"5": "hard", "4": "soft"}.get(next(iter(classes), ""))
    return Found(tuple(dict.fromkeys(found)), outcome, bool(found))


def library(raw: bytes) -> Found:
    """Read with flufl.bounce alone: it says for good or for a time, and no more."""
    from flufl.bounce import all_failures

    late, dead = all_failures(message_from_bytes(raw))
    found = {each.decode("utf-8", "replace").lower() for each in late | dead}
    return Found(tuple(found), "hard" if dead else "soft" if late else None, bool(found))


def measure(reader: Reader, rows: Sequence[dict[str, Any]], raws: Sequence[bytes]) -> Score:
    """Let a reader read all messages, and count."""
    score = Score()
    for row, raw in zip(rows, raws, strict=True):
        started = time.process_time()
        try:
            found = reader(raw)
        except Exception:  # noqa: BLE001  that is what is counted
            score.raised += 1
            found = Found()
        score.seconds += time.process_time() - started
        _count(score, row, found)
    return score


def _count(score: Score, row: dict[str, Any], found: Found) -> None:
    if row["cls"] in NO_BOUNCES:
        score.others += 1
        score.false += found.bounce
        return
    if row["cls"] not in FAILURES or not row["recipients"]:
        return
    wanted = [{each.lower() for each in spellings} for spellings in row["recipients"]]
    score.read += 1
    score.right += all(each & set(found.recipients) for each in wanted) and all(
        any(address in each for each in wanted) for address in found.recipients
    )
    if row["cls"] in {"hard", "soft"}:
        right = found.outcome == row["cls"]
        score.judged += 1
        score.judged_right += right
        score.by_source[row["source"], right] += 1


def main(folder: Path) -> None:
    """Print the figures of the three readers on a folder."""
    rows = [json.loads(line) for line in (folder / "labels.jsonl").read_text("utf-8").splitlines()]
    raws = [(folder / row["file"]).read_bytes() for row in rows]
    classify(raws[0])  # the table of rules is read once
    print(f"{len(rows)} messages of {folder.name}")
    print(
        f"{'':24}{'all recipients':>16}{'hard/soft':>12}{'false':>8}{'raised':>8}{'a second':>10}"
    )
    readers = {"ours": ours, "RFC 3464, strictly": strict, "flufl.bounce alone": library}
    for name, reader in readers.items():
        score = measure(reader, rows, raws)
        print(
            f"{name:24}{score.right:>5}/{score.read} {score.right / score.read:>6.1%}"
            f"{score.judged_right / score.judged:>12.1%}{f'{score.false}/{score.others}':>8}"
            f"{score.raised:>8}{len(rows) / score.seconds:>10.0f}"
        )
        if reader is ours:
            _print_sources(score)


def _print_sources(score: Score) -> None:
    """Print hard/soft by source: some sources' "hard" means no more than "for good"."""
    for source in sorted({source for source, _right in score.by_source}):
        right, wrong = score.by_source[source, True], score.by_source[source, False]
        print(f"  hard/soft, {source:13}{right:>5}/{right + wrong} {right / (right + wrong):>6.1%}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m benchmarks.bounces FOLDER")
    main(Path(sys.argv[1]))
