# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An agent as a service of systemd, which a small program stands for here; the scenario recovery has the real one."""

from __future__ import annotations

import subprocess

import pytest
from ansible_collections.k12.sif.plugins.module_utils._recovery.control import ControlError, Service
from ansible_collections.k12.sif.plugins.module_utils._recovery.unit import hidden, without_secrets

SYSTEMCTL = """#!/bin/sh
cd {directory}
case $1 in
show) cat unit; [ ! -e next ] || mv next unit ;;
*) echo "$@" >>calls ;;
esac
"""
RUNNING = {"LoadState": "loaded", "ActiveState": "active", "SubState": "running", "NRestarts": "0", "MainPID": "0"}


@pytest.fixture
def unit(tmp_path, monkeypatch):
    """Says what systemd shows of the unit, now and from the second time on."""
    program = tmp_path / "systemctl"
    program.write_text(SYSTEMCTL.format(directory=tmp_path))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    def show(name: str = "unit", **values: str) -> None:
        (tmp_path / name).write_text("".join(f"{key}={value}\n" for key, value in {**RUNNING, **values}.items()))

    show()
    return show


def test_an_agent_that_stays_is_seen_to(unit):
    assert Service("agent").stays()


@pytest.mark.parametrize(
    "values",
    [{"NRestarts": "1"}, {"ActiveState": "activating", "SubState": "auto-restart"}, {"ActiveState": "inactive", "SubState": "dead"}],
    ids=["started-again", "about-to-be-started-again", "ended"],
)
def test_an_agent_that_ends_is_found_out_even_if_it_is_started_again(unit, values):
    unit("next", **values)
    assert not Service("agent").stays()


def test_a_unit_that_is_over_before_its_process_is_waited_for(unit):
    process = subprocess.Popen(["sleep", "1"])
    unit(MainPID=str(process.pid))
    unit("next", ActiveState="inactive", MainPID="0")
    service = Service("agent")
    with pytest.raises(ControlError, match="still there 0.2 seconds after"):
        service.stop(0.2, force=False)
    process.wait()
    assert service._is_gone()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("-Djavax.net.ssl.trustStorePassword=geheim -Da=b", "-Djavax.net.ssl.trustStorePassword=******** -Da=b"),
        ("-Dadk.encryption.key='a b' -jar x.jar", "-Dadk.encryption.key=******** -jar x.jar"),
        ("agent --db-password hunter2 --user x", "agent --db-password ******** --user x"),
        ("'-Dpw.secret=a'", "'-Dpw.secret=********"),
        ("/opt/compass/java -cp a:b", "/opt/compass/java -cp a:b"),
    ],
)
def test_secrets_of_a_command_line_are_hidden(text, told):
    assert hidden(text).startswith(told)


def test_of_a_unit_only_what_tells_its_java_leaves_the_host():
    shown = {
        "Environment": 'DB_PASSWORD=geheim JAVA_HOME=/opt/jre "JAVA_TOOL_OPTIONS=-Da=b -Dx.password=geheim"',
        "ExecStart": "{ path=/opt/jre/bin/java ; argv[]=/opt/jre/bin/java -Dk=v -Dk.password=geheim -jar a.jar ; ignore_errors=no ; }",
        "WorkingDirectory": "/opt/agent",
        "LoadCredential": "geheim",
    }
    told = without_secrets(shown)
    assert "geheim" not in str(told)
    assert told["Environment"] == "JAVA_HOME=/opt/jre 'JAVA_TOOL_OPTIONS=-Da=b -Dx.password=********'"
    assert "-Dk=v -Dk.password=******** -jar a.jar ; ignore_errors=" in told["ExecStart"]
