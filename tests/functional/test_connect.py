# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role connects an agent, proves it, and leaves an agent with nothing to change alone."""

from __future__ import annotations

import collections
import subprocess

import pytest
from conftest import CANVAS, STATE, STORE_PASSWORD
from lab import Agent, Zis, wait_for

CONNECT = "k12.sif.connect"


def test_http_in_four_beats(agent, zis, plays, district):
    agent.control("start")
    before = agent.checksums()

    check = plays.run(CONNECT, {"maple": district}, "--check", "--diff")
    assert check.status == 0, check.output
    assert check.changed and CANVAS in check.output
    assert agent.checksums() == before
    assert zis.zone(CANVAS).agent("PowerSchool") is None

    first = plays.run(CONNECT, {"maple": district}, "--diff")
    assert first.status == 0, first.output
    seen = zis.zone(CANVAS).agent("PowerSchool")
    assert (seen["mode"], seen["sleeping"], seen["register_count"]) == ("Pull", False, 1)

    after = agent.checksums()
    again = plays.run(CONNECT, {"maple": district}, "--check")
    assert (again.status, again.changed) == (0, []), again.output
    second = plays.run(CONNECT, {"maple": district})
    assert (second.status, second.changed) == (0, []), second.output
    assert agent.checksums() == after
    assert zis.zone(CANVAS).agent("PowerSchool")["register_count"] == 1, "the agent was restarted without need"


@pytest.mark.parametrize("method", ["HTTP", "HTTPS"])
def test_private_ca_is_refused_before_and_trusted_after(agent, zis, plays, https_district, method):
    """Method HTTP with an https:// URL reads the JVM's cacerts, method HTTPS the store of agent.cfg."""
    wanted = dict(https_district, sif_agent_method=method)
    if method == "HTTP":
        for name in ("sif_agent_trust_store", "sif_agent_key_store"):
            del wanted[name]
    without = dict(wanted, sif_agent_certificates=[], sif_agent_proof_timeout=4)

    before = agent.checksums()
    refused = plays.run(CONNECT, {"oak": without})
    assert refused.status != 0
    assert "PKIX path building failed" in refused.failures[-1] and "Nothing was touched" in refused.failures[-1], refused.failures
    assert agent.checksums() == before and not agent.running

    trusted = plays.run(CONNECT, {"oak": wanted})
    assert trusted.status == 0, trusted.output
    assert zis.zone(CANVAS).agent("PowerSchool")["secure"] is True

    second = plays.run(CONNECT, {"oak": wanted})
    assert (second.status, second.changed) == (0, []), second.output


def test_a_private_ca_that_was_imported_by_hand_is_trusted_for_the_proof(zis, plays, https_district, authority):
    store = https_district["sif_agent_trust_store"]
    command = ["keytool", "-importcert", "-noprompt", "-alias", "hand", "-file", str(authority.ca), "-keystore", store]
    subprocess.run([*command, "-storepass", "changeit"], check=True, capture_output=True)
    result = plays.run(CONNECT, {"oak": dict(https_district, sif_agent_certificates=[])})
    assert result.status == 0, result.output
    assert zis.zone(CANVAS).agent("PowerSchool")["secure"] is True


@pytest.mark.parametrize("method", ["HTTP", "HTTPS"])
def test_an_unchanged_host_costs_at_most_four_module_executions(plays, district, https_district, method):
    wanted = https_district if method == "HTTPS" else district
    assert plays.run(CONNECT, {"oak": wanted}).status == 0
    second = plays.run(CONNECT, {"oak": wanted}, "-vvv")
    assert (second.status, second.changed) == (0, []), second.output
    assert len(second.module_executions) <= 4, second.module_executions
    assert second.module_executions.count("slurp") == (2 if method == "HTTPS" else 1)
    plans = collections.Counter(item["action"] for item in second.results if item["status"] != "skipped")
    assert plans["k12.sif.agent_cfg"] == 1
    assert plans["k12.sif.truststore"] == (1 if method == "HTTPS" else 0)


def test_an_agent_that_saves_its_old_file_at_stop_keeps_the_new_settings(agent, zis, plays, district):
    agent.environment(AGENT_ARGS="--save-at-stop")
    agent.control("start")
    wait_for(lambda: zis.zone(STATE).agent("PowerSchool") or "Agent is running" in agent.log, "the agent is up")
    result = plays.run(CONNECT, {"maple": district})
    assert result.status == 0, result.output
    agent.control("stop")
    assert CANVAS in agent.config.read_text(encoding="utf-8")
    agent.control("start")
    wait_for(lambda: zis.zone(CANVAS).agent("PowerSchool")["register_count"] == 2, "the agent registered again")


def test_a_stopped_agent_is_started(agent, zis, plays, district):
    assert plays.run(CONNECT, {"maple": district}).status == 0
    agent.control("stop")
    result = plays.run(CONNECT, {"maple": district})
    assert result.status == 0, result.output
    assert agent.running and zis.zone(CANVAS).agent("PowerSchool")["sleeping"] is False


def test_an_agent_that_the_zis_forgot_is_restarted(agent, zis, plays, district):
    assert plays.run(CONNECT, {"maple": district}).status == 0
    zis.zone(CANVAS).fault("drop_registration", agent="PowerSchool")
    result = plays.run(CONNECT, {"maple": district})
    assert result.status == 0, result.output
    assert zis.zone(CANVAS).agent("PowerSchool")["register_count"] == 2


def test_an_agent_that_is_refused_is_found_out(agent, zis, plays, district):
    zis.zone(CANVAS).fault("refuse_registration", agent="PowerSchool")
    result = plays.run(CONNECT, {"maple": dict(district, sif_agent_proof_timeout=4)})
    assert result.status != 0
    assert "does not confirm it" in result.failures[-1]
    assert agent.running


@pytest.mark.parametrize("code", [(4, 3), (6, 1)])
def test_an_agent_whose_provision_is_refused_is_found_out(agent, zis, plays, district, code):
    """In a zone without providers, and the agent did not provide before."""
    zis.zone(CANVAS).fault("refuse_provision", category=code[0], code=code[1])
    result = plays.run(CONNECT, {"maple": dict(district, sif_agent_proof_timeout=4)})
    assert result.status != 0
    told = result.failures[-1]
    assert f"Category={code[0]}; Code={code[1]}" in told and "Restored as before this run" in told, result.failures


def test_an_agent_that_is_to_provide_nothing_need_not(zis, plays, district):
    zis.zone(CANVAS).fault("refuse_provision")
    result = plays.run(CONNECT, {"maple": dict(district, sif_agent_provides=False)})
    assert result.status == 0, result.output


def test_no_password_is_shown_whatever_the_verbosity(plays, https_district, program):
    secret = "geheim-4711"
    options = {"javax.net.ssl.trustStorePassword": secret, "adk.encryption.key": secret, "lab.something": "shown-4712"}
    wanted = dict(https_district, sif_agent_system_properties=options)
    for playbook in (CONNECT, "k12.sif.verify"):
        result = plays.run(playbook, {"oak": wanted}, "-vvv", "--check")
        assert secret not in result.output and secret not in str(result.results)
        assert "shown-4712" in result.output


def test_values_given_on_the_command_line_are_numbers(agent, zis, plays, district):
    """Text for Ansible."""
    timeouts = {"proof_timeout": 30, "proof_delay": 0, "answer_timeout": 5, "stop_timeout": 20, "guard_timeout": 300}
    given = [word for name, value in timeouts.items() for word in ("-e", f"sif_agent_{name}={value}")]
    result = plays.run(CONNECT, {"maple": district}, *given)
    assert result.status == 0, result.output
    assert any(item["result"].get("point", {}).get("name") for item in result.results)


def test_a_slow_zis_does_not_make_the_proof_longer_than_it_may_be(agent, zis, plays, district):
    assert plays.run(CONNECT, {"maple": district}).status == 0
    zis.zone(CANVAS).fault("slow", seconds=3, message="SIF_Ping")
    zis.zone(CANVAS).fault("refuse_registration")
    zis.zone(CANVAS).fault("drop_registration")
    wanted = dict(district, sif_agent_proof_timeout=6, sif_agent_proof_delay=1, sif_agent_answer_timeout=4)
    result = plays.run(CONNECT, {"maple": wanted})
    assert result.status != 0 and "does not confirm it" in result.failures[-1], result.failures
    proofs = [item["result"] for item in result.results if item["action"] == "k12.sif.zone_info" and item["result"].get("attempts", 1) > 1]
    assert all(proof["attempts"] <= 3 for proof in proofs), proofs


@pytest.mark.parametrize("change", [{}, {"sif_agent_school_year": "2025-2026"}])
def test_a_zone_that_sleeps_restarts_nobody(agent, zis, plays, district, change):
    assert plays.run(CONNECT, {"maple": district}).status == 0
    zis.zone(CANVAS).configure(asleep=True)
    before, process = agent.checksums(), agent.process_id
    result = plays.run(CONNECT, {"maple": {**district, **change}})
    assert result.status != 0 and result.changed == []
    assert "asleep" in result.failures[-1] and "Nothing was touched" in result.failures[-1], result.failures
    assert agent.checksums() == before and agent.process_id == process


def test_an_agent_is_restarted_when_somebody_says_so(agent, zis, plays, district):
    assert plays.run(CONNECT, {"maple": district}).status == 0
    process = agent.process_id
    result = plays.run(CONNECT, {"maple": district}, "-e", "sif_agent_restart=true")
    assert result.status == 0, result.output
    assert agent.process_id != process and zis.zone(CANVAS).agent("PowerSchool")["register_count"] == 2


def test_an_agent_whose_objects_another_one_provides_is_found_out(agent, zis, plays, district, program, tmp_path):
    """The ZIS registers it, awake and in Pull mode, and refuses what it wants to provide (6/4)."""
    old = Agent(tmp_path / "old", program.jar, program.java_home)
    try:
        first = {**district, **old.commands(), "sif_agent_config_path": str(old.config), "sif_agent_id": "OldSIS"}
        assert plays.run(CONNECT, {"old": first}).status == 0
        result = plays.run(CONNECT, {"maple": dict(district, sif_agent_proof_timeout=4)})
        assert result.status != 0
        seen = zis.zone(CANVAS).agent("PowerSchool")
        assert (seen["mode"], seen["provides"]) == ("Pull", [])
        assert "only other agents are listed as providers in this zone: OldSIS" in result.failures[-1], result.failures
    finally:
        old.kill()


def test_a_key_store_is_made_once_where_there_is_none(agent, zis, plays, https_district):
    made = agent.directory / "Made.ks"
    wanted = dict(https_district, sif_agent_key_store=str(made), sif_agent_key_store_create=True)
    check = plays.run(CONNECT, {"oak": wanted}, "--check")
    assert check.status == 0 and not made.exists(), check.output
    first = plays.run(CONNECT, {"oak": wanted})
    assert first.status == 0, first.output
    assert zis.zone(CANVAS).agent("PowerSchool")["secure"] is True
    assert made.stat().st_mode & 0o777 == 0o600
    content = made.read_bytes()
    second = plays.run(CONNECT, {"oak": wanted})
    assert (second.status, second.changed, made.read_bytes()) == (0, [], content), second.output


def test_a_zis_that_wants_client_certificates_is_asked_with_one(tmp_path, agent, plays, https_district, authority):
    """The agent shows that of its key store, the proof the one given for it."""
    command = ["keytool", "-exportcert", "-rfc", "-alias", "agent", "-keystore", https_district["sif_agent_key_store"]]
    own = subprocess.run([*command, "-storepass", STORE_PASSWORD], check=True, capture_output=True, text=True).stdout
    accepted = tmp_path / "accepted.pem"
    accepted.write_text(own + authority.ca.read_text())
    (tmp_path / "strict").mkdir()
    strict = Zis(tmp_path / "strict", [CANVAS], authority.cert, authority.key, "--client-ca", str(accepted))
    try:
        wanted = {**https_district, "sif_agent_zis_url": f"{strict.https}/{CANVAS}"}
        before = agent.checksums()
        refused = plays.run(CONNECT, {"oak": wanted})
        assert "no restart of the agent can change that" in refused.failures[-1], refused.output
        assert "set sif_agent_proof_certificate and sif_agent_proof_key" in refused.failures[-1], refused.failures
        assert agent.checksums() == before and strict.zone(CANVAS).agents() == []
        key = authority.key.read_text()
        wanted.update(sif_agent_proof_certificate=authority.cert.read_text(), sif_agent_proof_key=key)
        first = plays.run(CONNECT, {"oak": wanted}, "-vvv")
        assert first.status == 0, first.output
        assert strict.zone(CANVAS).agent("PowerSchool")["secure"] is True
        assert key.splitlines()[1] not in first.output
        second = plays.run(CONNECT, {"oak": wanted})
        assert (second.status, second.changed) == (0, []), second.output
    finally:
        strict.stop()
