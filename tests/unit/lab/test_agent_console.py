# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab agent's console saves agent.cfg as a real agent does."""

from __future__ import annotations

import difflib

import agent_jar
import pytest

CONFIG = (
    '<agent id="T" sifVersion="2.3"><zone id="Z" url="http://h/Z">'
    '<property name="lab.schoolYear" value="2025-2026"/></zone><template id="Default"/>{}</agent>'
)


@pytest.fixture
def console(lab_agent_jar, tmp_path):
    config = tmp_path / "agent.cfg"

    def run(*action, content="", status=0):
        """Run an action on the given content, on a plain configuration, or with None on the file as it stands."""
        if content is not None:
            config.write_bytes((content or CONFIG.format("")).encode())
        before = config.read_bytes()
        done = agent_jar.java(lab_agent_jar, "console", "--config", str(config), *action)
        assert done.returncode == status, done.stderr
        if status:
            assert config.read_bytes() == before
            return done.stderr
        return config.read_bytes().decode()

    run.config = config
    return run


def test_files_saved_by_a_real_agent_are_reproduced_byte_for_byte(console, conformance):
    saved = sorted((conformance / "saved").glob("*.cfg"))
    assert len(saved) >= 7
    for expected in saved:
        console.config.write_bytes((conformance / "corpus" / expected.name).read_bytes())
        assert console("save", content=None).encode() == expected.read_bytes(), expected.name


def _changed_lines(before: str, after: str) -> list[str]:
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


@pytest.mark.parametrize(
    ("action", "changed"),
    [
        (("set-year", "Z", "2026-2027"), ['-"2025-2026"', '+"2026-2027"']),
        (("set-mode", "Z", "Pull"), ['+        <property name="adk.messaging.mode" value="Pull"/>']),
        (("set-smp", "Z", "off"), ['+        <plugin enabled="false" name="StateMessaging"/>']),
        (("set-schools", "Z", "100,001"), ["+<schools>", '+"100"', '+"001"', "+</schools>"]),
        (("set-schools", "Z", ""), ["+        <schools/>"]),
        (("set-property", "agent", "a", "b"), ['+    <property name="a" value="b"/>']),
        (("set-property", "template:Default", "a", "b"), ["-<template", "+<template", "+<property", "+</template"]),
    ],
)
def test_one_setting_is_changed(console, action, changed):
    before = console("save")
    lines = [line for line in _changed_lines(before, console(*action)) if line[0] != "?"]
    assert len(lines) == len(changed)
    for line, expected in zip(lines, changed):
        assert line[0] == expected[0] and expected[1:].strip() in line


@pytest.mark.parametrize(
    "action", [("set-year", "Absent", "2026-2027"), ("set-smp", "Z", "maybe"), ("set-year", "Z"), ("reboot",), ()]
)
def test_a_wrong_action_changes_nothing(console, action):
    assert console(*action, status=2)


def test_the_file_is_normalized_as_by_a_real_agent(console):
    content = CONFIG.format(
        '<!-- kept --><mappings id="M"><object object="O"><field sifVersion="2.3" direction="INBOUND" valueset="">'
        ' Rule </field></object><valueset id="V"><value name="a" default="both">1</value>'
        '<value name="b" default="true">2</value></valueset></mappings>'
    )
    saved = console("save", content=content)
    for line in (
        "    <!-- kept -->\r\n",
        '<field direction="inbound" name="" sifVersion="=2.3">Rule</field>\r\n',
        '<value name="a">1</value>\r\n',
        '<value default="both" ifnull="suppress" name="b">2</value>\r\n',
    ):
        assert line in saved
    assert console("save", content=None) == saved, "a second save changes nothing"


def test_a_comment_or_cdata_in_a_rule_grows_at_every_save(console):
    content = CONFIG.format(
        '<mappings id="M"><object object="O"><field name="A">LocalId<!-- c -->Tail</field>'
        '<field name="B"><![CDATA[A/B]]></field></object></mappings>'
    )
    first = console("save", content=content)
    assert '<field name="A">LocalIdTail' in first and "<![CDATA[A/B]]>A/B</field>" in first
    assert len(console("save", content=None)) > len(first)


def test_the_file_is_written_in_place_through_a_link(console, tmp_path):
    real = tmp_path / "real.cfg"
    real.write_text(CONFIG.format(""))
    inode = real.stat().st_ino
    console.config.symlink_to(real)
    console("set-mode", "Z", "Push", content=None)
    assert console.config.is_symlink() and real.stat().st_ino == inode
    assert 'value="Push"' in real.read_text()


def test_the_example_is_a_file_that_an_agent_takes(lab_agent_jar):
    example = agent_jar.AGENT_DIR / "example-agent.cfg"
    (verdict,) = agent_jar.check(lab_agent_jar, example)
    assert verdict["ok"]
    assert [zone["id"] for zone in verdict["zones"]] == ["STATE_REPORTING"]
    (mappings,) = verdict["mappings"]
    assert set(mappings["objects"]) == {"SchoolInfo", "StudentPersonal", "StudentSchoolEnrollment", "StaffPersonal"}
