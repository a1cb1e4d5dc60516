# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Java a Windows service starts: its own image path, a wrapper's configuration, or a Java that came with the agent."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.filter.service_java import service_java
from ansible_collections.k12.sif.plugins.plugin_utils._service.windows import unknown_variables, wrapper_file
from ansible_collections.k12.sif.plugins.plugin_utils._service.wrappers import read_java_service_wrapper, read_winsw

AGENT = "C:\\Program Files (x86)\\PowerSchool\\SIF Agent"
NOTHING = {"java": None, "java_home": None, "system_properties": {}, "working_directory": None, "unknown": None}
STORE = "javax.net.ssl.trustStore"


@pytest.mark.parametrize("program", [f'"{AGENT}\\jre\\bin\\java.exe"', f"{AGENT}\\jre\\bin\\java.exe"], ids=["quoted", "not quoted"])
def test_java_in_the_image_path(program):
    path = f'{program} -Dadk.home="C:\\a b" -D{STORE}="C:\\Program Files\\x.ks" "-Dflag=a b" -cp x;y -Xmx1g com.example.Agent -Dnot=mine'
    assert service_java({"path": path}) == {
        **NOTHING,
        "java": f"{AGENT}\\jre\\bin\\java.exe",
        "java_home": f"{AGENT}\\jre",
        "system_properties": {"adk.home": "C:\\a b", STORE: "C:\\Program Files\\x.ks", "flag": "a b"},
    }
    assert wrapper_file({"path": path}) is None and unknown_variables({"path": path}) == []


WRAPPER = f'"{AGENT}\\bin\\wrapper.exe" -s "..\\conf\\wrapper.conf" wrapper.name=x'
IN_BIN = {**NOTHING, "working_directory": f"{AGENT}\\bin"}
D_JAVA = {"java": "D:\\Java\\jdk-17\\bin\\java.exe", "java_home": "D:\\Java\\jdk-17"}


@pytest.mark.parametrize(
    "text, variables, expected",
    [
        (
            "#x\r\nwrapper.java.command=jre\\bin\\java\r\nwrapper.working.dir=..\r\n"
            'wrapper.java.additional.10=-Dlast="2"\r\nwrapper.java.additional.2=-Dlast=1\r\nwrapper.java.additional.1=-Xmx1g\r\n'
            'wrapper.java.additional.3=-Dtext="a b"\r\n',
            {},
            {
                **NOTHING,
                "java": f"{AGENT}\\jre\\bin\\java.exe",
                "java_home": f"{AGENT}\\jre",
                "system_properties": {"last": "2", "text": "a b"},
                "working_directory": AGENT,
            },
        ),
        ("wrapper.java.command = D:/Java/jdk-17/bin/java.exe", {}, {**IN_BIN, **D_JAVA}),
        # Found by PATH: not known here, and not guessed.
        ("wrapper.java.command=java", {}, IN_BIN),
        ("wrapper.java.command=%JAVA_HOME%\\bin\\java", {}, IN_BIN),
        ("wrapper.java.command=%JAVA_HOME%\\bin\\java", {"java_home": "D:\\Java\\jdk-17"}, {**IN_BIN, **D_JAVA}),
        ("set.ROOT=D:\\Java\nset.J=%ROOT%\\jdk-17\nwrapper.java.command=%j%\\bin\\java", {"j": "C:\\no"}, {**IN_BIN, **D_JAVA}),
        ("set.default.J=C:\\no\nwrapper.java.command=%J%\\bin\\java", {"j": "D:\\Java\\jdk-17"}, {**IN_BIN, **D_JAVA}),
        ("set.default.J=D:\\Java\\jdk-17\nwrapper.java.command=%J%\\bin\\java", {}, {**IN_BIN, **D_JAVA}),
        ("set.A=%A%x%A%\nset.B=%A%%A%\nwrapper.java.command=%B%\\java", {}, IN_BIN),
        ("wrapper.working.dir=%WHERE%", {}, NOTHING),
    ],
    ids=["relative", "absolute", "on PATH", "unknown", "asked", "set", "host's", "default", "of itself", "directory"],
)
def test_a_java_service_wrapper_names_java_in_its_configuration(text, variables, expected):
    file = wrapper_file({"path": WRAPPER})
    assert (file.path, file.read) == (f"{AGENT}\\conf\\wrapper.conf", read_java_service_wrapper)
    service = {"path": WRAPPER, "wrapper": file.read(text.encode()), "variables": variables}
    assert service_java(service) == expected


def test_variables_are_asked_for_where_the_file_does_not_set_them():
    text = b"set.A=%B%\nset.default.C=1\nwrapper.java.command=%A%\\%d%\\java\nwrapper.java.additional.1=-Dx=%B%"
    service = {"path": WRAPPER.replace("C:\\Program Files (x86)", "%ProgramFiles(x86)%"), "wrapper": read_java_service_wrapper(text)}
    assert unknown_variables(service) == ["b", "c", "d", "programfiles(x86)"]
    assert unknown_variables({**service, "variables": {"b": "1", "programfiles(x86)": "2"}}) == ["c", "d"]


@pytest.mark.parametrize(
    "content",
    [
        "#encoding=Cp1252\nset.X=ü\n".encode("cp1252"),
        "# no word of it\nset.X=ü\n".encode("cp1252"),
        "set.X=ü\n".encode(),
        "#encoding=UTF-8\nset.X=ü\n".encode("utf-8-sig"),
        "#encoding=iso-8859-1\nset.X=ü\n".encode("latin-1"),
        "#encoding=unheard-of\nset.X=ü\n".encode(),
    ],
)
def test_the_encoding_of_a_wrapper_configuration(content):
    assert read_java_service_wrapper(content)["variables"] == {"x": "ü"}


def test_other_values_of_a_wrapper_configuration_are_left_out():
    assert "s3cret" not in str(read_java_service_wrapper(b"wrapper.ntservice.password=s3cret\nwrapper.app.parameter.1=s3cret"))
    assert "s3cret" not in str(read_winsw(b"<service><executable>x</executable><serviceaccount><password>s3cret</password></serviceaccount></service>"))


WINSW = (
    '<service><id>sif</id><env name="J" value="%BASE%\\jre"/><executable>{}</executable>{}'
    "<workingdirectory>{}</workingdirectory></service>"
)


@pytest.mark.parametrize("path", [f'"{AGENT}\\agent.exe"', f'"{AGENT}\\winsw.exe" "{AGENT}\\agent.xml"'], ids=["beside", "argument"])
@pytest.mark.parametrize(
    "command, words, directory",
    [
        ("%j%\\bin\\java", '<arguments>-Dx="a b" -jar "%BASE%\\a.jar" -Dnot=mine</arguments>', "%BASE%"),
        (f"{AGENT}\\jre\\bin\\java.exe", "<argument>-Dx=a b</argument><argument>-jar</argument>", ""),
        ("jre/bin/java", "<startarguments>-Dx=\"a b\" -jar</startarguments><arguments>-Dx=other</arguments>", "."),
    ],
)
def test_a_winsw_names_java_in_its_file(path, command, words, directory):
    file = wrapper_file({"path": path})
    assert (file.path, file.read) == (f"{AGENT}\\agent.xml", read_winsw)
    wrapper = file.read(WINSW.format(command, words, directory).encode())
    service = {"path": path, "wrapper": wrapper}
    assert unknown_variables(service) == []
    assert service_java(service) == {
        **NOTHING,
        "java": f"{AGENT}\\jre\\bin\\java.exe",
        "java_home": f"{AGENT}\\jre",
        "system_properties": {"x": "a b"},
        "working_directory": AGENT,
    }


@pytest.mark.parametrize("content", [b"<agent/>", b"<service/>", b"no XML", b""])
def test_another_file_with_its_name_is_none_of_winsw(content):
    assert read_winsw(content) is None


def test_a_java_that_came_with_the_agent():
    assert wrapper_file({"path": f"{AGENT}\\bin\\agent.exe //RS//SIFAgent"}) is None
    assert service_java({"path": f"{AGENT}\\bin\\agent.exe //RS//SIFAgent"}) == {**NOTHING, "java_home": f"{AGENT}\\jre"}
    assert service_java({"path": f'"{AGENT}\\agent.exe"'}) == {**NOTHING, "java_home": f"{AGENT}\\jre"}
    # The file that could name another Java is there and could not be read.
    assert service_java({"path": f'"{AGENT}\\agent.exe"', "unknown": "locked"}) == {**NOTHING, "unknown": "locked"}


@pytest.mark.parametrize("path", ["", "system32\\agent.exe", "%ProgramFiles%\\SIF\\agent.exe", "agent.exe", "java -Dx=y", "C:agent.exe"])
def test_a_program_that_windows_looks_for_tells_nothing(path):
    assert service_java({"path": path}) == NOTHING
    assert wrapper_file({"path": path}) is None


@pytest.mark.parametrize("path", ["\\??\\C:\\SIF\\agent.exe", "%programfiles%\\agent.exe"])
def test_a_prefix_and_variables_of_an_image_path(path):
    assert service_java({"path": path, "variables": {"programfiles": "C:\\SIF"}})["java_home"] == "C:\\SIF\\jre"
