"""How well replies are read: ``python -m benchmarks.replies FOLDER [FILE...]``.

FOLDER holds messages and ``labels.jsonl``, a row a message, with the fields that ``mailer rsvp
read --json`` prints and ``in_reply_to``, from which the threads are made that the ledger would
know. With files, only those. Exits with 1 when a figure misses its target.
"""

import json
import re
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from coalizione_mailer.mailbox.reply.answer import Occasion
from coalizione_mailer.registry import read_register
from coalizione_mailer.rsvp.atlas import Atlas
from coalizione_mailer.rsvp.reading import Reader, as_record

_CODE = re.compile(r"msg-(\d{6})@")
_OCCASION = Occasion(date(2017, 10, 11), frozenset({"vicenza", "fiera"}))
_REGISTER = Path(__file__).parents[1] / "data" / "comuni.csv"
_SURE = {"yes", "no"}

Row = Mapping[str, Any]


def main(arguments: list[str]) -> int:
    """Measure, and print each figure beside its target."""
    folder, *only = arguments
    show = "--show" in only
    only = [name for name in only if name != "--show"]
    lines = (Path(folder) / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    labels = [row for row in map(json.loads, lines) if not only or row["file"] in only]
    register = read_register(_REGISTER, "popolazione_legale_2011")
    ids = [row["in_reply_to"] for row in labels if row.get("in_reply_to")]
    threads = {one: found[1] for one in ids if (found := _CODE.search(one))}
    reader = Reader(Atlas(register), threads, _OCCASION)
    started = time.perf_counter()
    pairs = [
        (row, as_record(row["file"], reader.read((Path(folder) / row["file"]).read_bytes())))
        for row in labels
    ]
    seconds = time.perf_counter() - started
    print(f"{len(pairs)} replies, {1000 * seconds / max(1, len(pairs)):.1f} ms each")
    if show:
        _show(pairs)
    return _report(pairs)


def _report(pairs: Sequence[tuple[Row, Row]]) -> int:
    waiting = [pair for pair in pairs if pair[0]["needs_human"]]
    others = [pair for pair in pairs if not pair[0]["needs_human"]]
    wrong = [
        want["file"]
        for want, got in pairs
        if got["answer"] in _SURE and not got["needs_human"] and got["answer"] != want["answer"]
    ]
    figures = [
        ("kind and answer", _share(pairs, _kind_and_answer), 0.97, True),
        ("participants", _share(pairs, _names), 0.90, True),
        ("roles", _share(pairs, _roles), 0.0, True),
        ("count", _share(pairs, lambda want, got: want["count"] == got["count"]), 0.0, True),
        ("Comune", _share(pairs, lambda want, got: want["comune"] == got["comune"]), 0.97, True),
        ("own words", _share(pairs, _own_words), 0.90, True),
        ("replaces earlier", _share(pairs, _earlier), 0.0, True),
        ("needs a person, found", _share(waiting, _asked), 0.95, True),
        ("needs a person, raised for nothing", _share(others, _asked), 0.10, False),
        ("wrong yes or no outside the queue", float(len(wrong)), 0.0, False),
    ]  # fmt: skip
    missed = 0
    for name, found, target, at_least in figures:
        good = found >= target if at_least else found <= target
        missed += not good
        shown = f"{found:.0f}" if name.startswith("wrong") else f"{100 * found:.1f} %"
        bound = (
            f"{'>=' if at_least else '<='} {100 * target:.0f} %"
            if target or name.startswith("wrong")
            else "-"
        )
        print(f"  {name:36} {shown:>8}   target {bound:>9}   {'ok' if good else 'MISSED'}")
    return int(bool(missed))


def _share(pairs: Iterable[tuple[Row, Row]], right: Any) -> float:
    judged = [bool(right(want, got)) for want, got in pairs]
    return sum(judged) / len(judged) if judged else 1.0


def _earlier(want: Row, got: Row) -> bool:
    return bool(want["replaces_earlier"] == got["replaces_earlier"])


def _asked(_want: Row, got: Row) -> bool:
    return bool(got["needs_human"])


def _kind_and_answer(want: Row, got: Row) -> bool:
    return bool(want["kind"] == got["kind"] and want["answer"] == got["answer"])


def _names(want: Row, got: Row) -> bool:
    return _folded(want) == _folded(got)


def _folded(row: Row) -> list[str]:
    return sorted(
        person["name"].casefold().replace("\u2019", "'") for person in row["participants"]
    )


def _roles(want: Row, got: Row) -> bool:
    roles = {person["name"].casefold(): person["role"] for person in got["participants"]}
    return all(
        _like(person["role"], roles.get(person["name"].casefold()))
        for person in want["participants"]
    )


def _like(one: str | None, other: str | None) -> bool:
    first, second = (set(re.findall(r"\w+", (text or "").casefold())) for text in (one, other))
    return first == second or len(first & second) * 2 > len(first | second)


def _own_words(want: Row, got: Row) -> bool:
    return " ".join(want["own_text"].split()) == " ".join(got["own_text"].split())


def _show(pairs: Sequence[tuple[Row, Row]]) -> None:
    """Print what differs, message by message."""
    for want, got in pairs:
        for key in ("kind", "answer", "count", "comune", "replaces_earlier", "needs_human"):
            if want[key] != got[key]:
                print(f"{want['file']} {key}: {want[key]!r} wanted, {got[key]!r} read {got['why']}")
        if not _names(want, got) or not _roles(want, got):
            print(
                f"{want['file']} participants: {want['participants']} wanted, "
                f"{got['participants']} read"
            )
        if not _own_words(want, got):
            print(f"{want['file']} own words: {want['own_text']!r}\n      read {got['own_text']!r}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
