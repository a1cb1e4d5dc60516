# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""agentctl starts and stops the lab agent as a service manager expects."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess

import agent_jar
import pytest
from lab_processes import wait_for


class Installed:
    """The agent in a folder of its own with its start script."""

    def __init__(self, directory, jar):
        self.directory = directory
        shutil.copy(agent_jar.AGENT_DIR / "agentctl", directory)
        shutil.copy(jar, directory / "lab-agent.jar")
        (directory / "agent.cfg").write_text('<agent id="T" sifVersion="2.3"/>')

    def environment(self, text):
        (self.directory / "agent.env").write_text(text)

    def control(self, *words):
        # A pipe that is still open after the script's end would keep this call waiting.
        command = [str(self.directory / "agentctl"), *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    @property
    def pid(self):
        return int((self.directory / "agent.pid").read_text())

    def wait_until_up(self):
        log = self.directory / "logs" / "agent.log"
        wait_for(lambda: log.exists() and "Agent is running" in log.read_text(), "the agent is up")


@pytest.fixture
def installed(tmp_path, lab_agent_jar):
    agent = Installed(tmp_path, lab_agent_jar)
    yield agent
    if agent.control("status").returncode == 0:
        os.kill(agent.pid, signal.SIGKILL)


def test_start_status_stop(installed):
    installed.environment("JAVA_OPTS='-Dlab.a=1 -Dlab.b=2'\nAGENT_ARGS=--save-at-stop\n")
    assert installed.control("status").returncode == 3
    assert installed.control("start").returncode == 0
    assert installed.control("status").returncode == 0
    installed.wait_until_up()
    pid = installed.pid
    with open(f"/proc/{pid}/cmdline", encoding="utf-8") as file:
        words = file.read().split("\0")
    assert {"-Dlab.a=1", "-Dlab.b=2", "--save-at-stop", f"{installed.directory}/lab-agent.jar"} <= set(words)
    assert installed.control("start").returncode == 0
    assert installed.pid == pid, "a second start leaves the running agent alone"
    assert os.getsid(pid) == pid, "it has a session of its own"
    assert installed.control("stop").returncode == 0
    assert installed.control("status").returncode == 3
    assert installed.control("stop").returncode == 0


def test_a_process_that_does_not_go_is_an_error(installed):
    installed.environment("JAVA_OPTS=-Dlab.ignoreTerm=true\nSTOP_TIMEOUT=1\n")
    installed.control("start")
    installed.wait_until_up()
    stopped = installed.control("stop")
    assert stopped.returncode == 1
    assert "still there after 1 s" in stopped.stderr
    assert installed.control("status").returncode == 0


def test_a_stale_pid_file_is_no_running_agent(installed):
    (installed.directory / "agent.pid").write_text(f"{os.getpid()}\n")
    assert installed.control("status").returncode == 3
    assert installed.control("stop").returncode == 0


def test_a_wrong_word_or_no_java(installed):
    assert installed.control("restart").returncode == 2
    installed.environment("JAVA=/nowhere/java\n")
    started = installed.control("start")
    assert (started.returncode, "/nowhere/java" in started.stderr) == (1, True)


def test_a_bad_configuration_is_not_seen_by_start(installed):
    (installed.directory / "agent.cfg").write_text("<agent")
    assert installed.control("start").returncode == 0
    wait_for(lambda: installed.control("status").returncode == 3, "the agent has ended")
