"""A process that dies by ``kill -9`` while a server listens to it."""

import subprocess
import time
from dataclasses import dataclass

from tests.support.smtp_server import Step


@dataclass
class Killer:
    """Kills a process when the server has come to a step, or a moment later."""

    process: "subprocess.Popen[bytes]"
    steps: int
    late: float

    def __call__(self, _step: Step, _recipient: str) -> None:
        self.steps -= 1
        if self.steps == 0:
            time.sleep(self.late)  # noqa: TID251  in the server's own thread
            self.process.kill()
