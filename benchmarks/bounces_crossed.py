"""Whether the rules for hard and soft are general: ``python -m benchmarks.bounces_crossed FOLDER``.

FOLDER is that of ``benchmarks.bounces``. Each message is judged without the words of the table
that only it has, then without those that only its collection has: what is left the rules owe to
others. Below that, principles other than ours on the same messages, by collection.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from coalizione_mailer.mailbox import bounce, verdict
from coalizione_mailer.mailbox.classify import classify
from coalizione_mailer.mailbox.reading import Cause, Severity
from coalizione_mailer.mailbox.rules import Group, Rules, rules
from coalizione_mailer.mailbox.verdict import Verdict, judge, precisely

Word = tuple[str, str | tuple[str, ...]]
Judge = Callable[..., Verdict]

HARD = Verdict(Severity.HARD, Cause.DEAD)
SOFT = Verdict(Severity.SOFT, Cause.UNKNOWN, sure=False)


def words_met(raw: bytes) -> frozenset[Word]:
    """Return the words of the table that stand in what is judged of a message."""
    texts: list[str] = []

    def listen(text: str) -> str:
        texts.append(bare(text))
        return texts[-1]

    bare = verdict.bare
    with patch.object(verdict, "bare", listen):
        classify(raw)
    text = "\n".join(texts)
    return frozenset(each for group in rules().verdicts for each in _met(group, text))


def _met(group: Group, text: str) -> Iterator[Word]:
    yield from ((group.name, word) for word in group.words if word in text)
    for pieces in group.gapped:
        if replace(group, words=(), gapped=(pieces,)).speaks(text):
            yield group.name, pieces


def without(left_out: frozenset[Word]) -> Rules:
    """Return the table without these words."""
    kept = tuple(
        replace(
            group,
            words=tuple(word for word in group.words if (group.name, word) not in left_out),
            gapped=tuple(word for word in group.gapped if (group.name, word) not in left_out),
        )
        for group in rules().verdicts
    )
    return replace(rules(), verdicts=kept)


def crossed(rows: list[dict[str, Any]], raws: list[bytes], unit: str) -> Counter[tuple[str, bool]]:
    """Count right and wrong by collection; ``unit`` names what a word must be met outside of."""
    met = [words_met(raw) for raw in raws]
    owners: dict[Word, set[str]] = defaultdict(set)
    for row, words in zip(rows, met, strict=True):
        for word in words:
            owners[word].add(row[unit])
    score: Counter[tuple[str, bool]] = Counter()
    for row, raw, words in zip(rows, raws, met, strict=True):
        table = without(frozenset(word for word in words if owners[word] == {row[unit]}))
        with patch.object(verdict, "rules", return_value=table):
            score[row["source"], str(classify(raw).outcome) == row["cls"]] += 1
    return score


def code_first(status: str, code: str, text: str, **more: Any) -> Verdict:
    """Judge by a precise code, and by the words where there is none."""
    return precisely(status) or judge(status, code, text, **more)


def final_is_hard(status: str, code: str, text: str, **more: Any) -> Verdict:
    """Judge by the class of the code: 5 is hard, 4 is soft, whatever is said."""
    kind = (status or code)[:1]
    return {"5": HARD, "4": SOFT}.get(kind) or judge(status, code, text, **more)


def full_is_hard(status: str, code: str, text: str, **more: Any) -> Verdict:
    """Judge as we do, but a full mailbox that was refused for good is hard."""
    found = judge(status, code, text, **more)
    return HARD if found.cause is Cause.FULL and (status or code)[:1] != "4" else found


def no_reason_is_soft(status: str, code: str, text: str, **more: Any) -> Verdict:
    """Judge as we do, but soft where nothing was understood."""
    found = judge(status, code, text, **more)
    return found if found.sure else SOFT


def nobody_needs_proof(status: str, code: str, text: str, **more: Any) -> Verdict:
    """Judge as we do, but believe "user unknown" only at RCPT or with a code that says it."""
    found = judge(status, code, text, **more)
    proven = status[:3] in {"5.1", "5.4"} or "rcpt" in text.lower()
    return found if proven or found != HARD else SOFT


PRINCIPLES = (judge, code_first, final_is_hard, full_is_hard, no_reason_is_soft, nobody_needs_proof)


def held(
    rows: list[dict[str, Any]], raws: list[bytes], principle: Judge
) -> Counter[tuple[str, bool]]:
    """Count right and wrong by collection under a principle."""
    with patch.object(bounce, "judge", principle):
        return Counter(
            (row["source"], str(classify(raw).outcome) == row["cls"])
            for row, raw in zip(rows, raws, strict=True)
        )


def _print(name: str, score: Counter[tuple[str, bool]]) -> None:
    by_source = []
    for source in sorted({source for source, _ in score}):
        right, wrong = score[source, True], score[source, False]
        by_source.append(f"{source} {right / (right + wrong):>6.1%}")
    right = sum(count for (_, good), count in score.items() if good)
    print(f"{name:34}{right / score.total():>7.1%}   {'   '.join(by_source)}")


def main(folder: Path) -> None:
    """Print both tables for a folder."""
    labels = (folder / "labels.jsonl").read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, labels) if row["cls"] in {"hard", "soft"}]
    raws = [(folder / row["file"]).read_bytes() for row in rows]
    print(f"hard or soft as labelled, {len(rows)} messages")
    _print("without words only it has", crossed(rows, raws, "file"))
    _print("without words of its collection", crossed(rows, raws, "source"))
    for principle in PRINCIPLES:
        _print(principle.__name__.replace("_", " "), held(rows, raws, principle))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m benchmarks.bounces_crossed FOLDER")
    main(Path(sys.argv[1]))
