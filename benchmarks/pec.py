"""PEC messages against their labels: ``python -m benchmarks.pec FOLDER``, and messages a second.

FOLDER holds ``labels.jsonl``, one object a message (file, kind, ref_msgid, identificativo,
consegna, errore, errore_esteso, final, inner_kind, sender, failed, status). To reach: all right,
and no forgery verified.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coalizione_mailer.mailbox.classify import classify
from coalizione_mailer.mailbox.reading import Reading

_INNER = {"dsn": "bounce", "human": "reply", "autoreply": "auto-reply"}
_HARD = {"no-dest", "no-dominio"}


def main(folder: Path) -> int:
    """Print what is wrong, message by message, then how much is right; 1 where anything is not."""
    rows = [json.loads(line) for line in (folder / "labels.jsonl").open(encoding="utf-8")]
    raws = [(folder / row["file"]).read_bytes() for row in rows]
    classify(raws[0])
    started = time.perf_counter()
    readings = [classify(raw) for raw in raws]
    elapsed = time.perf_counter() - started
    wrong = [
        (row["file"], list(_faults(row, each))) for row, each in zip(rows, readings, strict=True)
    ]
    for file, faults in wrong:
        for name, found, wanted in faults:
            print(f"{file}: {name} is {found!r}, not {wanted!r}")
    right = sum(not faults for _, faults in wrong)
    print(f"right          {right:5d} of {len(rows)}   (to reach: all)")
    print(f"verified       {dict(Counter(str(each.verified) for each in readings))}")
    print(f"messages/s     {len(rows) / elapsed:5.0f}")
    return int(right < len(rows))


def _faults(row: dict[str, Any], found: Reading) -> Iterator[tuple[str, object, object]]:
    """Return what differs from the label: name, found, wanted."""
    for name, value, wanted in _compared(row, found):
        if value != wanted:
            yield name, value, wanted


def _compared(row: dict[str, Any], found: Reading) -> Iterator[tuple[str, object, object]]:
    kind = row["kind"]
    envelope = kind == "posta-certificata"
    yield "kind", found.kind.value, _kind(row)
    # On an envelope X-Riferimento-Message-ID is the replier's own.
    yield "message_id", found.message_id, "" if envelope else _bare(row.get("ref_msgid"))
    recipient = row.get("consegna") or row.get("failed")
    yield "recipients", found.recipients, (recipient,) if recipient else ()
    if row.get("identificativo"):
        yield "pec_id", found.pec_id, _bare(row["identificativo"])
    if kind == "errore-consegna":
        yield "outcome", found.outcome, "hard" if row["errore"] in _HARD else "soft"
    if row.get("errore_esteso"):
        yield "diagnostic", found.diagnostic, row["errore_esteso"]
    for name in ("final", "status", "sender"):
        if name in row:
            yield name, getattr(found, name), row[name]
    if row.get("inner_in_reply_to"):
        yield "references", found.references[:1], (_bare(row["inner_in_reply_to"]),)
    if kind == "forged-receipt":
        yield "verified", found.verified is True, False


def _kind(row: dict[str, Any]) -> str:
    match row["kind"]:
        case "posta-certificata" | "anomalia":
            return _INNER[row.get("inner_kind") or "human"]
        case "forged-receipt":
            return "other"
        case kind:
            return f"pec-{kind}"


def _bare(identifier: str | None) -> str:
    return (identifier or "").strip("<>")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
