# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""k12.sif.zone_info against the lab ZIS: every failure is named, and asking changes nothing there."""

from __future__ import annotations

import datetime
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import sys

import pytest
from ansible_collections.k12.sif.plugins.module_utils._sif.arguments import ARGUMENTS
from ansible_collections.k12.sif.plugins.module_utils._sif.failures import BadInput
from ansible_collections.k12.sif.plugins.modules import zone_info
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.store import new_store


_UNIT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(_UNIT / "plugins" / "plugin_utils" / "truststore"))

import lab_network  # noqa: E402
import pki  # noqa: E402

_COLLECTIONS = pathlib.Path(zone_info.__file__).parents[5]
_DAY = datetime.timedelta(days=1)
_SIGNS_OF_LIFE = ("last_seen", "last_message")


@pytest.fixture
def ask(lab, tmp_path):
    """Asks the lab's zone as the module does, without Ansible around it."""

    def asking(**given):
        parameters = {name: argument.get("default") for name, argument in ARGUMENTS.items()}
        parameters.update(url=f"{lab.url}/Zone1", zone_id="Zone1", source_id="Agent", must_provide=False, timeout=5)
        parameters.update(given)
        return zone_info.ask(parameters, str(tmp_path))

    return asking


@pytest.fixture(scope="module")
def authority():
    return pki.issue("Lab Root")


@pytest.fixture
def https(lab, authority, tmp_path):
    """Lets the ZIS listen with a certificate, for this test only; returns the zone's URL."""
    before = list(lab.zis.listeners)

    def listen(leaf, client_ca=None):
        (tmp_path / "server.pem").write_text(leaf.pem + leaf.key_pem)
        options = {}
        if client_ca is not None:
            (tmp_path / "clients.pem").write_text(client_ca.pem)
            options["client_ca"] = str(tmp_path / "clients.pem")
        listener = lab.zis.listen("https", "127.0.0.1", 0, cert=str(tmp_path / "server.pem"), **options)
        return f"https://localhost:{listener.port}/Zone1"

    yield listen
    for listener in lab.zis.listeners[len(before):]:
        listener.stop()
    lab.zis.listeners[:] = before


def _named(result):
    failure = result["failure"]
    assert failure["detail"] and failure["meaning"] and failure["remedy"]
    assert not result["connected"]
    return failure["class"], failure["reason"]


def _state(lab):
    """Everything the ZIS knows, but for the time it last heard of an agent."""
    zones = lab.kimono().zones()
    agents = [agent for zone in ("Zone1", "Zone2") for agent in lab.kimono(zone).agents()]
    for agent in agents + [agent for zone in zones for agent in zone.get("agents", [])]:
        for name in _SIGNS_OF_LIFE:
            agent.pop(name, None)
    return zones, agents, lab.kimono().queue("Agent")


def test_asking_changes_neither_queues_nor_registrations(lab, ask):
    peer = lab.peer().joined(["StudentPersonal"], ["SchoolInfo"])
    lab.peer("Other").joined()
    lab.kimono().request("StudentPersonal", wait=0)
    lab.kimono().request("StudentPersonal", wait=0)
    before, heard = _state(lab), len(lab.kimono().messages(limit=1000))
    assert len(before[2]) == 2
    for dummy in range(3):
        assert ask()["connected"]
    assert _state(lab) == before
    said = lab.kimono().messages(limit=1000)[heard:]
    assert [message["type"] for message in said] == ["SIF_Ping", "SIF_GetZoneStatus"] * 3
    assert {message["source_id"] for message in said} == {"Agent"}
    assert peer.pull() is not None


def test_asking_neither_registers_nor_wakes_anybody(lab, ask):
    assert _named(ask(source_id="Nobody")) == ("sif_error", None)
    lab.peer().joined().system("SIF_Sleep")
    assert _named(ask()) == ("agent", "sleeping")
    assert [(agent["source_id"], agent["sleeping"]) for agent in lab.kimono().agents()] == [("Agent", True)]


def test_what_the_zis_knows_is_returned(lab, ask):
    lab.peer().joined(["StudentPersonal", "SchoolInfo"])
    lab.peer("Reader").joined(subscribes=["StudentPersonal"])
    result = ask()
    assert result["zone"] == {"id": "Zone1", "name": "Zone1", "state": "ready"}
    assert result["zis"]["name"] == "LabZIS" and result["zis"]["vendor"] and "2.3" in result["zis"]["sif_versions"]
    agent = {"source_id": "Agent", "name": "Test Agent", "mode": "Pull", "sleeping": False, "versions": ["2.3"]}
    assert result["agent"] == {**agent, "max_buffer_size": 393216, "protocol": None}
    assert {item["source_id"] for item in result["agents"]} >= {"Agent", "Reader"}
    assert {"source_id": "Agent", "objects": ["StudentPersonal", "SchoolInfo"]} in [
        {**item, "objects": sorted(item["objects"], reverse=True)} for item in result["providers"]
    ]
    assert {"source_id": "Reader", "objects": ["StudentPersonal"]} in result["subscribers"]


def test_an_agent_in_push_mode_is_named(lab, ask):
    lab.peer().register(mode="Push", url="http://127.0.0.1:9/agent")
    result = ask()
    assert _named(result) == ("agent", "push")
    assert result["registered"] and result["agent"]["protocol"]["url"] == "http://127.0.0.1:9/agent"
    assert "adk.messaging.mode" in result["failure"]["remedy"]


def test_a_zone_asleep_is_named(lab, ask):
    lab.peer().joined()
    lab.kimono().configure(asleep=True)
    result = ask()
    assert _named(result) == ("asleep", None)
    assert result["zone"]["state"] == "asleep" and result["reachable"] and not result["ready"]
    lab.kimono().configure(asleep=False)
    assert ask()["connected"]


def test_another_zone_at_the_url_is_named(lab, ask):
    lab.peer(zone="Zone2").joined()
    assert _named(ask(url=f"{lab.url}/Zone2")) == ("zone", "other_zone")
    assert ask(url=f"{lab.url}/Zone2", zone_id=None)["connected"]


@pytest.mark.parametrize(
    ("given", "code", "remedy"),
    [
        ({"source_id": "agent"}, (4, 9), "agent/@id"),
        ({"path": "/Zone9"}, (12, 1), "path included"),
        ({"path": "/zone1"}, (12, 1), "path included"),
        ({"sif_version": "2.9"}, (12, 3), "sif_version"),
    ],
)
def test_wrong_settings_get_the_zises_error_and_a_remedy(lab, ask, given, code, remedy):
    lab.peer().joined()
    if "path" in given:
        given = {"url": lab.url + given["path"]}
    failure = ask(**given)["failure"]
    assert (failure["class"], failure["category"], failure["code"]) == ("sif_error", *code)
    assert remedy in failure["remedy"]


def test_a_zone_that_requires_https_is_named(lab, ask, https, authority):
    lab.peer().joined()
    lab.kimono().configure(require_secure=True)
    failure = ask()["failure"]
    assert (failure["class"], failure["category"], failure["code"]) == ("sif_error", 5, 7)
    assert "https://" in failure["remedy"]
    assert ask(url=https(pki.server("zis", authority)), trusted_certificates=authority.pem)["connected"]


@pytest.mark.parametrize(
    ("fault", "named", "registered"),
    [
        ({"fault": "unknown_source"}, ("sif_error", None), False),
        ({"fault": "require_secure"}, ("sif_error", None), None),
        ({"fault": "zone_asleep"}, ("asleep", None), None),
        ({"fault": "http_500"}, ("http_status", "500"), None),
        ({"fault": "not_sif"}, ("not_sif", None), None),
        ({"fault": "slow", "seconds": 3}, ("timeout", "answer"), None),
        ({"fault": "drop_registration"}, ("sif_error", None), False),
        ({"fault": "hang_up"}, ("network", "closed"), None),
        ({"fault": "odd_status"}, ("zone", "no_state"), True),
        ({"fault": "empty_zone_status"}, ("zone", "no_status"), None),
        ({"fault": "hidden_agent"}, ("agent", "not_registered"), False),
        ({"fault": "no_mode"}, ("agent", "no_mode"), True),
    ],
)
def test_every_fault_of_the_lab_is_named(lab, ask, fault, named, registered):
    lab.peer().joined()
    lab.kimono().fault(**fault)
    result = ask(timeout=0.5)
    assert _named(result) == named
    assert result["registered"] is registered


def test_an_agent_whose_provision_was_refused_is_named(lab, ask):
    lab.kimono().fault("refuse_provision", category=6, code=3)
    peer = lab.peer()
    assert peer.register().code == 0
    assert peer.provision(["StudentPersonal"]).error == (6, 3)
    assert _named(ask(must_provide=True)) == ("agent", "no_providers")
    lab.kimono().clear_faults()
    other = lab.peer("Other").joined(["SchoolInfo"])
    assert _named(ask(must_provide=True)) == ("agent", "not_a_provider")
    peer.provision(["StudentPersonal"])
    assert ask(must_provide=True)["connected"] and other


def test_the_network_between_is_named(ask):
    assert _named(ask(url="http://zis.invalid/Zone1")) == ("dns", None)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert _named(ask(url=f"http://127.0.0.1:{port}/Zone1")) == ("refused", None)
    assert _named(ask(proxy=f"http://127.0.0.1:{port}")) == ("proxy", "refused")
    with lab_network.dropping() as port:
        assert _named(ask(url=f"http://127.0.0.1:{port}/Zone1", timeout=0.5)) == ("timeout", "connect")
    with lab_network.silent() as port:
        assert _named(ask(url=f"https://127.0.0.1:{port}/Zone1", timeout=0.5)) == ("timeout", "handshake")
    assert _named(ask(url="http://255.255.255.255:7080/Zone1")) == ("network", "unreachable")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("HTTP/1.1 407 Proxy Authentication Required", "authentication"),
        ("HTTP/1.1 403 Forbidden", "forbidden"),
        ("HTTP/1.1 502 Bad Gateway", "gateway"),
        ("220 mail.example.org ESMTP", "not_a_proxy"),
    ],
)
def test_a_proxy_before_the_zis_is_named(ask, answer, reason):
    with lab_network.proxy(answer) as port:
        assert _named(ask(url="https://zis.invalid/Zone1", proxy=f"http://127.0.0.1:{port}")) == ("proxy", reason)


def test_a_proxy_that_is_not_there_is_named_and_one_that_lets_through_is_gone_through(lab, ask, https, authority):
    lab.peer().joined()
    assert _named(ask(url="https://zis.invalid/Zone1", proxy="http://proxy.invalid:3128")) == ("proxy", "dns")
    assert _named(ask(url="https://zis.invalid/Zone1", proxy="http://255.255.255.255:3128")) == ("proxy", "network")
    with lab_network.silent() as port:
        silent = ask(url="https://zis.invalid/Zone1", proxy=f"http://127.0.0.1:{port}", timeout=0.5)
    assert _named(silent) == ("proxy", "timeout")
    url = https(pki.server("zis", authority))
    with lab_network.proxy("HTTP/1.1 200 OK", upstream=lab.zis.listeners[-1].port) as port:
        assert ask(url=url, proxy=f"http://127.0.0.1:{port}", trusted_certificates=authority.pem)["connected"]


def test_another_path_of_the_zises_web_server_is_named(lab, ask):
    assert _named(ask(url=f"{lab.url}/a/b/c")) == ("http_status", "404")


def test_the_lab_zis_is_no_proxy(lab, ask):
    assert _named(ask(url="https://zis.invalid/Zone1", proxy=lab.url))[0] == "proxy"


def test_tls_failures_of_the_lab_are_named(lab, ask, https, authority):
    lab.peer().joined()
    good = https(pki.server("zis", authority))
    trusted = {"trusted_certificates": authority.pem}
    assert ask(url=good, **trusted)["connected"]
    assert _named(ask(url=good)) == ("tls", "unknown_ca")
    assert _named(ask(url=good, trusted_certificates="")) == ("tls", "unknown_ca")
    assert _named(ask(url=good.replace("localhost", "127.0.0.1"), **trusted)) == ("tls", "name_mismatch")
    # A TLS port that is asked without TLS hangs up, or sends an alert; the lab ZIS does the first.
    assert _named(ask(url=good.replace("https:", "http:"))) == ("network", "closed")
    assert _named(ask(url=f"https://127.0.0.1:{lab.listener.port}/Zone1", **trusted)) == ("tls", "not_tls")
    expired = https(pki.server("zis", authority, start=pki.NOW - 9 * _DAY, end=pki.NOW - _DAY))
    assert _named(ask(url=expired, **trusted)) == ("tls", "expired")
    early = https(pki.server("zis", authority, start=pki.NOW + _DAY, end=pki.NOW + 9 * _DAY))
    assert _named(ask(url=early, **trusted)) == ("tls", "not_yet_valid")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_a_zis_that_speaks_old_tls_only_is_named(lab, ask, https, authority):
    url = https(pki.server("zis", authority))
    old = lab.zis.listeners[-1]._server.context
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    assert _named(ask(url=url, trusted_certificates=authority.pem)) == ("tls", "old_protocol")


def test_a_client_certificate_is_wanted_and_shown(lab, ask, https, authority):
    lab.peer().joined()
    url = https(pki.server("zis", authority), client_ca=authority)
    client = pki.issue("Agent", authority, ca=False)
    assert _named(ask(url=url, trusted_certificates=authority.pem)) == ("tls", "client_certificate_required")
    shown = {"client_certificate": client.pem, "client_key": client.key_pem}
    assert ask(url=url, trusted_certificates=authority.pem, **shown)["connected"]


def test_what_was_trusted_is_told(lab, ask, https, authority):
    url = https(pki.server("zis", authority))
    assert ask()["trust"] is None
    assert ask(url=url)["trust"] == {"source": "python_default", "certificates": None, "host_name_checked": True}
    told = ask(url=url, trusted_certificates=authority.pem, check_host_name=False)["trust"]
    assert told == {"source": "trusted_certificates", "certificates": 1, "host_name_checked": False}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"url": "zis:7080/Zone1"}, "^url "),
        ({"source_id": " "}, "^source_id "),
        ({"sif_version": "3.0"}, "^sif_version "),
        ({"timeout": 0}, "^timeout "),
        ({"proxy": "socks://proxy:1080"}, "^proxy "),
    ],
)
def test_bad_input_is_refused_and_nothing_is_sent(lab, ask, given, message):
    with pytest.raises(BadInput, match=message):
        ask(**given)
    assert lab.kimono().messages() == []


class TestThroughAnsible:
    """The action plugin and the module as Ansible runs them."""

    PASSWORD = "store-password"

    @staticmethod
    def play(tmp_path, *tasks, host="localhost", check=False):
        """Runs the tasks for a host, from here; returns results, the names of the modules that ran and the output."""
        here = {} if host == "localhost" else {"delegate_to": "localhost"}
        common = {"ignore_errors": True, "check_mode": check, **here}
        steps = [{"k12.sif.zone_info": task, "register": f"r{number}", **common} for number, task in enumerate(tasks)]
        results = "{{ [" + ", ".join(f"r{number}" for number in range(len(tasks))) + "] | to_json }}"
        keep = {"ansible.builtin.copy": {"content": results, "dest": str(tmp_path / "results.json"), "mode": "0600"}}
        tasks = [*steps, {**keep, **here}]
        book = [{"hosts": host, "gather_facts": False, "tasks": tasks}]
        (tmp_path / "play.json").write_text(json.dumps(book))
        environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(_COLLECTIONS), "ANSIBLE_VERBOSITY": "3"}
        command = [sys.executable, "-m", "ansible", "playbook", "-i", "agent.invalid,", str(tmp_path / "play.json")]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
        assert run.returncode == 0, run.stdout + run.stderr
        modules = re.findall(r"Using module file \S*/(\w+)\.py", run.stdout)
        return json.loads((tmp_path / "results.json").read_text()), modules, run.stdout

    @pytest.mark.parametrize("store_format", ["jks", "pkcs12"])
    def test_a_trust_store_is_exactly_what_is_trusted(self, lab, https, authority, tmp_path, store_format):
        lab.peer().joined(["StudentPersonal"])
        own, foreign = tmp_path / "own.ks", tmp_path / "foreign.ks"
        for path, certificate in ((own, authority), (foreign, pki.issue("Other Root"))):
            path.write_bytes(
                new_store(store_format, self.PASSWORD).with_changes((), [("ca", certificate.der)], pki.NOW)
            )
        common = {"url": https(pki.server("zis", authority)), "source_id": "Agent"}
        (good, bad, wrong, missing), modules, output = self.play(
            tmp_path,
            {**common, "trust_store": str(own), "trust_store_password": self.PASSWORD},
            {**common, "trust_store": str(foreign), "trust_store_password": self.PASSWORD},
            {**common, "trust_store": str(own), "trust_store_password": "geheim-falsch"},
            {**common, "trust_store": str(tmp_path / "none.ks"), "trust_store_password": self.PASSWORD},
            check=True,
        )
        assert good["connected"] and not good["changed"] and not good["failed"]
        assert good["trust"] == {"source": "trust_store", "certificates": 1, "host_name_checked": True}
        assert _named(bad) == ("tls", "unknown_ca") and not bad["failed"]
        assert wrong["failed"] and str(own) in wrong["msg"] and "password" in wrong["msg"]
        assert missing["failed"] and "none.ks does not exist" in missing["msg"]
        assert modules[:4] == ["slurp", "zone_info", "slurp", "zone_info"]
        assert modules.count("zone_info") == 2
        assert self.PASSWORD not in output and "geheim-falsch" not in output

    def test_without_a_store_there_is_one_execution_and_bad_input_is_one_clear_error(self, lab, tmp_path):
        lab.peer().joined(["StudentPersonal"])
        url = f"{lab.url}/Zone1"
        (good, plain, broken, both), modules, _output = self.play(
            tmp_path,
            {"url": url, "source_id": "Agent"},
            {"url": url, "source_id": "Agent", "trust_store": str(tmp_path / "none.ks")},
            {"url": "zis.example.org/Zone1", "source_id": "Agent"},
            {"url": url, "source_id": "Agent", "trust_store": "/a", "trusted_certificates": ""},
        )
        assert good["connected"] and plain["connected"] and good["trust"] is None
        assert broken["failed"] and broken["msg"].endswith("Remedy: give it like https://host:port/path.")
        assert both["failed"] and "mutually exclusive" in both["msg"]
        assert [name for name in modules if name in ("zone_info", "slurp")] == ["zone_info"] * 3

    def test_the_controller_can_ask_for_a_host_that_it_does_not_reach(self, lab, tmp_path):
        lab.peer().joined(["StudentPersonal"])
        task = {"url": f"{lab.url}/Zone1", "source_id": "Agent"}
        (result,), modules, _output = self.play(tmp_path, task, host="agent.invalid")
        assert result["connected"]
        assert "zone_info" in modules

    def test_a_key_in_the_arguments_is_not_shown(self, lab, https, authority, tmp_path):
        lab.peer().joined(["StudentPersonal"])
        client = pki.issue("Agent", authority, ca=False)
        task = {
            "url": https(pki.server("zis", authority), client_ca=authority),
            "source_id": "Agent",
            "trusted_certificates": authority.pem,
            "client_certificate": client.pem,
            "client_key": client.key_pem,
        }
        (result,), _modules, output = self.play(tmp_path, task)
        assert result["connected"]
        assert client.key_pem.splitlines()[1] not in output
