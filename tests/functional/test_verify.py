# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verify is silent on a healthy agent, names what is wrong, and changes nothing. One lab for all tests: only the plants differ."""

from __future__ import annotations

import json
import os
import re
import signal
import time

import pytest
from conftest import CANVAS, STATE, STORE_PASSWORD
from lab import Agent, Plays, Zis, wait_for

VERIFY = "k12.sif.verify"
SOURCE_ID = "PowerSchool"
HOMEROOM = """<field name="HOMEROOM">SIF_ExtendedElements/SIF_ExtendedElement[@Name='homeroom']</field>"""


@pytest.fixture(scope="module")
def zis(tmp_path_factory, authority):
    zis = Zis(tmp_path_factory.mktemp("zis"), [CANVAS, STATE], authority.cert, authority.key)
    yield zis
    zis.stop()


@pytest.fixture(scope="module")
def agent(tmp_path_factory, program):
    agent = Agent(tmp_path_factory.mktemp("verify") / "agent", program.jar, program.java_home)
    yield agent
    agent.kill()


@pytest.fixture(scope="module")
def plays(tmp_path_factory):
    return Plays(tmp_path_factory.mktemp("plays"))


class Lab:
    """A connected agent, and the means to plant what is wrong with it."""

    def __init__(self, agent, zis, plays, variables):
        self.agent, self.zone, self.plays, self.variables = agent, zis.zone(CANVAS), plays, variables
        self._healthy = None
        self.must_restart = False

    @property
    def _files(self):
        return [self.agent.config, *self.agent.directory.glob("*.ks")]

    def connect(self):
        connected = self.plays.run("k12.sif.connect", {"oak": self.variables})
        assert connected.status == 0, connected.output
        self._healthy = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in self._files}

    def heal(self):
        for path, (content, changed) in self._healthy.items():
            path.write_bytes(content)
            os.utime(path, ns=(changed, changed))
        self.zone.clear_faults()
        self.zone.configure(asleep=False)
        seen = self.zone.agent(SOURCE_ID)
        if self.must_restart or seen is None or seen["sleeping"] or not self.agent.running:
            self.must_restart = False
            self.agent.control("stop")
            self.agent.control("start")
            wait_for(self.registered, "the agent is registered and awake")

    def registered(self):
        seen = self.zone.agent(SOURCE_ID)
        return seen is not None and not seen["sleeping"] and seen["last_poll_at"] is not None

    def edited_copy(self, name, pattern, replacement):
        """Another agent.cfg beside the agent's own, as old as that; returns its path."""
        text = self.agent.config.read_bytes().decode("utf-8")
        changed, count = re.subn(pattern, replacement, text, flags=re.DOTALL)
        assert count == 1, f"{pattern} was found {count} times in {text}"
        path, before = self.agent.directory / name, self.agent.config.stat().st_mtime_ns
        path.write_bytes(changed.encode("utf-8"))
        os.utime(path, ns=(before, before))
        return str(path)

    def state(self):
        """Everything that a run must leave alone."""
        seen = self.zone.agent(SOURCE_ID) or {}
        kept = ("mode", "sleeping", "register_count", "registered_at", "queue_length", "provides", "subscribes")
        times = {str(path): path.stat().st_mtime_ns for path in self._files}
        return self.agent.checksums(), times, {key: seen.get(key) for key in kept}

    def verify(self, *options, **changes):
        return self.plays.run(VERIFY, {"oak": {**self.variables, **changes}}, *options)


@pytest.fixture(scope="module")
def shared():
    return {}


@pytest.fixture
def lab(shared, agent, zis, plays, https_district):
    """The healthy lab; connected by the first test that asks."""
    if "lab" not in shared:
        variables = {
            **https_district,
            "sif_agent_school_year": "current",
            "sif_agent_mappings": [{"fragment": f'<object object="StudentPersonal">{HOMEROOM}</object>'}],
        }
        shared["lab"] = Lab(agent, zis, plays, variables)
        shared["lab"].connect()
    shared["lab"].heal()
    return shared["lab"]


def checks(result, host="oak"):
    """The checks of a host, by name."""
    facts = [item["result"].get("ansible_facts", {}) for item in result.results if item["host"] == host]
    reports = [fact["sif_agent_verify_result"] for fact in facts if "sif_agent_verify_result" in fact]
    assert len(reports) == 1, result.output
    return {check["name"]: check for check in reports[0]["checks"]}


def assert_failing(found, expected, words):
    """Exactly these checks fail, each with a remedy, and their evidence has these words."""
    failing = [check for check in found.values() if check["result"] == "fail"]
    assert {check["name"] for check in failing} == expected, found
    told = " ".join(check["evidence"] for check in failing)
    assert words in told, told
    assert all(check["remedy"] for check in failing), failing


def test_a_healthy_agent_passes_all_checks_and_nothing_changes(lab):
    before = lab.state()
    for options in (["-vvv"], ["--check"]):
        result = lab.verify(*options)
        found = checks(result)
        assert {check["result"] for check in found.values()} == {"pass"}, found
        assert not any(check["remedy"] for check in found.values())
        assert (result.status, result.changed) == (0, [])
        assert len(result.module_executions) <= 8, result.module_executions
    assert lab.state() == before
    registered = lab.zone.agent(SOURCE_ID)["register_count"]
    assert registered == 1, "the run made the agent register again, or registered in its name"
    assert f"on in {STATE}" in found["smp"]["evidence"], "what other zones have is told"


SMP = '<plugin name="StateMessaging" enabled="true"/>'
TRANSPORT = 'name="adk.messaging.transport" value="'
YEAR = 'name="lab.schoolYear" value="'


def in_zone(pattern, replacement):
    """An edit inside the Canvas zone of an agent.cfg."""
    return rf'(<zone id="{CANVAS}"(?:(?!</zone>).)*?){pattern}', rf"\g<1>{replacement}"


# The edit of agent.cfg; the checks that must fail, and no others; words of their evidence.
EDITS = {
    "wrong-zis-url": (in_zone('url="https://', 'url="https://old.'), {"zis_url"}, "https://old."),
    "wrong-zone-id": ((f'id="{CANVAS}"', f'id="{CANVAS.lower()}"'), {"zone_id"}, f"no zone {CANVAS}, but"),
    "push": (in_zone('value="Pull"', 'value="Push"'), {"mode"}, "Push"),
    "method-http": (
        in_zone(TRANSPORT + 'https"', TRANSPORT + 'http"'),
        {"method", "trust_store", "certificate", "zis_reachable"},
        "uses method HTTP, the inventory says HTTPS",
    ),
    "http-url-with-https": (in_zone('url="https:', 'url="http:'), {"method", "zis_url"}, "HTTPS cannot connect to http:"),
    "mapping-removed": ((re.escape(HOMEROOM), ""), {"mappings"}, "HOMEROOM"),
    "smp-on": (in_zone("</zone>", f"{SMP}</zone>"), {"smp"}, "enabled is true, should be false"),
    "last-year": (in_zone(YEAR + r"\d+-\d+", YEAR + "2020-2021"), {"school_year"}, "is 2020-2021, should be"),
    "school-shared": (
        in_zone("</schools>", '<school number="400"/></schools>'), {"schools"}, "is 001, 100, 200, 300, 400, should be 001"
    ),
    "other-setting": (in_zone('value="500"', 'value="90000"'), {"settings"}, "pullFrequency is 90000, should be 500"),
    "does-not-load": (("</agent>", ""), {"agent_cfg"}, "cannot load it"),
    "field-twice": ((re.escape(HOMEROOM), HOMEROOM * 2), {"agent_cfg"}, "HOMEROOM"),
}


@pytest.fixture(scope="module")
def edited(shared):
    """One run over as many hosts as there are edits: each is the one agent with an agent.cfg of its own."""

    def run(lab):
        if "edited" not in shared:
            hosts = {}
            for name, (edit, _expected, _words) in EDITS.items():
                path = lab.edited_copy(f"{name}.cfg", *edit)
                hosts[name] = {**lab.variables, "sif_agent_config_path": path, "sif_agent_directory": str(lab.agent.directory)}
            before = lab.state()
            shared["edited"] = lab.plays.run(VERIFY, {**hosts, "oak": lab.variables})
            assert lab.state() == before
        return shared["edited"]

    return run


@pytest.mark.parametrize("name", EDITS)
def test_a_wrong_setting_is_named(lab, edited, name):
    _edit, expected, words = EDITS[name]
    result = edited(lab)
    found = checks(result, name)
    assert_failing(found, expected, words)
    failure = [item["result"]["msg"] for item in result.results if item["host"] == name and item["status"] == "failed"][-1]
    assert failure.startswith(f"{len(expected)} of {len(found)} checks fail: ") and all(check in failure for check in expected)


def test_all_hosts_are_in_one_table_with_what_fails_first(lab, edited):
    result = edited(lab)
    assert (result.status, result.changed) == (2, [])
    tables = [item["result"]["msg"] for item in result.results if item["action"].endswith("debug") and item["status"] != "skipped"]
    assert len(tables) == 1
    assert re.match(r"HOST +RESULT +CHECK +EVIDENCE", tables[0][0])
    rows = [line.split()[:3] for line in tables[0][1:] if not line.startswith(" ")]
    assert rows[0][1] == "fail"
    fails = {(host, check) for host, verdict, check in rows if verdict == "fail"}
    assert fails == {(name, check) for name, (_edit, expected, _words) in EDITS.items() for check in expected}
    assert [verdict for host, verdict, _check in rows if host == "oak"] == ["pass"] * len(checks(result, "oak"))


def store_without_authority(lab):
    store = lab.agent.directory / "Kimono.ks"
    changed = store.stat().st_mtime_ns
    store.write_bytes((lab.agent.java_home / "lib" / "security" / "cacerts").read_bytes())
    os.utime(store, ns=(changed, changed))


def forgotten(lab):
    answered = lab.agent.log.count("Category=4; Code=9")
    lab.zone.fault("drop_registration", agent=SOURCE_ID)
    wait_for(lambda: lab.agent.log.count("Category=4; Code=9") > answered, "the agent's poll is refused")


def changed_after_start(lab):
    """A minute late, because within seconds of the start a change is not told from the start."""
    late = time.time() + 60
    os.utime(lab.agent.config, (late, late))


def provision_refused(lab):
    """After it was accepted once: the ZIS goes on to list what the agent provided before."""
    lab.must_restart = True
    lab.zone.fault("refuse_provision", times=1)
    lab.agent.control("stop")
    lab.agent.control("start")
    wait_for(lambda: "Category=4; Code=3" in lab.agent.log, "the provision is refused")


LIVE = {
    "untrusted": (
        store_without_authority, {"certificate", "trust_store", "zis_reachable"}, "CN=localhost, issued by CN=Kimono Lab CA"
    ),
    "no-key-store": (lambda lab: (lab.agent.directory / "Agent.ks").unlink(), {"key_store"}, "Agent.ks, which is not there"),
    "stopped": (lambda lab: lab.agent.control("stop"), {"agent_running", "agent_awake"}, "does not run"),
    "changed-after-start": (changed_after_start, {"agent_restarted"}, "agent.cfg was changed"),
    "forgotten": (forgotten, {"registered", "log"}, "4/9"),
    "provision-refused": (provision_refused, {"log"}, "Category=4; Code=3"),
    "zone-asleep": (lambda lab: lab.zone.configure(asleep=True), {"zone_ready"}, "sleeping"),
}


@pytest.mark.parametrize("name", LIVE)
def test_what_went_wrong_around_agent_cfg_is_named_and_left_as_it_is(lab, name, tmp_path):
    plant, expected, words = LIVE[name]
    plant(lab)
    before = lab.state()
    result = lab.verify(sif_agent_verify_directory=str(tmp_path / "reports"))
    found = checks(result)
    assert_failing(found, expected, words)
    assert (result.status, result.changed) == (2, [])
    assert lab.state() == before

    report = tmp_path / "reports" / "oak.json"
    document = json.loads(report.read_text(encoding="utf-8"))
    assert (document["host"], document["passed"], set(document["failed"])) == ("oak", False, expected)
    assert document["checks"] == list(found.values())
    assert report.stat().st_mode & 0o777 == 0o600
    assert STORE_PASSWORD not in report.read_text(encoding="utf-8")


def test_messages_that_wait_at_the_zis_go_on_waiting(lab):
    """The agent is held, so that it does not fetch them itself."""
    process = lab.agent.process_id
    os.kill(process, signal.SIGSTOP)
    try:
        for _count in range(3):
            lab.zone.request("StudentPersonal", source_id=SOURCE_ID, wait=0)
        before = [(item["msg_id"], item["deliveries"]) for item in lab.zone.queue(SOURCE_ID)]
        result = lab.verify()
        assert (result.status, result.changed) == (0, []), result.output
        assert [(item["msg_id"], item["deliveries"]) for item in lab.zone.queue(SOURCE_ID)] == before and len(before) == 3
    finally:
        os.kill(process, signal.SIGCONT)


def test_who_learns_nothing_does_not_say_that_all_is_well(lab, tmp_path):
    result = lab.verify(sif_agent_trust_store_password="wrong", sif_agent_verify_directory=str(tmp_path))
    document = json.loads((tmp_path / "oak.json").read_text(encoding="utf-8"))
    assert (result.status, document["passed"]) == (2, False), result.output
    assert {"certificate", "zis_reachable", "registered", "provides"} <= set(document["unproved"])
    failure = [item["result"]["msg"] for item in result.results if item["status"] == "failed"][-1]
    assert "nobody can say that the agent is connected: certificate, " in failure


def test_warnings_do_not_fail_and_failing_can_be_switched_off(lab):
    result = lab.verify(sif_agent_verify_expiry_days=365)
    assert (result.status, checks(result)["certificate"]["result"]) == (0, "warn")
    changed_after_start(lab)
    result = lab.verify(sif_agent_verify_fail=False)
    assert (result.status, checks(result)["agent_restarted"]["result"]) == (0, "fail")


def test_it_can_be_the_last_step_of_the_role_that_connects(lab):
    result = lab.plays.run("k12.sif.connect", {"oak": {**lab.variables, "sif_agent_verify_at_end": True}})
    assert (result.status, result.changed) == (0, []), result.output
    assert {check["result"] for check in checks(result).values()} == {"pass"}
    changed_after_start(lab)
    result = lab.plays.run("k12.sif.connect", {"oak": {**lab.variables, "sif_agent_verify_at_end": True}})
    assert (result.status, result.changed) == (2, []), result.output
    assert "agent_restarted" in result.failures[-1]
