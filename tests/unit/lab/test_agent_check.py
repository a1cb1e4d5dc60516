# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab agent reads agent.cfg exactly as a real ADK agent does."""

from __future__ import annotations

import json
import pathlib

import agent_jar
import pytest


VARIANTS = pathlib.Path(__file__).resolve().parents[1] / "fixtures" / "variants"


def _expected_variants():
    expected = json.loads((VARIANTS / "expected.json").read_text())
    return {VARIANTS / f"{name}.cfg": verdict for name, verdict in expected.items()}


def _expected_corpus(conformance):
    files = sorted((conformance / "corpus").glob("*.cfg"))
    return {file: json.loads(file.with_suffix(".json").read_text()) for file in files}


def _compared(jar, expected):
    ours = agent_jar.check(jar, *expected)
    assert len(ours) == len(expected)
    return {file.stem: pair for file, pair in zip(expected, zip(expected.values(), ours))}


@pytest.fixture(scope="module")
def verdicts(lab_agent_jar):
    """(what a real agent says, what ours says) per variant, from one run of the JVM."""
    expected = _expected_variants()
    assert len(expected) >= 84
    return _compared(lab_agent_jar, expected)


def test_every_file_that_loads_has_the_settings_of_a_real_agent(verdicts):
    differences = {name: (real, ours) for name, (real, ours) in verdicts.items() if real["ok"] and real != ours}
    assert not differences


def test_published_configurations_have_the_settings_of_a_real_agent(lab_agent_jar, conformance):
    compared = _compared(lab_agent_jar, _expected_corpus(conformance))
    assert len(compared) >= 7
    assert not {name: pair for name, pair in compared.items() if pair[0] != pair[1]}


def test_every_file_that_does_not_load_stops_at_the_same_place_with_the_same_exception(verdicts):
    def reason(verdict):
        return {key: verdict.get(key) for key in ("ok", "stage", "exception")}

    refused = {name: pair for name, pair in verdicts.items() if not pair[0]["ok"]}
    assert refused
    assert not {name: pair for name, pair in refused.items() if reason(pair[0]) != reason(pair[1])}


def test_messages_about_our_own_format_are_those_of_a_real_agent(verdicts):
    # The texts of the XML parser and of the JDK depend on their versions.
    own = [
        (real["message"], ours["message"])
        for real, ours in verdicts.values()
        if real.get("exception", "").startswith("openadk.") and not real["message"].startswith(("java.", "org."))
    ]
    assert len(own) > 8
    assert [ours for _real, ours in own] == [real for real, _ours in own]


def test_a_system_property_beats_the_agent_but_not_the_zone(lab_agent_jar, tmp_path):
    config = tmp_path / "agent.cfg"
    config.write_text(
        '<agent id="T" sifVersion="2.3"><property name="adk.messaging.pullFrequency" value="1"/>'
        '<zone id="A" url="http://h/A"/>'
        '<zone id="B" url="http://h/B"><property name="adk.messaging.pullFrequency" value="3"/></zone></agent>'
    )
    options = ("-Dadk.messaging.pullFrequency=2", "-Dadk.transport.http.port=4444")
    (verdict,) = agent_jar.check(lab_agent_jar, config, options=options)
    assert [zone["pullFrequency"] for zone in verdict["zones"]] == [2, 3]
    assert verdict["agentProperties"]["adk.messaging.pullFrequency"] == "2"
    assert verdict["transports"]["http"]["port"] == 4444


def test_entities_expand_within_the_limits_of_the_jdk(lab_agent_jar, tmp_path):
    config = tmp_path / "agent.cfg"
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    config.write_text(f'<!DOCTYPE agent [<!ENTITY e0 "0123456789">{levels}]><agent id="&e8;"/>')
    (verdict,) = agent_jar.check(lab_agent_jar, config)
    assert (verdict["stage"], verdict["exception"]) == ("read", "openadk.library.tools.cfg.ADKConfigException")
    assert "64000" in verdict["message"]
    config.write_text(f'<!DOCTYPE agent [<!ENTITY e0 "0123456789">{levels}]><agent id="&e3;"/>')
    assert len(agent_jar.check(lab_agent_jar, config)[0]["sourceId"]) == 10000


def test_a_transport_property_without_value_changes_nothing(lab_agent_jar, tmp_path):
    config = tmp_path / "agent.cfg"
    config.write_text(
        '<agent id="T"><transport protocol="http"><property name="port" value="1"/><property name="port"/></transport></agent>'
    )
    (verdict,) = agent_jar.check(lab_agent_jar, config)
    assert verdict["transports"]["http"]["port"] == 1


@pytest.mark.parametrize(("written", "saved"), [("int", "INT"), ("uint", "uint"), ("string", None)])
def test_a_data_type_is_no_effective_setting_and_is_saved_in_capitals(lab_agent_jar, tmp_path, written, saved):
    config = tmp_path / "agent.cfg"
    config.write_text(
        f'<agent id="T"><mappings id="M"><object object="O"><field name="A" datatype="{written}">X</field></object></mappings></agent>'
    )
    (verdict,) = agent_jar.check(lab_agent_jar, config)
    (rule,) = verdict["mappings"][0]["objects"]["O"]["rules"]
    assert rule == {"key": "A", "name": "A", "rule": "X", "ruleType": "XPathRule"}
    assert agent_jar.java(lab_agent_jar, "save", str(config)).returncode == 0
    assert (f'datatype="{saved}"' in config.read_text()) if saved else ("datatype" not in config.read_text())


@pytest.mark.parametrize(
    ("body", "stage", "message"),
    [
        ('<zone id="Z" url="localhost:7080/Z"/>', "apply", "Zone URL is malformed: localhost:7080/Z"),
        ('<zone id=" " url="http://h/Z"/>', "apply", "<zone> cannot have an empty id attribute"),
        ('<transport protocol="carrier"/>', "apply", "'carrier'"),
        ('<transport protocol="http"><property value="1"/></transport>', "apply", "null"),
        ('<mappings><property value="1"/></mappings>', "read", "is null"),
        ('<mappings><valueset id="V"><value>1</value></valueset></mappings>', "read", "name= attribute is required"),
        ('<mappings sifVersion="23"/>', "read", ""),
    ],
)
def test_what_stops_the_agent(lab_agent_jar, tmp_path, body, stage, message):
    config = tmp_path / "agent.cfg"
    config.write_text(f'<agent id="T" sifVersion="2.3">{body}</agent>')
    (verdict,) = agent_jar.check(lab_agent_jar, config)
    assert (verdict["ok"], verdict["stage"]) == (False, stage)
    assert message in verdict["message"]
