# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module k12.sif.agent_cfg as Ansible runs it."""

from __future__ import annotations

import datetime
import os
import stat
import time

import pytest
from ansible_collections.k12.sif.plugins.action.agent_cfg import ActionModule
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.model import load
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.school_year import SchoolYear
from ansible_collections.k12.sif.plugins.plugin_utils._host.action import InputError
from ansible_collections.k12.sif.tests.unit.agent_cfg_mutations import mutated, sources
from ansible_collections.k12.sif.tests.unit.plugins.action.playbook import act, play

# As the agent of a product saves it: attributes sorted and wrapped, CRLF.
PRODUCT = """<?xml version="1.0" encoding="UTF-8"?>
<agent id="PowerSchool" sifVersion="2.4">
    <property name="adk.messaging.maxBufferSize" value="393216"/>
    <property name="jdbc.url"
        value="jdbc:oracle:thin:@db;user=sif;password=0lds3cret"/>
    <template id="Default">
        <property name="adk.messaging.pullFrequency"
            value="30000"/>
    </template>
    <zone id="STATE" template="Default"
        url="http://state.example.org:7080/STATE">
        <property name="lab.schoolYear" value="2025-2026"/>
        <plugin enabled="true" name="StateMessaging"/>
    </zone>
    <zone id="LIBRARY" template="Default" url="http://zis.example.org/LIBRARY">
        <property name="lab.schoolYear" value="2025-2026"/>
        <schools>
            <school number="100"/>
        </schools>
    </zone>
    <transport enabled="true" protocol="http"/>
    <transport enabled="false" protocol="https">
        <property name="keyStore" value="Agent.ks"/>
        <property name="keyStorePassword" value="0lds3cret"/>
    </transport>
    <mappings id="Default">
        <object object="StudentPersonal">
            <field name="STUDENT_NUM"
                sifVersion="=2.4">LocalId</field>
            <field name="OLD">Name/Old</field>
        </object>
    </mappings>
</agent>
""".replace("\n", "\r\n")
CANVAS = {"id": "CANVAS", "url": "https://zis.example.org/CANVAS", "method": "https"}
# What Ansible prints of the playbook itself must not look like the secret.
SECRET = "{{ 'n3w' ~ 's3cret' }}"
CURRENT = SchoolYear.of(datetime.date.today())


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "agent.cfg"
    path.write_bytes(PRODUCT.encode())
    return path


def task(path, check=False, diff=False, **settings):
    return {"k12.sif.agent_cfg": {"path": str(path), **settings}, "check_mode": check, "diff": diff}


def diff_lines(output):
    """The changed lines of the differences that Ansible printed."""
    return [line for line in output.splitlines() if line.startswith(("+", "-")) and not line.startswith(("+++", "---"))]


def state_zone(text):
    start = text.index('<zone id="STATE"')
    return text[start : text.index("</zone>", start)]


def test_check_run_check_again_run_again(tmp_path, config):
    config.chmod(0o640)
    wish = {"zones": [CANVAS], "backup": True}
    plan, made, replanned, again = play(
        tmp_path,
        task(config, check=True, diff=True, **wish),
        task(config, diff=True, **wish),
        task(config, check=True, **wish),
        task(config, **wish),
    ).results
    assert [result["changed"] for result in (plan, made, replanned, again)] == [True, True, False, False]
    assert plan["changes"] == made["changes"] and plan["diff"] == made["diff"] and not again["changes"]
    with open(made["backup_file"], "rb") as backup:
        assert backup.read() == PRODUCT.encode()
    assert stat.S_IMODE(config.stat().st_mode) == 0o640
    assert (made["source_id"], made["sif_version"]) == ("PowerSchool", "2.4")
    assert [store["zone"] for store in made["trust_stores"]] == ["STATE", "LIBRARY", "CANVAS"]
    assert state_zone(config.read_bytes().decode()) == state_zone(PRODUCT)
    assert b"\n" not in config.read_bytes().replace(b"\r\n", b"")


# One setting each, and the lines that its difference consists of.
ONE_SETTING = [
    (
        {"zones": [{"id": "STATE", "url": "http://state.example.org:7081/STATE"}]},
        [
            '-        url="http://state.example.org:7080/STATE">',
            '+        url="http://state.example.org:7081/STATE">',
        ],
    ),
    (
        {"templates": [{"id": "Default", "properties": {"adk.messaging.pullFrequency": 60000}}]},
        ['-            value="30000"/>', '+            value="60000"/>'],
    ),
    (
        {"zones": [{"id": "LIBRARY", "mode": "push"}]},
        ['+        <property name="adk.messaging.mode" value="Push"/>'],
    ),
    (
        {"mappings": [{"objects": {"StudentPersonal": {"fields": [{"name": "OLD", "state": "absent"}]}}}]},
        ['-            <field name="OLD">Name/Old</field>'],
    ),
    (
        {"transports": [{"protocol": "https", "properties": {"keyStorePassword": SECRET}}]},
        [
            '-        <property name="keyStorePassword" value="********"/>',
            '+        <property name="keyStorePassword" value="******** (changed)"/>',
        ],
    ),
    (
        {"properties": {"jdbc.url": "jdbc:oracle:thin:@db;user=sif;password=" + SECRET}},
        [
            '-        value="jdbc:oracle:thin:@db;user=sif;password=********"/>',
            '+        value="jdbc:oracle:thin:@db;user=sif;password=******** (changed)"/>',
        ],
    ),
]


def test_the_difference_of_one_setting_is_its_line(tmp_path, config):
    outcome = play(
        tmp_path, *(task(config, check=True, diff=True, **settings) for settings, _shown in ONE_SETTING), verbose=True
    )
    shown = [diff_lines(part) for part in outcome.output.split("TASK [k12.sif.agent_cfg] ")[1:]]
    assert shown == [expected for _settings, expected in ONE_SETTING]
    assert all(result["changed"] for result in outcome.results)
    assert "0lds3cret" not in outcome.output and "n3ws3cret" not in outcome.output


def test_no_error_tells_a_secret_and_nothing_is_written(tmp_path, config):
    broken = tmp_path / "broken.cfg"
    broken.write_text('<agent id="A">\n<property name="a.password" value="0lds3cret>\n<property name="b" value="c"/>\n</agent>')
    lost = tmp_path / "lost.cfg"
    lost.write_text('<agent id="A">\n<zone id="Z" url="https//u:0lds3cret@h"><property name="p.password" value="0lds3cret"/></zone></agent>')
    fragment = "<mappings id='Default'>\n<property name='a.password' value='" + SECRET + "'END\n<object object='A'>BODY</object></mappings>"
    wrong = {
        "broken.cfg, line 3: ": task(broken, mode="push"),
        "lost.cfg": task(lost, mode="push"),
        "properties.a.password: must be a text": task(config, properties={"a.password": [SECRET]}),
        "properties.b.password: the character U+0007": task(config, properties={"b.password": SECRET + "\a"}),
        "zones[0] (Z).url: ": task(config, zones=[{"id": "Z", "url": f"https://u:{SECRET}@h h/"}]),
        "fragment line 3: not well-formed XML": task(config, mappings=[{"fragment": fragment.replace("END", ">").replace("BODY", "")}]),
        "fragment line 4: field 'F' has the unknown direction 'up'": task(
            config,
            mappings=[
                {"fragment": fragment.replace("END", "/>").replace("BODY", "\n<field name='F' direction='up'>A</field>")}
            ],
        ),
        "mappings[0] (Default).objects.A.fields[0] (F): ": task(
            config, mappings=[{"objects": {"A": {"fields": [{"name": "F", "rule": "A", "direction": "up"}]}}}]
        ),
    }
    outcome = play(tmp_path, *wrong.values(), verbose=True)
    for told, result in zip(wrong, outcome.results):
        assert result["failed"] and told in result["msg"], result["msg"]
        assert "Remedy: " in result["msg"] or "lists all problems" in result["msg"], result["msg"]
    assert "0lds3cret" not in outcome.output and "n3ws3cret" not in outcome.output
    assert config.read_bytes() == PRODUCT.encode()


def test_product_settings_of_a_new_zone(tmp_path, config):
    known = [{"number": "100", "name": "Alder"}, {"number": "200", "name": "Birch"}, {"number": "001", "name": "Office"}]
    zone = {**CANVAS, "school_year": "current", "schools": {"known": known, "exclude": ["Office"]}, "smp": False}
    made, unknown, over, starts, nonsense = play(
        tmp_path,
        task(config, profile="lab", zones=[zone]),
        task(config, profile="lab", zones=[{**zone, "schools": {"known": known, "include": ["Brich"]}}]),
        task(config, check=True, profile="lab", zones=[{**zone, "school_year": "2020-2021"}]),
        task(config, check=True, profile="lab", zones=[zone], school_year_starts=_tomorrow()),
        task(config, profile="lab", zones=[zone], school_year_starts="July"),
    ).results
    text = config.read_bytes().decode()
    canvas = text[text.index('<zone id="CANVAS"') :]
    assert f'<property name="lab.schoolYear" value="{CURRENT}"/>' in canvas
    assert '<school number="100"/>' in canvas and '<school number="200"/>' in canvas and "001" not in canvas
    assert made["changed"] and state_zone(text) == state_zone(PRODUCT)
    assert unknown["failed"] and "there is no school 'Brich'; is 'Birch' meant?" in unknown["msg"]
    assert "the school year 2020-2021 is over" in over["warnings"][0]
    # A school year that begins tomorrow has not begun: current is the one before, or it is the same one.
    began = SchoolYear.of(datetime.date.today(), _tomorrow())
    assert starts["changed"] == (began != CURRENT)
    assert nonsense["failed"] and "school_year_starts: 'July' is no day of the year" in nonsense["msg"]


def _tomorrow():
    return (datetime.date.today() + datetime.timedelta(days=1)).strftime("%m-%d")


def test_zones_like_another_absent_and_untouched(tmp_path, config):
    url = "http://zis.example.org/NEW"
    copied, gone, moved = play(
        tmp_path,
        task(config, zones=[{"id": "NEW", "url": url, "like": "LIBRARY"}]),
        task(config, zones=[{"id": "LIBRARY", "state": "absent"}]),
        task(config, check=True, mode="push"),
    ).results
    assert copied["changed"] and gone["changed"]
    text = config.read_bytes().decode()
    assert "LIBRARY" not in text and state_zone(text) == state_zone(PRODUCT)
    copy = text[text.index('<zone id="NEW"') : text.index("<transport")].split("\r\n")
    assert [line.strip() for line in copy[:5]] == [
        f'<zone id="NEW" template="Default" url="{url}">',
        '<property name="lab.schoolYear" value="2025-2026"/>',
        "<schools>",
        '<school number="100"/>',
        "</schools>",
    ]
    assert any("zone STATE has no mode or method of its own" in warning for warning in moved["warnings"])


def test_a_transport_that_all_zones_share_is_told(tmp_path, config):
    enabled, properties = play(
        tmp_path,
        task(config, check=True, zones=[CANVAS]),
        task(config, check=True, transports=[{"protocol": "https", "properties": {"trustStore": "/etc/t.ks"}}]),
    ).results
    for result in (enabled, properties):
        assert any(warning.startswith("the https transport is shared by all ") for warning in result["warnings"])


def test_mappings_tell_what_changes_in_each_object(tmp_path, config):
    fragment = (
        "<object object='StudentPersonal'><field name='STUDENT_NUM' sifVersion='2.4'>RefId</field>"
        "<field name='{{ \"NEW\" | lower }}'>A/B</field></object>"
        "<valueset id='Sex'><value name='M'>1</value></valueset>"
    )
    first, second, exclusive = play(
        tmp_path,
        task(config, mappings=[{"fragment": fragment}]),
        task(config, mappings=[{"fragment": fragment}]),
        task(config, mappings=[{"fragment": fragment.replace("Personal'", "Personal' exclusive='true'")}]),
    ).results
    (told,) = first["mappings"]
    assert told["objects"] == {
        "StudentPersonal": {"added": ["new"], "changed": ["STUDENT_NUM_=2.4"], "removed": []}
    }
    assert told["valuesets"] == {"Sex": {"added": ["M"], "changed": [], "removed": []}}
    assert not second["changed"] and second["mappings"] == []
    assert exclusive["mappings"][0]["objects"]["StudentPersonal"]["removed"] == ["OLD"]
    assert config.read_bytes().count(b"<object ") == 1


def test_damaged_files_are_refused_or_planned(tmp_path):
    """K12_SIF_FUZZ sets the number of files (500 by default)."""
    config, known, loading = tmp_path / "agent.cfg", sources(), 0
    wish = {"sif_version": "2.4", "mode": "pull", "zones": [CANVAS], "properties": {"a.password": "n3ws3cret"}}
    number = int(os.environ.get("K12_SIF_FUZZ", "500"))
    for seed in range(number):
        data = mutated(seed, known)
        config.write_bytes(data)
        loads = load(data).loads
        start = time.process_time()
        try:
            result = act(ActionModule, path=str(config), **wish)
        except InputError as error:
            assert str(config) in str(error) and "n3ws3cret" not in str(error)
        else:
            assert loads, f"seed {seed}: {data[:2000]!r}"
            assert "n3ws3cret" not in repr(result)
            loading += 1
        assert time.process_time() - start < 1, f"seed {seed}"
    assert number // 10 < loading < number
