# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures: the emulated Windows host of tests/windows, whose drive C: is wine's, and a Java for Windows on it.

What the emulated modules write is what the Windows Java then finds. Wine's own powershell.exe and icacls.exe do nothing and
report success; no test may call them.
"""

from __future__ import annotations

import importlib.util
import os
import pathlib
import shutil
import subprocess
import tempfile
import typing as t

import pytest

HERE = pathlib.Path(__file__).resolve().parent
WINE = os.environ.get("K12_SIF_WINE") or pytest.exit("The tests of a Windows Java need wine. Remedy: start them by tools/windows-java", 2)
DRIVE_C = pathlib.Path(os.environ["WINEPREFIX"], "drive_c")
WINDOWS_JRE = HERE.parents[1] / ".cache" / "wine" / "jre"

_spec = importlib.util.spec_from_file_location("windows_conftest", HERE.parent / "windows" / "conftest.py")
emulated = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(emulated)
from emulation.tree import TEMP, Tree  # noqa: E402  (found through the conftest above)
from lab import LAB_FILES, Agent  # noqa: E402

AGENT, CONFIG, JRE, STORE_PASSWORD = emulated.AGENT, emulated.CONFIG, emulated.JRE, emulated.STORE_PASSWORD
FOLDER = DRIVE_C / AGENT.removeprefix("C:\\").replace("\\", "/")
School = emulated.School
authority, direct, environment, tasks, zis = (
    getattr(emulated, name) for name in ("authority", "direct", "environment", "tasks", "zis")
)

OPTIONS = ("-XX:TieredStopAtLevel=1", "-Duser.language=en")  # a quick start, and English
# What runs as the agent's Java when its start script asks for one: in the agent's folder, so with relative names.
_LAUNCHER = f"""#!/bin/sh
exec "{WINE}" '{JRE}\\bin\\java.exe' {" ".join(OPTIONS)} "-Dstarted.as=$*" -jar lab-agent.jar run --config agent.cfg
"""


@pytest.fixture(scope="session", autouse=True)
def idle() -> t.Iterator[None]:
    """A program that runs all the time, so that wine's own processes are there and need not start for each program."""
    command = [WINE, "cmd.exe", "/q"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=DRIVE_C) as program:
        program.stdin.write(b"echo ready\r\n")
        program.stdin.flush()
        while b"ready" not in program.stdout.readline():
            assert program.poll() is None
        yield


class Java:
    """The programs of the agent's bundled Java, which is one for Windows."""

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess:
        """Run a program to its end, in the agent's folder."""
        command = [WINE, f"{JRE}\\bin\\{program}", *arguments]
        # No pipes: processes of wine's own that the program starts would keep them open after its end.
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": errors}
            done = subprocess.run(command, check=False, cwd=FOLDER, timeout=300, **streams)
            done.stdout, done.stderr = _text(output), _text(errors)
        return done

    def java(self, *arguments: str) -> list[str]:
        """Lines of standard output."""
        done = self.run("java.exe", *OPTIONS, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.splitlines()

    def keytool(self, *arguments: str) -> subprocess.CompletedProcess:
        return self.run("keytool.exe", *(f"-J{option}" for option in OPTIONS), *arguments)


def _text(stream: t.BinaryIO) -> str:
    stream.seek(0)
    return stream.read().decode("cp1252").replace("\r\n", "\n")


@pytest.fixture
def windows(tmp_path: pathlib.Path) -> t.Iterator[t.Any]:
    """An emulated host with nothing but the agent's folder and its bundled Java."""
    windows = emulated.Windows(tmp_path / "windows")
    (windows.tree.root / "C").symlink_to(DRIVE_C)
    folders = [windows.tree.map(path) for path in ("C:\\Program Files (x86)\\PowerSchool", "C:\\ProgramData\\SIF", TEMP)]
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(WINDOWS_JRE, windows.place(JRE))
    yield windows
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def java(windows: t.Any) -> Java:
    return Java()


@pytest.fixture(scope="session")
def classes(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The small programs beside this file and the TLS client of the unit tests, compiled by the Java of this machine."""
    directory = tmp_path_factory.mktemp("classes")
    sources = [HERE / "FileRules.java", HERE.parent / "unit" / "plugins" / "plugin_utils" / "truststore" / "TlsClient.java"]
    subprocess.run(["javac", "--release", "11", "-Xlint:none", "-nowarn", "-d", str(directory), *map(str, sources)], check=True)
    return directory


@pytest.fixture
def class_path(windows: t.Any, classes: pathlib.Path) -> str:
    """Where those lie on the Windows host."""
    shutil.copytree(classes, windows.place(f"{AGENT}\\classes"))
    return f"{AGENT}\\classes"


@pytest.fixture(scope="session")
def jar(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The lab agent."""
    jar = tmp_path_factory.mktemp("program") / "lab-agent.jar"
    subprocess.run([str(LAB_FILES / "agent" / "build"), str(jar)], check=True)
    return jar


@pytest.fixture
def agent(windows: t.Any, jar: pathlib.Path) -> t.Iterator[Agent]:
    """The lab agent in its folder, whose start script starts it with the Windows Java."""
    place = windows.place(AGENT)
    shutil.rmtree(place)
    agent = Agent(place, jar, WINDOWS_JRE)
    launcher = agent.java_home / "bin" / "java"
    launcher.write_text(_LAUNCHER)
    launcher.chmod(0o755)
    yield agent
    agent.control("stop")


@pytest.fixture
def tree(tmp_path: pathlib.Path) -> Tree:
    """A folder with the rules that the emulation has, and nothing real below it."""
    (tmp_path / "emulated").mkdir()
    return Tree(tmp_path / "emulated")
