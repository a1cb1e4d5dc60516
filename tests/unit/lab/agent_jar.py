# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the lab agent and runs its short-lived commands."""

from __future__ import annotations

import json
import pathlib
import shutil
import subprocess

AGENT_DIR = pathlib.Path(__file__).resolve().parents[3] / "roles" / "sif_lab" / "files" / "agent"


def build(jar: pathlib.Path) -> pathlib.Path:
    """Compile the agent into ``jar``; a machine without a JDK is an error, since nothing would be tested there."""
    if shutil.which("javac") is None:
        raise RuntimeError("javac not found: the tests of the lab agent need a JDK (11 or newer)")
    subprocess.run([str(AGENT_DIR / "build"), str(jar)], check=True)
    return jar


def java(jar: pathlib.Path, *arguments: str, options: tuple[str, ...] = (), cwd: pathlib.Path | None = None):
    """Run one command of the agent to its end and return the finished process."""
    command = ["java", "-XX:TieredStopAtLevel=1", *options, "-jar", str(jar), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=60, check=False)


def check(jar: pathlib.Path, *files: pathlib.Path, options: tuple[str, ...] = ()) -> list[dict]:
    """The agent's verdict on each file."""
    done = java(jar, "check", *map(str, files), options=options)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
