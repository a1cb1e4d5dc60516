# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Java a Windows service starts: its own image path, a wrapper's configuration, or a Java that came with the agent."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.filter.service_java import service_java
from ansible_collections.k12.sif.plugins.plugin_utils._service.windows import bundled_java_homes, wrapper_configuration

AGENT = "C:\\Program Files (x86)\\PowerSchool\\SIF Agent"
NOTHING = {"java": None, "java_home": None, "system_properties": {}, "working_directory": None}


@pytest.mark.parametrize(
    "path",
    [
        f'"{AGENT}\\jre\\bin\\java.exe" -Dadk.home="C:\\a b" -cp x;y -Xmx1g com.example.Agent -Dnot=mine',
        f"{AGENT}\\jre\\bin\\java.exe -Dadk.home=\"C:\\a b\" -jar agent.jar -Dnot=mine",
    ],
    ids=["quoted", "not quoted"],
)
def test_java_in_the_image_path(path):
    found = service_java({"path": path})
    assert found["java"] == f"{AGENT}\\jre\\bin\\java.exe"
    assert found["java_home"] == f"{AGENT}\\jre"
    assert list(found["system_properties"]) == ["adk.home"]


WRAPPER = f'"{AGENT}\\bin\\wrapper.exe" -s "..\\conf\\wrapper.conf" wrapper.name=x'


@pytest.mark.parametrize(
    "text, expected",
    [
        (
            "#x\r\nwrapper.java.command=jre\\bin\\java\r\nwrapper.working.dir=..\r\n"
            'wrapper.java.additional.10=-Dlast="2"\r\nwrapper.java.additional.2=-Dlast=1\r\nwrapper.java.additional.1=-Xmx1g\r\n',
            {
                "java": f"{AGENT}\\jre\\bin\\java.exe",
                "java_home": f"{AGENT}\\jre",
                "system_properties": {"last": "2"},
                "working_directory": AGENT,
            },
        ),
        (
            "wrapper.java.command = D:/Java/jdk-17/bin/java.exe",
            {**NOTHING, "java": "D:\\Java\\jdk-17\\bin\\java.exe", "java_home": "D:\\Java\\jdk-17", "working_directory": f"{AGENT}\\bin"},
        ),
        # Found by PATH or an environment variable of the service: not known here, and not guessed.
        ("wrapper.java.command=java", {**NOTHING, "working_directory": f"{AGENT}\\bin"}),
        ("wrapper.java.command=%JAVA_HOME%\\bin\\java", {**NOTHING, "working_directory": f"{AGENT}\\bin"}),
    ],
    ids=["relative", "absolute", "on PATH", "variable"],
)
def test_a_wrapper_names_java_in_its_configuration(text, expected):
    assert wrapper_configuration(WRAPPER) == f"{AGENT}\\bin\\..\\conf\\wrapper.conf"
    assert service_java({"path": WRAPPER, "wrapper_configuration": text}) == expected


def test_a_java_that_came_with_the_agent():
    assert wrapper_configuration(f"{AGENT}\\bin\\agent.exe //RS//SIFAgent") is None
    assert bundled_java_homes(f"{AGENT}\\bin\\agent.exe //RS//SIFAgent") == [f"{AGENT}\\bin\\jre", f"{AGENT}\\jre"]
    assert bundled_java_homes(f'"{AGENT}\\agent.exe"') == [f"{AGENT}\\jre"]
    assert service_java({"path": f'"{AGENT}\\agent.exe"', "bundled_java_home": f"{AGENT}\\jre"}) == {**NOTHING, "java_home": f"{AGENT}\\jre"}
    assert service_java({"path": "", "bundled_java_home": None}) == NOTHING
