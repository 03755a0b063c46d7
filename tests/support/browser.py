"""A real browser, driven over a pipe (Chrome DevTools Protocol): no driver, no port, no network."""

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.patience import PATIENCE

PROGRAM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


class Browser:
    """One page in a headless Chromium; ``trouble`` is what it complained of, ``asked`` its URLs."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = to, back
        self._read = b""
        self._count = 0
        self._session = ""
        self._loaded = 0
        self.trouble: list[str] = []
        self.asked: list[str] = []
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")

    def show(self, page: Path, fragment: str = "", width: int = 1280, height: int = 900) -> None:
        """Open a page and wait until all of it is there."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        before = self._loaded
        self._call("Page.navigate", url="about:blank")
        self._wait(before + 1)
        self._call("Page.navigate", url=page.as_uri() + fragment)
        self._wait(before + 2)

    def prefer(self, scheme: str) -> None:
        """Say what the reader prefers: ``light`` or ``dark``."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._call("Emulation.setEmulatedMedia", features=features)

    def without_scripts(self) -> None:
        """Do as a browser that runs no JavaScript."""
        self._call("Emulation.setScriptExecutionDisabled", value=True)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression on the page."""
        found = self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in found:
            raise AssertionError(found["exceptionDetails"])
        return found["result"].get("value")

    def until(self, expression: str) -> Any:
        """Return the value of an expression as soon as there is one: the mouse takes its time."""
        deadline = time.monotonic() + PATIENCE
        while not (value := self.evaluate(expression)):
            assert time.monotonic() < deadline, expression
        return value

    def write(self, text: str) -> None:
        """Type into what has the focus."""
        self._call("Input.insertText", text=text)

    def press(self, key: str, text: str = "") -> None:
        """Press a key and let it go."""
        code = {"Enter": 13, "Tab": 9, " ": 32}[key]
        down = {"key": key, "windowsVirtualKeyCode": code} | ({"text": text} if text else {})
        self._call("Input.dispatchKeyEvent", type="keyDown", **down)
        self._call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def point(self, x: float, y: float) -> None:
        """Move the mouse."""
        self._call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def picture(self) -> bytes:
        """Return the whole page as PNG."""
        taken = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        return base64.b64decode(taken["data"])

    def printed(self) -> bytes:
        """Return the page as it is printed, as PDF."""
        taken = self._call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(taken["data"])

    def _call(self, method: str, **params: object) -> Any:
        self._count += 1
        message = {"id": self._count, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._count:
                assert "error" not in answer, answer
                return answer["result"]

    def _wait(self, loaded: int) -> None:
        while self._loaded < loaded:
            self._next()

    def _next(self) -> dict[str, Any]:
        """Return the next message; what only tells of something is noted."""
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self._read:
            ready, _, _ = select.select([self._back], [], [], deadline - time.monotonic())
            assert ready, "the browser says nothing"
            piece = os.read(self._back, 1 << 16)
            assert piece, "the browser has gone"
            self._read += piece
        raw, _, self._read = self._read.partition(b"\0")
        message: dict[str, Any] = json.loads(raw)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, method: str, params: dict[str, Any]) -> None:
        match method:
            case "Page.loadEventFired":
                self._loaded += 1
            case "Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Log.entryAdded":
                self.trouble.append(json.dumps(params))
            case "Network.requestWillBeSent":
                self.asked.append(params["request"]["url"])
            case "Page.javascriptDialogOpening":
                self.trouble.append(json.dumps(params))
            case _:
                pass


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Start a browser with a profile folder of its own, and end it."""
    import fcntl  # noqa: PLC0415  Windows has none, and skips what needs it

    assert PROGRAM is not None
    ours_in, back = os.pipe()
    forth, ours_out = os.pipe()
    # Out of the way of the two numbers under which the pipe is expected.
    theirs_in, theirs_out = (fcntl.fcntl(one, fcntl.F_DUPFD, 10) for one in (forth, back))
    flags = [
        "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--remote-debugging-pipe", f"--user-data-dir={profile}",
    ]  # fmt: skip
    # Root, as in a container, has no sandbox to give.
    flags += ["--no-sandbox"] if os.geteuid() == 0 else []
    line = f'exec 3<&{theirs_in} 4>&{theirs_out}; exec "$0" "$@"'
    process = subprocess.Popen(
        ["/bin/bash", "-c", line, PROGRAM, *flags],
        pass_fds=(theirs_in, theirs_out),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    for one in (forth, back, theirs_in, theirs_out):
        os.close(one)
    try:
        yield Browser(ours_out, ours_in)
    finally:
        os.close(ours_out)
        os.close(ours_in)
        process.terminate()
        process.wait(PATIENCE)
