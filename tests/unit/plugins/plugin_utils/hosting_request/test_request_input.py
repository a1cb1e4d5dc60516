# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is missing or wrong is named in one message, by the inventory's variables; nothing is guessed and no secret is told."""

from __future__ import annotations

import datetime
import re

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._hosting_request.files import files_of
from ansible_collections.k12.sif.plugins.plugin_utils._hosting_request.request import NEEDED, RequestError, read_request, variable
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.desired import Wanted
from districts import CA, ELM, MAPLE, NOW, OAK

AFTER_EXPIRY = datetime.datetime(2077, 1, 1, tzinfo=datetime.timezone.utc)


def refused(data, certificates=(), now=NOW):
    with pytest.raises(RequestError) as caught:
        read_request(data, list(certificates), now)
    message = str(caught.value)
    assert message.startswith("The request to PowerSchool cannot be written. ") and "\n" not in message
    return message


def test_all_that_is_missing_is_named_at_once():
    message = refused({})
    assert all(variable(name) in message for name in NEEDED)
    assert message.count("Remedy: ") == 1
    assert {"sif_district_name", "sif_district_contact", "sif_agent_zis_url"} <= set(re.findall(r"sif_\w+", message))


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("value", [None, ""])
def test_each_missing_value_is_named_alone(name, value):
    message = refused({**OAK, name: value})
    assert set(re.findall(r"sif_\w+", message)) == {variable(name)} and message.count("Remedy: set it in the inventory.") == 1


def test_method_https_needs_a_certificate():
    assert "Missing: sif_agent_certificates (" in refused(MAPLE)
    gone = Wanted(None, "old", False, "certificates[0]")
    assert "Missing: sif_agent_certificates (" in refused(MAPLE, [gone])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"mode": "Push"}, "sif_agent_mode: is Push, but Kimono only works with agents in Pull mode"),
        ({"mode": "push"}, "sif_agent_mode: is Push"),
        ({"mode": "Poll"}, "sif_agent_mode: 'Poll' is unknown"),
        ({"method": "FTP"}, "sif_agent_method: 'FTP' is unknown. Remedy: write http or https"),
        ({"method": "HTTPS"}, "sif_agent_zis_url: begins with http:// but sif_agent_method is HTTPS"),
        ({"zis_url": "zis.example.org/OAK"}, "sif_agent_zis_url: 'zis.example.org/OAK' is no URL"),
        ({"zis_url": "http://zis.example.org/OA K"}, "sif_agent_zis_url: there is a blank"),
        ({"zone_id": " OAK"}, "sif_agent_zone_id: there are blanks around ' OAK'"),
        ({"zone_id": "OAK\u200b"}, "sif_agent_zone_id: has line ends or characters that cannot be seen"),
        ({"district": "Oak\nCity"}, "sif_district_name: has line ends"),
        ({"powerschool_url": "https://sis.oak.example.org"}, "leads to sis.oak.example.org, which PowerSchool does not host. Remedy: connect this agent with"),
        ({"powerschool_url": "https://oak.powerschool.com.evil.org"}, "which PowerSchool does not host"),
        ({"powerschool_url": "soon"}, "sif_agent_powerschool_url: 'soon' is a single word"),
        ({"school_year": "2026/27"}, "sif_agent_school_year: '2026/27' is no school year"),
        ({"school_year_starts": "13-01"}, "sif_agent_school_year_starts: '13-01' is no day"),
        ({"smp": True}, "sif_agent_smp: is true, but a State Messaging Plug-in must not work in the Canvas zone"),
        ({"sif_version": "9.9"}, "sif_agent_sif_version: SIF 9.9 is not supported"),
        ({"pull_frequency": 0}, "sif_agent_pull_frequency: 0 is no whole number"),
        ({"schools": {"known": [{"number": "100", "name": "Alder"}], "exclude": ["Aldr"]}}, "sif_agent_schools: there is no school 'Aldr'; is 'Alder' meant?"),
        ({"schools": {"include": ["1"], "exclude": ["2"]}}, "sif_agent_schools: needs either include or exclude"),
        ({"schools": ["1"]}, "sif_agent_schools: must be a mapping"),
        ({"mappings": {"a": 1}}, "sif_agent_mappings: must be a list"),
        ({"mappings": [{"fragment": "<object object='StudentPersonal'>\n<field name='A'>X</object>"}]}, "sif_agent_mappings[0].fragment line 2: "),
        ({"mappings": [{"fragment": "<object object='A'><field name='B' direction='up'>@RefId</field></object>"}]}, "sif_agent_mappings[0].fragment line 1"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_wrong_value_is_named_with_its_remedy(change, told):
    message = refused({**OAK, **change})
    assert told in message
    assert message.count("Remedy: ") == 1 + ("sif_agent_certificates" in message)


def test_everything_wrong_is_in_one_message():
    message = refused({**OAK, "mode": "Push", "zone_id": None, "school_year": "x", "mappings": [{}]})
    assert [word in message for word in ("sif_agent_mode:", "sif_agent_zone_id (", "sif_agent_school_year:", "sif_agent_mappings[0]")] == [True] * 4


@pytest.mark.parametrize("name", ["zis_url", "powerschool_url"])
def test_a_password_in_a_url_is_refused_and_not_told(name):
    url = {"zis_url": "http://agent:geheim@zis.example.org/OAK", "powerschool_url": "https://admin:geheim@oak.powerschool.com"}[name]
    message = refused({**OAK, name: url})
    assert f"{variable(name)}: holds a user name or a password" in message and "geheim" not in message


@pytest.mark.parametrize(
    ("certificate", "now", "told"),
    [
        (CA, AFTER_EXPIRY, "CN=Kimono Example CA, expired on 2076-01-01. Remedy: Get the one in use from Instructure."),
        (Wanted("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", None, True, "certificates[0]"), NOW, "is not an X.509 certificate"),
        (Wanted("-----BEGIN PRIVATE KEY-----\ngeheim\n-----END PRIVATE KEY-----", None, True, "certificates[0]"), NOW, "A private key does not belong here"),
    ],
    ids=["expired", "damaged", "key"],
)
def test_a_certificate_that_cannot_be_used_is_refused(certificate, now, told):
    message = refused(MAPLE, [certificate], now)
    assert told in message and "geheim" not in message


def test_certificates_for_a_plain_url_are_refused():
    assert "sif_agent_certificates: are given, but sif_agent_zis_url does not begin with https://" in refused(OAK, [CA])


@pytest.mark.parametrize(
    ("data", "now", "warned"),
    [
        (MAPLE, datetime.datetime(2075, 12, 1, tzinfo=datetime.timezone.utc), "expires in 31 days; ask Instructure"),
        ({**MAPLE, "school_year": "2024-2025"}, NOW, "sif_agent_school_year: the school year 2024-2025 is over"),
        (
            {**MAPLE, "mappings": [{"fragment": "<object object='A'><field name='B' valueset='v'>@RefId</field></object>"}]},
            NOW,
            "there is no value set 'v' in the document; the agent must have it already",
        ),
    ],
    ids=["certificate", "year", "value-set"],
)
def test_what_an_operator_should_know_is_a_warning(data, now, warned):
    warnings = read_request(data, [CA], now).warnings
    assert len(warnings) == 1 and warned in warnings[0]


def test_the_current_school_year_follows_the_calendar():
    for month, expected in ((7, "2025-2026"), (9, "2026-2027")):
        now = datetime.datetime(2026, month, 20, tzinfo=datetime.timezone.utc)
        assert str(read_request({**OAK, "school_year": "current", "school_year_starts": "08-15"}, [], now).school_year) == expected


def test_only_included_schools_are_told_in_full():
    schools = {"known": [{"number": "1", "name": "Alder"}, {"number": "2", "name": "Birch"}], "include": ["Birch"]}
    text = " ".join(files_of(read_request({**OAK, "schools": schools}, [], NOW))["request.txt"].split())
    assert "select only these, and deselect every other one: - 2 Birch These are therefore deselected: - 1 Alder" in text
    unknown = " ".join(files_of(read_request({**OAK, "schools": {"include": ["7"]}}, [], NOW))["checklist.txt"].split())
    assert "Only these schools are selected: 7." in unknown


def test_certificates_to_remove_are_asked_for():
    text = files_of(read_request(ELM, [CA, Wanted(None, "kimono-2020", False, "certificates[1]")], NOW))["request.txt"]
    assert "- the certificate with the alias kimono-2020" in text
