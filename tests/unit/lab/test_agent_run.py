# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab agent connects to the lab ZIS and answers requests as its agent.cfg says."""

from __future__ import annotations

import collections
import datetime
import re
import shutil
import socket
import subprocess
import time
import uuid

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from lab_processes import Agent, Zis, wait_for

PASSWORD = "changeit"
NAMES = (
    '<field name="STUDENT_NUMBER">LocalId</field>'
    "<field name=\"LASTNAME\">Name[@Type='04']/LastName</field>"
    "<field name=\"FIRSTNAME\">Name[@Type='04']/FirstName</field>"
    '<field name="SCHOOL_NUMBER">MostRecent/SchoolLocalId</field>'
)
SCHOOLS = '<object object="SchoolInfo"><field name="SCHOOL_NUMBER">LocalId</field></object>'


def keytool(*arguments: str) -> None:
    subprocess.run(["keytool", "-noprompt", "-storepass", PASSWORD, *arguments], check=True, capture_output=True)


def self_signed(directory) -> None:
    """A certificate for localhost and its key: cert.pem, and server.pem with both."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    day = datetime.timedelta(days=1)
    builder = builder.not_valid_before(now - day).not_valid_after(now + day)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (directory / "cert.pem").write_bytes(certificate)
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (directory / "server.pem").write_bytes(certificate + pem)


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    """The ZIS's certificate, Agent.ks with the agent's key, Trusted.ks that trusts the ZIS, Other.ks that does not."""
    directory = tmp_path_factory.mktemp("pki")
    self_signed(directory)
    for name in ("Agent", "Other"):
        keytool(
            *("-genkeypair", "-alias", name, "-keyalg", "EC", "-dname", f"CN={name}", "-storetype", "JKS"),
            *("-keypass", PASSWORD, "-keystore", f"{directory}/{name}.ks"),
        )
    shutil.copy(directory / "Other.ks", directory / "Trusted.ks")
    keytool("-importcert", "-alias", "zis", "-file", f"{directory}/cert.pem", "-keystore", f"{directory}/Trusted.ks")
    return directory


@pytest.fixture(scope="module")
def zis(tmp_path_factory, pki):
    server = Zis(tmp_path_factory.mktemp("zis"), pki / "server.pem")
    yield server
    server.stop()


@pytest.fixture
def start(lab_agent_jar, tmp_path, zis):
    """Starts agents, each in a folder and a zone of its own; agent and zone have the same name."""
    agents = []

    def run(zone="", mappings="", arguments=(), options=(), extra="", scheme="http", wait="Agent is running"):
        name = f"{tmp_path.name}-{len(agents)}"
        zis.admin("zones", {"id": name})
        directory = tmp_path / name
        directory.mkdir()
        started = Agent(
            lab_agent_jar,
            directory,
            f'<agent id="{name}" sifVersion="2.3">'
            f'<property name="adk.messaging.pullFrequency" value="200"/>'
            f'<zone id="{name}" url="{getattr(zis, scheme)}/{name}">{zone}</zone>{extra}'
            f'<mappings id="Default">{mappings.replace("THIS_ZONE", name)}</mappings></agent>',
            *arguments,
            options=options,
        )
        started.name = name
        started.url = f"{getattr(zis, scheme)}/{name}"
        agents.append(started)
        started.wait_until_logged(wait)
        return started

    yield run
    for started in agents:
        if started.process.poll() is None:
            started.kill()


def students(fields: str) -> str:
    return f'<object object="StudentPersonal">{fields}</object>'


def test_registers_in_the_order_of_a_real_agent_and_sleeps_at_stop(start, zis):
    agent = start(mappings=SCHOOLS)
    for marker in ("SIF_Register successful", "SIF_Provision successful"):
        assert marker in agent.log
    wait_for(lambda: zis.agent(agent.name)["last_message"] == "SIF_GetMessage", "the agent polls")
    seen = zis.agent(agent.name)
    assert (seen["mode"], seen["message_version"], seen["sleeping"]) == ("Pull", "2.3", False)
    assert seen["sif_versions"] == ["2.3", "1.1", "1.5r1", "2.0", "2.0r1", "2.1", "2.2"]
    assert seen["provides"] == ["SchoolInfo", "StudentPersonal", "StudentSchoolEnrollment", "StaffPersonal"]
    sent = [item["type"] for item in zis.admin(f"messages?limit=100&agent={agent.name}")["messages"]]
    assert sent[:5] == ["SIF_Register", "SIF_Ping", "SIF_GetZoneStatus", "SIF_GetAgentACL", "SIF_Provision"]
    assert agent.stop() == 143
    assert zis.agent(agent.name)["sleeping"] is True


def test_sends_exactly_what_the_mappings_name(start, zis):
    agent = start(
        mappings=students(
            '<field name="STUDENT_NUMBER">LocalId</field>'
            '<field name="LASTNAME" sifVersion="+2.4">Name/LastName</field>'
            '<field name="FIRSTNAME" sifVersion="-2.3" direction="outbound">Name/FirstName</field>'
            '<field name="GENDER" direction="inbound">Demographics/Gender</field>'
            '<field name="LANGUAGE" valueset="L">Demographics/LanguageList/Language/Code</field>'
            '<field name="MIDDLENAME" default="none">Name/MiddleName</field>'
            '<field name="EMAIL">EmailList/Email[@Type=\'Primary\']</field>'
            "<field name=\"EYECOLOR\">SIF_ExtendedElements/SIF_ExtendedElement[@Name='eyecolor']</field>"
            "<field name=\"A\" alias=\"HOMEROOM\">OtherIdList/OtherId[@Type='9999'+]=ROOM:$(HOMEROOM)</field>"
            '<field name="B" alias="SCHOOL_NUMBER">'
            "OtherIdList/OtherId[@Type='9999'+]=SCHOOL:$(SCHOOL_NUMBER)</field>"
            '<field name="UNKNOWN">Name/Suffix</field>'
            '<field name="C"><otherid type="06" prefix=""/></field>'
        )
        + '<valueset id="L"><value name="EN">eng</value><value name="" default="outbound">und</value></valueset>'
    )
    received = {item["LocalId"]: item for item in zis.receive(agent.name, "StudentPersonal")}
    assert len(received) == 200
    first = received["1001"]
    assert set(first) == {
        "@RefId",
        "LocalId",
        "OtherIdList/OtherId",
        "OtherIdList/OtherId/@Type",
        "OtherIdList/OtherId[2]",
        "OtherIdList/OtherId[2]/@Type",
        "Name/FirstName",
        "Name/MiddleName",
        "Demographics/LanguageList/Language/Code",
        "EmailList/Email",
        "EmailList/Email/@Type",
        "SIF_ExtendedElements/SIF_ExtendedElement",
        "SIF_ExtendedElements/SIF_ExtendedElement/@Name",
    }
    assert first["OtherIdList/OtherId"] == "ROOM:100-01"
    assert first["OtherIdList/OtherId[2]"] == "SCHOOL:100"
    assert first["SIF_ExtendedElements/SIF_ExtendedElement/@Name"] == "eyecolor"
    assert re.fullmatch("[0-9A-F]{32}", first["@RefId"])
    assert (first["Name/MiddleName"], received["1002"]["Name/MiddleName"]) == ("Dale", "none")
    assert {item["Demographics/LanguageList/Language/Code"] for item in received.values()} == {"eng", "und"}


def test_a_wrong_path_fails_when_the_object_is_requested(start, zis):
    agent = start(mappings=students("<field name=\"LASTNAME\">Name[@Type='04']/FamilyName</field>") + SCHOOLS)
    error = zis.request(agent.name, "StudentPersonal")["error"]
    assert (error["category"], error["code"]) == (8, 1)
    assert error["extended_desc"] == (
        "Unable to evaluate field rule: Field: LASTNAME:Name[@Type='04']/FamilyName"
        " : FamilyName is not a recognized element of Name"
    )
    assert len(zis.receive(agent.name, "SchoolInfo")) == 5


def test_nested_mappings_are_selected_by_zone(start, zis):
    override = students('<field name="STUDENT_NUMBER">StateProvinceId</field>')
    here = start(mappings=students(NAMES) + f'<mappings id="mine" zoneId="THIS_ZONE,X">{override}</mappings>')
    student = zis.receive(here.name, "StudentPersonal")[0]
    assert student["StateProvinceId"] == "1001" and student["Name/LastName"], "its own rule, and the inherited ones"
    assert "LocalId" not in student
    elsewhere = start(mappings=students(NAMES) + f'<mappings id="mine" zoneId="X">{override}</mappings>')
    assert zis.receive(elsewhere.name, "StudentPersonal")[0]["LocalId"] == "1001"


def test_year_and_schools_decide_what_comes_over(start, zis):
    enrollments = (
        '<object object="StudentSchoolEnrollment"><field name="SIF_SCHOOL_YEAR">@SchoolYear</field></object>'
        '<object object="StaffPersonal"><field name="SCHOOL_NUMBER">LocalId</field></object>'
    )
    everything = students(NAMES) + SCHOOLS + enrollments
    year = '<property name="lab.schoolYear" value="{}"/>'

    all_years = start(mappings=everything)
    whole = {item["LocalId"] for item in zis.receive(all_years.name, "StudentPersonal")}
    assert len(whole) == 200
    years = collections.Counter(
        item["@SchoolYear"] for item in zis.receive(all_years.name, "StudentSchoolEnrollment")
    )

    last = start(zone=year.format("2025-2026"), mappings=everything)
    this = start(zone=year.format("2026-2027"), mappings=everything)
    of_last = {item["LocalId"] for item in zis.receive(last.name, "StudentPersonal")}
    of_this = {item["LocalId"] for item in zis.receive(this.name, "StudentPersonal")}
    assert of_last | of_this == whole
    assert of_last - of_this and of_this - of_last
    assert years == {"2026": len(of_last), "2027": len(of_this)}
    assert {item["@SchoolYear"] for item in zis.receive(this.name, "StudentSchoolEnrollment")} == {"2027"}

    chosen = '<schools><school number="100"/><school number="001"/></schools>'
    some = start(zone=year.format("2026-2027") + chosen, mappings=everything)
    assert [item["LocalId"] for item in zis.receive(some.name, "SchoolInfo")] == ["001", "100"]
    assert {item["MostRecent/SchoolLocalId"] for item in zis.receive(some.name, "StudentPersonal")} == {"100"}
    assert {item["LocalId"] for item in zis.receive(some.name, "StaffPersonal")} == {"001", "100"}

    none = start(zone="<schools/>", mappings=everything)
    assert zis.receive(none.name, "SchoolInfo") == []


def test_state_messaging_alters_students_and_sends_state_objects(start, zis):
    on, off = (f'<plugin name="StateMessaging" enabled="{value}"/>' for value in ("true", "false"))
    plain = start(zone=off, mappings=students(NAMES), extra=on)
    state = start(mappings=students(NAMES), extra=on)

    ordinary = zis.receive(plain.name, "StudentPersonal")[0]
    altered = zis.receive(state.name, "StudentPersonal")[0]
    assert "StateProvinceId" not in ordinary
    assert altered["StateProvinceId"]
    assert altered["Name/LastName"] == ordinary["Name/LastName"].upper() != ordinary["Name/LastName"]
    events = zis.admin(f"zones/{state.name}/events")["events"]
    assert events and zis.admin(f"zones/{plain.name}/events")["events"] == []


def test_packets_and_conditions(start, zis):
    agent = start(mappings=students(NAMES))
    answer = zis.request(agent.name, "StudentPersonal", max_buffer_size=8192)
    assert (answer["state"], answer["count"]) == ("complete", 200)
    assert answer["packets"] > 5
    condition = {"element": "LocalId", "operator": "EQ", "value": "1042"}
    (only,) = zis.receive(agent.name, "StudentPersonal", conditions=[condition])
    assert only["LocalId"] == "1042"


def test_a_zis_that_forgot_the_agent_is_asked_on_and_never_registered_again(start, zis):
    agent = start()
    zis.admin(f"zones/{agent.name}/agents/{agent.name}", method="DELETE")
    wait_for(lambda: agent.log.count("Category=4; Code=9") >= 3, "4/9 at every poll")
    assert zis.agent(agent.name) is None
    assert agent.process.poll() is None


def test_a_refused_registration_leaves_the_agent_running_unconnected(start, zis):
    zis.admin("faults", {"fault": "refuse_registration", "times": 1, "message": "SIF_Register"})
    agent = start()
    log = agent.log
    assert log.index("Could not register zone") < log.index("Category=4; Code=2") < log.index("Category=4; Code=9")
    assert "SIF_Provision" not in log
    assert agent.process.poll() is None


def test_legacy_provisioning(start, zis):
    agent = start(zone='<property name="adk.provisioning.legacy" value="true"/>', mappings=SCHOOLS)
    assert "SIF_Provide successful" in agent.log and "SIF_Provision" not in agent.log
    assert len(zis.receive(agent.name, "SchoolInfo")) == 5


def test_polling_survives_errors_but_stops_when_registered_for_push(start, zis):
    agent = start()
    for fault, logged in (("http_500", "HTTP response code: 500"), ("not_sif", "no SIF_Message")):
        zis.admin("faults", {"zone": agent.name, "fault": fault, "times": 2})
        agent.wait_until_logged(logged)
    polls = len(zis.admin(f"messages?limit=1000&agent={agent.name}")["messages"])
    wait_for(lambda: len(zis.admin(f"messages?limit=1000&agent={agent.name}")["messages"]) > polls, "polling goes on")

    zis.send(
        agent.name,
        f"<SIF_Register><SIF_Header><SIF_MsgId>{uuid.uuid4().hex.upper()}</SIF_MsgId>"
        "<SIF_Timestamp>2026-09-01T08:00:00Z</SIF_Timestamp>"
        f"<SIF_SourceId>{agent.name}</SIF_SourceId></SIF_Header><SIF_Name>N</SIF_Name><SIF_Version>2.*</SIF_Version>"
        "<SIF_MaxBufferSize>32000</SIF_MaxBufferSize><SIF_Mode>Push</SIF_Mode>"
        '<SIF_Protocol Type="HTTP" Secure="No"><SIF_URL>http://127.0.0.1:9/</SIF_URL></SIF_Protocol></SIF_Register>',
    )
    agent.wait_until_logged("Category=5; Code=9")
    time.sleep(1)
    assert agent.log.count("Category=5; Code=9") == 1
    assert agent.process.poll() is None


def test_push(start, zis):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    push = '<property name="adk.messaging.mode" value="push"/>'
    properties = f'<property name="port" value="{port}"/><property name="host" value="127.0.0.1"/>'
    agent = start(
        zone=push, mappings=SCHOOLS, extra=f'<transport protocol="http" enabled="true">{properties}</transport>'
    )
    seen = zis.agent(agent.name)
    assert (seen["mode"], seen["protocol"]["url"]) == ("Push", f"http://127.0.0.1:{port}/zone/{agent.name}/")
    assert len(zis.receive(agent.name, "SchoolInfo")) == 5
    without_port = start(zone=push)
    assert "not configured with a default HTTP port" in without_port.log
    assert zis.agent(without_port.name) is None


def test_a_bad_configuration_ends_with_status_0(lab_agent_jar, tmp_path):
    agent = Agent(lab_agent_jar, tmp_path, '<agent id="T" sifVersion="2.7"/>')
    assert agent.process.wait(15) == 0
    assert "openadk.library.ADKNotSupportedException: SIF 2.6 is not supported" in agent.log


def test_faults_for_tests_of_service_control(start, lab_agent_jar, tmp_path):
    stubborn = start(options=("-Dlab.ignoreTerm=true",))
    stubborn.process.terminate()
    with pytest.raises(subprocess.TimeoutExpired):
        stubborn.process.wait(1.5)
    directory = tmp_path / "exits"
    directory.mkdir()
    assert Agent(lab_agent_jar, directory, "<agent/>", options=("-Dlab.exitAtStart=7",)).process.wait(15) == 7


def test_the_file_saved_at_stop_is_the_one_read_at_start(start):
    agent = start(arguments=("--save-at-stop",))
    before = agent.config.read_text()
    agent.config.write_text(before.replace("Default", "Edited"))
    agent.stop()
    saved = agent.config.read_bytes()
    assert b"Edited" not in saved and b'<mappings id="Default"/>\r\n' in saved
    plain = start()
    plain.config.write_text("edited")
    plain.stop()
    assert plain.config.read_text() == "edited"


HTTPS = (
    '<transport protocol="https" enabled="true"><property name="keyStore" value="{pki}/Agent.ks"/>'
    '<property name="trustStore" value="{pki}/{store}"/>'
    '<property name="trustStorePassword" value="{password}"/></transport>'
)


def test_transport_https_trusts_the_store_of_the_configuration_only(start, zis, pki):
    def with_store(store="Trusted.ks", password=PASSWORD, options=()):
        https = HTTPS.format(pki=pki, store=store, password=password)
        return start(scheme="https", extra=https, options=options)

    assert "SIF_Register successful" in with_store().log
    # The configuration beats the system property.
    refused = with_store("Other.ks", options=(f"-Djavax.net.ssl.trustStore={pki}/Trusted.ks",))
    assert (
        f"Could not establish a connection to the ZIS ({refused.url}): javax.net.ssl.SSLHandshakeException:"
        " PKIX path building failed" in refused.log
    )
    assert f"Truststore file not found: {pki}/Absent.ks" in with_store("Absent.ks").log
    assert "No X509TrustManager implementation available" in with_store(password="wrong").log


def test_transport_https_needs_a_key_store_and_an_https_url(start, zis, pki):
    https = HTTPS.format(pki=pki, store="Trusted.ks", password=PASSWORD)
    absent = start(scheme="https", extra=https.replace("Agent.ks", "None.ks"))
    assert f"Keystore file not found: {pki}/None.ks" in absent.log
    password = '<property name="keyStorePassword" value="x"/></transport>'
    wrong = start(scheme="https", extra=https.replace("</transport>", password))
    assert f"Failed to load keystore {pki}/Agent.ks: java.io.IOException: Keystore was tampered with" in wrong.log
    plain = start(extra=https)
    assert "Failed to create outgoing socket to" in plain.log and "ClassCastException" in plain.log


def test_transport_http_with_an_https_url_uses_what_the_jvm_trusts(start, zis, pki):
    store = HTTPS.format(pki=pki, store="Trusted.ks", password=PASSWORD).replace('enabled="true"', 'enabled="false"')
    assert "PKIX path building failed" in start(scheme="https", extra=store).log
    option = f"-Djavax.net.ssl.trustStore={pki}/Trusted.ks"
    trusted = start(scheme="https", extra=store, options=(option,))
    assert "SIF_Register successful" in trusted.log
    assert zis.agent(trusted.name)["secure"] is True
    other_name = start(scheme="https_by_address", options=(option,))
    assert "No subject alternative names matching IP address 127.0.0.1 found" in other_name.log


def test_an_import_by_keytool_and_a_restart_turn_refusal_into_success(start, zis, pki, tmp_path):
    store = tmp_path / "Own.ks"
    shutil.copy(pki / "Other.ks", store)
    https = HTTPS.format(pki=pki, store="Own.ks", password=PASSWORD).replace(f"{pki}/Own.ks", str(store))
    before = start(scheme="https", extra=https)
    keytool("-importcert", "-alias", "zis", "-file", f"{pki}/cert.pem", "-keystore", str(store))
    assert "PKIX path building failed" in before.log
    assert "SIF_Register successful" not in before.log
    assert "SIF_Register successful" in start(scheme="https", extra=https).log
