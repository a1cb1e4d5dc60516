# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a systemd unit says about the agent's Java."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._service.systemd import java_of_unit


def _exec(command: str) -> str:
    """As systemd 252 prints it."""
    return (
        f"{{ path={command.split()[0]} ; argv[]={command} ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ;"
        " pid=0 ; code=(null) ; status=0/0 }"
    )


def test_java_started_directly():
    found = java_of_unit(
        {
            "ExecStart": _exec("/opt/agent/jre/bin/java -Xmx1g -Da.b=c -cp lib/x.jar -Da.b=d -Dflag -jar agent.jar -Dnot=jvm"),
            "WorkingDirectory": "/opt/agent",
            "Environment": "LANG=C JAVA_HOME=/other",
        }
    )
    assert found == {
        "java": "/opt/agent/jre/bin/java",
        "java_home": "/opt/agent/jre",
        "system_properties": {"a.b": "d", "flag": ""},
        "working_directory": "/opt/agent",
        "unknown": None,
    }


def test_a_script_tells_only_its_environment():
    found = java_of_unit({"ExecStart": _exec("/opt/agent/start.sh -Dx=y"), "Environment": '"JAVA_HOME=/opt/my java" A=b'})
    assert found == {"java": None, "java_home": "/opt/my java", "system_properties": {}, "working_directory": None, "unknown": None}


def test_options_of_the_environment_count_before_those_of_the_command():
    found = java_of_unit(
        {"ExecStart": _exec("/j/bin/java -Dx=command -jar a"), "Environment": '"JAVA_TOOL_OPTIONS=-Dx=environment -Dy=1"'}
    )
    assert found["system_properties"] == {"x": "command", "y": "1"}


def test_the_main_class_ends_the_options_of_the_jvm():
    found = java_of_unit({"ExecStart": _exec("/j/bin/java -Dx=1 org.example.Main -Dy=2")})
    assert found["system_properties"] == {"x": "1"}


@pytest.mark.parametrize("directory", ["!/opt/agent", "-/opt/agent", "/opt/agent"])
def test_a_working_directory_may_have_a_mark(directory):
    assert java_of_unit({"WorkingDirectory": directory})["working_directory"] == "/opt/agent"


@pytest.mark.parametrize("status", [{}, {"ExecStart": "", "Environment": "", "WorkingDirectory": ""}, {"ExecStart": "{ argv[]=\"a"}])
def test_nothing_said_is_nothing_known(status):
    assert java_of_unit(status) == {"java": None, "java_home": None, "system_properties": {}, "working_directory": None, "unknown": None}
