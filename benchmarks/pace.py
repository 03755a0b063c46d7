"""The pace in real time: how much of the allowed rate is used (to reach: 0.95), and never more.

``python -m benchmarks.pace``. Each limit is tried over four connections with a restart half way;
the fullest window is counted in the rehearsal server's own record.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.sending import frozen
from coalizione_mailer import pace
from coalizione_mailer.dispatch import Clock, Orders, Run
from coalizione_mailer.dispatch.desk import Job
from coalizione_mailer.ledger.deliveries import Settlement
from coalizione_mailer.pace import Limit
from coalizione_mailer.rehearsal.record import most_in_a_window
from coalizione_mailer.rehearsal.smtp import HOST, SmtpServer
from coalizione_mailer.transport.smtp import Server, SmtpTransport

_TRIED = (
    (("10/second",), 120),
    (("5/second", "60/minute"), 70),
)
_CONNECTIONS = 4
_ENOUGH = 0.95


class _Nobody:
    """Looks at nothing."""

    def settled(self, job: Job, settlement: Settlement) -> None:
        """See nothing."""

    def waits(self, seconds: float) -> None:
        """See nothing."""


async def _sent(folder: Path, limits: list[Limit], messages: int) -> list[float]:
    """Send so many messages in two runs and return when the server took each."""
    ledger, opened, _size = frozen(folder, messages, attachment=1000, letter=1000)
    async with SmtpServer().running() as server:
        for at_most in (messages // 2, None):
            transport = SmtpTransport(Server(HOST, server.port, "none"))
            orders = Orders(opened, limits, _CONNECTIONS, at_most)
            await Run(ledger, transport, orders, Clock(time.time), _Nobody()).go()
    ledger.close()
    return [taken.at for taken in server.record]


def main() -> int:
    """Print both for each set of limits; 1 if a limit was passed or not used."""
    good = True
    with tempfile.TemporaryDirectory() as name:
        for number, (texts, messages) in enumerate(_TRIED):
            limits = [Limit.parse(text) for text in texts]
            moments = asyncio.run(_sent(Path(name) / str(number), limits, messages))
            used = pace.duration(limits, messages) / (max(moments) - min(moments))
            fullest = [most_in_a_window(moments, limit.seconds) for limit in limits]
            kept = all(most <= limit.count for most, limit in zip(fullest, limits, strict=True))
            windows = ", ".join(map(str, fullest))
            print(
                f"{', '.join(texts):24} {len(moments):4} messages   used {used:5.3f}   "
                f"fullest windows {windows} {'kept' if kept else 'PASSED'}",
                flush=True,
            )
            good = good and kept and used >= _ENOUGH and len(moments) == messages
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
