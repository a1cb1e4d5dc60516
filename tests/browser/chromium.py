# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Headless Chromium over its own debugging pipe (Chrome DevTools Protocol), with the standard library alone."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time
import typing as t

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Page:
    """One tab."""

    def __init__(self, command: t.Callable[..., dict[str, t.Any]], events: list[dict[str, t.Any]]) -> None:
        self._command, self.events = command, events
        self.command("Page.enable")
        self.command("Network.enable")
        self.command("Runtime.enable")
        self.command("Log.enable")

    def command(self, method: str, **parameters: t.Any) -> dict[str, t.Any]:
        return self._command(method, **parameters)

    def open(self, path: pathlib.Path, fragment: str = "") -> None:
        """Load a file, and wait until it is loaded and painted."""
        self.command("Page.navigate", url=path.as_uri() + fragment)
        deadline = time.monotonic() + 30
        while self.run("document.readyState") != "complete" or self.run("location.protocol") != "file:":
            assert time.monotonic() < deadline, "the page does not load"
        # A picture of one dot is there when the page has been painted, also where scripts are switched off.
        self.command("Page.captureScreenshot", clip={"x": 0, "y": 0, "width": 1, "height": 1, "scale": 1})

    def run(self, script: str) -> t.Any:
        """The value of an expression in the page."""
        answer = self.command("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def look(self, media: str = "screen", scheme: str = "light", width: int = 1280) -> None:
        """Show the page as this medium and colour scheme, in a window so wide."""
        self.command("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)

    def picture(self, path: pathlib.Path, height: int | None = None) -> None:
        """A PNG of the page from its top, whole unless a height is given."""
        size = self.command("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(height or size["height"], size["height"]), "scale": 1}
        answer = self.command("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(answer["data"]))

    def pdf(self, path: pathlib.Path) -> str:
        """Print the page into a file, for somebody whose screen is dark; returns the text that is on the paper."""
        self.look("print", "dark", 794)
        answer = self.command("Page.printToPDF", printBackground=False)
        path.write_bytes(base64.b64decode(answer["data"]))
        return subprocess.run(["pdftotext", "-raw", str(path), "-"], check=True, capture_output=True, text=True).stdout

    def requests(self) -> set[str]:
        """The addresses of everything that was asked for since the browser was started."""
        return {event["params"]["request"]["url"] for event in self.events if event.get("method") == "Network.requestWillBeSent"}

    def complaints(self) -> list[dict[str, t.Any]]:
        """What a developer would see in the console."""
        return [event for event in self.events if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown")]

    def press(self, key: str) -> None:
        """Press and release a key: Tab, Enter."""
        codes = {"Tab": (9, ""), "Enter": (13, "\r")}
        code, text = codes[key]
        for kind in ("keyDown", "keyUp"):
            typed = {"text": text} if text and kind == "keyDown" else {}
            self.command("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **typed)

    def write(self, text: str) -> None:
        """Type into what has the focus."""
        self.command("Input.insertText", text=text)


@contextlib.contextmanager
def chromium() -> t.Iterator[Page]:
    """A fresh Chromium with one tab; gone afterwards."""
    assert PROGRAM, "there is no Chromium. Remedy: make report-check installs it where apt has it"
    (read_by_it, write_to_it), (read_from_it, write_by_it) = os.pipe(), os.pipe()
    with tempfile.TemporaryDirectory(prefix="k12-sif-chromium-", ignore_cleanup_errors=True) as profile:
        # The protocol wants the descriptors 3 and 4.
        command = f'exec 3<&{read_by_it} 4>&{write_by_it} "$0" "$@"'
        options = ["--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--hide-scrollbars",
                   "--disable-background-networking", f"--user-data-dir={profile}", "about:blank"]  # fmt: skip
        if os.geteuid() == 0:
            options.insert(0, "--no-sandbox")
        process = subprocess.Popen(
            ["bash", "-c", command, PROGRAM, *options], pass_fds=(read_by_it, write_by_it), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(read_by_it)
        os.close(write_by_it)
        try:
            pipe = _Pipe(read_from_it, write_to_it)
            target = pipe.command("Target.createTarget", url="about:blank")["targetId"]
            session = pipe.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            yield Page(lambda method, **parameters: pipe.command(method, session, **parameters), pipe.events)
        finally:
            process.kill()
            process.wait(10)
            os.close(write_to_it)
            os.close(read_from_it)


class _Pipe:
    """Commands and answers: JSON, each ended by a zero byte."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing, self._rest, self._count = reading, writing, b"", 0
        self.events: list[dict[str, t.Any]] = []

    def command(self, method: str, session: str | None = None, **parameters: t.Any) -> dict[str, t.Any]:
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        os.write(self._writing, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._count:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self.events.append(answer)

    def _next(self) -> dict[str, t.Any]:
        deadline = time.monotonic() + 60
        while b"\0" not in self._rest:
            ready, _writable, _broken = select.select([self._reading], [], [], max(0, deadline - time.monotonic()))
            assert ready, "Chromium does not answer"
            part = os.read(self._reading, 1 << 20)
            assert part, "Chromium ended"
            self._rest += part
        message, _zero, self._rest = self._rest.partition(b"\0")
        return json.loads(message)
