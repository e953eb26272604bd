"""A page in Chromium, driven over the DevTools protocol by a pipe: no driver and no library are needed."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_SWITCHES = "--headless --disable-gpu --hide-scrollbars --no-first-run --disable-extensions --mute-audio"


class Page:
    """A tab with one page, as a context manager; ``messages`` are what its console said."""

    def __init__(self, folder: Path, url: str, width: int, height: int, dark: bool = False) -> None:
        self.messages: list[str] = []
        self._ids, self._session = 0, ""
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        theirs = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_browser, from_browser)]
        os.close(to_browser)
        os.close(from_browser)
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        switches = [*_SWITCHES.split(), *sandbox, f"--user-data-dir={folder}", "--remote-debugging-pipe"]

        def as_expected() -> None:  # the browser reads requests from descriptor 3 and answers on 4
            os.dup2(theirs[0], 3)
            os.dup2(theirs[1], 4)

        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command = [str(CHROMIUM), *switches, "about:blank"]
        self._process = subprocess.Popen(
            command,
            preexec_fn=as_expected,  # noqa: PLW1509 (two system calls, which take no lock)
            pass_fds=(3, 4),
            **quiet,
        )
        for end in theirs:
            os.close(end)
        self._buffer = b""
        self._open(url, width, height, dark)

    def _open(self, url: str, width: int, height: int, dark: bool) -> None:
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Runtime", "Log", "Page", "Network"):
            self.ask(f"{domain}.enable")
        self.ask(
            "Network.emulateNetworkConditions",
            offline=True,
            latency=0,
            downloadThroughput=0,
            uploadThroughput=0,
        )
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.ask("Emulation.setDeviceMetricsOverride", **metrics)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.ask("Emulation.setEmulatedMedia", features=scheme)
        self.ask("Page.navigate", url=url)
        deadline = time.monotonic() + 30
        while self.run("document.readyState") != "complete" or self.run("location.href") == "about:blank":
            assert time.monotonic() < deadline, f"{url} was not loaded"

    def ask(self, method: str, **parameters: Any) -> Any:
        """Send a request and wait for its answer."""
        self._ids += 1
        request = {"id": self._ids, "method": method, "params": parameters}
        if self._session:
            request["sessionId"] = self._session
        os.write(self._write, json.dumps(request).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._ids:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]
            self._note(answer)

    def _receive(self) -> Any:
        while b"\0" not in self._buffer:
            part = os.read(self._read, 1 << 16)
            assert part, "the browser ended"
            self._buffer += part
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    def _note(self, event: Any) -> None:
        kind, details = event.get("method"), event.get("params", {})
        if kind == "Runtime.consoleAPICalled":
            self.messages.append(" ".join(str(a.get("value")) for a in details["args"]))
        elif kind == "Runtime.exceptionThrown":
            self.messages.append(str(details["exceptionDetails"]))
        elif kind == "Log.entryAdded":
            self.messages.append(details["entry"]["text"])

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str, code: int) -> None:
        """Press and release a key."""
        for kind in ("rawKeyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def picture(self, path: Path) -> None:
        """Keep a picture of the whole page."""
        content = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        path.write_bytes(base64.b64decode(content))

    def __enter__(self) -> Page:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        os.close(self._write)
        os.close(self._read)
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
