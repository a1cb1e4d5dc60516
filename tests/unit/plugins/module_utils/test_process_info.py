# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes as Linux tells of them, and what the module makes of a host."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest
from ansible_collections.k12.sif.plugins.module_utils._process.processes import (
    Unknown,
    java_process_in,
    read_service,
    start_ticks,
    started_at,
)

MODULE = "ansible_collections.k12.sif.plugins.modules.agent_process_info"


@pytest.fixture
def java(tmp_path):
    """A process whose program is called java, at work in a directory of its own."""
    directory = tmp_path / "agent"
    directory.mkdir()
    program = tmp_path / "java"
    program.symlink_to(sys.executable)
    began = time.time()
    process = subprocess.Popen([str(program), "-c", "input()"], cwd=directory, stdin=subprocess.PIPE)
    yield directory, process, began
    process.communicate(b"\n")


def test_the_java_process_of_a_directory(java):
    directory, process, began = java
    assert java_process_in(str(directory)) == process.pid
    assert abs(started_at(process.pid) - began) < 1


def test_no_process_is_unknown_and_says_where_it_looked(tmp_path):
    with pytest.raises(Unknown, match=f"no Java process works in {tmp_path}"):
        java_process_in(str(tmp_path))
    with pytest.raises(Unknown, match="does not show its processes"):
        java_process_in(str(tmp_path), str(tmp_path / "proc"))


def test_a_name_with_blanks_and_parentheses(tmp_path):
    (tmp_path / "9").mkdir()
    (tmp_path / "9" / "stat").write_text("9 (a) b (c) S " + " ".join(str(number) for number in range(4, 30)))
    assert start_ticks(9, str(tmp_path)) == 22


def test_a_process_that_is_gone():
    with pytest.raises(Unknown, match="cannot be read"):
        started_at(2**22 + 1)


def test_what_systemctl_shows():
    assert read_service("LoadState=loaded\nActiveState=active\nnoise\nMainPID=12\n") == {
        "LoadState": "loaded", "ActiveState": "active", "MainPID": "12"
    }


def run(arguments):
    """The module as Ansible runs it: in a process of its own, arguments on standard input."""
    arguments = {"ANSIBLE_MODULE_ARGS": {**arguments, "_ansible_remote_tmp": "/tmp", "_ansible_keep_remote_files": False}}
    program = (
        "import runpy, sys\n"
        "from ansible.module_utils import basic\n"
        "try:\n    from ansible.module_utils.testing import patch_module_args\n"
        "except ImportError:\n"
        "    basic._ANSIBLE_ARGS = sys.argv[1].encode()\n"
        f"    runpy.run_module('{MODULE}', run_name='__main__')\n"
        "else:\n"
        "    import json\n"
        "    with patch_module_args(json.loads(sys.argv[1])['ANSIBLE_MODULE_ARGS']):\n"
        f"        runpy.run_module('{MODULE}', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", program, json.dumps(arguments)], capture_output=True, text=True, check=False)
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_a_running_agent(java, tmp_path):
    directory, process, began = java
    log = tmp_path / "agent.log"
    log.write_text(time.strftime("%Y-%m-%d %H:%M:%S,999", time.localtime(began + 5)) + " ERROR PKIX path building failed\n")
    found = run({"status_command": ["true"], "directory": str(directory), "files": [str(log), str(tmp_path / "none")], "log_path": str(log)})
    assert (found["running"], found["pid"], found["changed"]) == (True, process.pid, False)
    assert abs(found["started_at"] - began) < 1 and found["started_unknown"] is None
    assert [(item["exists"], item["changed_at"]) for item in found["files"]] == [(True, os.stat(log).st_mtime), (False, None)]
    assert [item["code"] for item in found["log"]["findings"]] == ["untrusted"]


@pytest.mark.parametrize(("command", "running"), [(["false"], False), (["sh", "-c", "exit 4"], None), (["/no/such"], None)])
def test_an_agent_that_does_not_run(tmp_path, command, running):
    found = run({"status_command": command, "directory": str(tmp_path), "log_path": str(tmp_path / "none")})
    assert (found["running"], found["started_at"]) == (running, None)
    assert found["started_unknown"] and found["log"]["error"] == "No such file or directory"


def test_only_the_end_of_a_log_is_read(java, tmp_path):
    directory, _process, _began = java
    log = tmp_path / "agent.log"
    log.write_text("PKIX path building failed\n" + "x" * 400 + "\n" + "fine\n" * 10)
    arguments = {"status_command": ["true"], "directory": str(directory), "log_path": str(log)}
    assert run(arguments)["log"]["findings"] != []
    assert run({**arguments, "log_bytes": 100})["log"]["findings"] == []
