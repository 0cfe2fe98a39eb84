"""A headless Chromium, driven over a pipe by its DevTools protocol; standard library only."""

import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import time

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
# The browser reads commands from 3 and writes to 4; the numbers here are moved there.
LAUNCHER = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); "
    "os.execv(sys.argv[3], sys.argv[3:])"
)


def chromium():
    """Return the browser's path, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Browser:
    """One page. Use as a context manager; ``folder`` holds the profile.

    Attributes
    ----------
    events : list of dict
        What the page reported, in order.
    """

    def __init__(self, folder, seconds=60):
        self.folder, self.seconds = folder, seconds
        self.events, self._waiting, self._number, self._session = [], b"", 0, None

    def __enter__(self):
        reads, self._commands = _far_pipe()
        self._answers, writes = _far_pipe()
        words = [chromium(), *FLAGS, f"--user-data-dir={self.folder}", "about:blank"]
        with open(self.folder / "chromium.log", "wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", LAUNCHER, str(reads), str(writes), *words],
                pass_fds=(reads, writes),
                stdout=log,
                stderr=log,
            )
        os.close(reads)
        os.close(writes)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        os.close(self._commands)
        os.close(self._answers)

    def call(self, method, **parameters):
        """Send a command and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        answer = self._next(lambda received: received.get("id") == self._number)
        assert "error" not in answer, answer
        return answer["result"]

    def open(self, path):
        """Load a file and wait until everything in it has loaded."""
        self.call("Page.navigate", url=path.resolve().as_uri())
        self._next(lambda received: received.get("method") == "Page.loadEventFired")

    def run(self, script):
        """Return the value of a JavaScript expression."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def resize(self, width, height=900):
        """Show the page in a window of this size, CSS pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)

    def errors(self):
        """Return what the console shows as an error or a warning, and what was thrown."""
        found = []
        for event in self.events:
            method, said = event["method"], event["params"]
            if method == "Runtime.exceptionThrown":
                found.append(said["exceptionDetails"])
            if method == "Runtime.consoleAPICalled" and said["type"] in ("error", "warning"):
                found.append(said["args"])
            if method == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
                found.append(said["entry"])
        return found

    def requests(self):
        """Return the address of everything that the page asked for."""
        return [
            event["params"]["request"]["url"]
            for event in self.events
            if event["method"] == "Network.requestWillBeSent"
        ]

    def _next(self, wanted):
        """Return the first message that is wanted; keep the events before it."""
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            while b"\0" in self._waiting:
                text, self._waiting = self._waiting.split(b"\0", 1)
                received = json.loads(text)
                if "method" in received:
                    self.events.append(received)
                if wanted(received):
                    return received
            if select.select([self._answers], [], [], 0.5)[0]:
                piece = os.read(self._answers, 1 << 20)
                assert piece, (self.folder / "chromium.log").read_text()[-2000:]
                self._waiting += piece
        raise TimeoutError(f"the browser said nothing for {self.seconds} s")


def _far_pipe():
    """Return a pipe whose numbers are far from those that the browser wants."""
    made = []
    for end in os.pipe():
        made.append(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 64))
        os.close(end)
    return made
