# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is found in the end of a log, and that nothing else comes out of it."""

from __future__ import annotations

import json
import re
import time

import pytest
from ansible_collections.k12.sif.plugins.module_utils._process.log import PATTERNS, scan, words_pattern
from ansible_collections.k12.sif.plugins.plugin_utils._verify.running_checks import MEANINGS

ZONES = ["CANVAS", "CANVAS_2"]


def stamp(seconds):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds)) + f",{round(seconds % 1 * 1000):03d}"


def line(seconds, text, zone="CANVAS"):
    return f"{stamp(seconds)} ERROR [ADK.Agent${zone}] {text}\n"


def words_of(text):
    """What a Windows host returns of a log."""
    return " ".join(match[0] for match in re.finditer(words_pattern(ZONES), text))


def test_the_words_alone_are_enough_in_any_time_zone():
    text = line(1000.5, "Jane Doe") + "at x.Y\n\n" + line(1003, "PKIX path building failed for CANVAS_2", "CANVAS_2")
    text += line(1004, "SIF_Register successful")
    words = words_of(text)
    assert "Jane" not in words
    assert scan(words, 1002.0, ZONES) == scan(text, 1002.0, ZONES)
    east = text.replace(stamp(1003), time.strftime("%Y-%m-%d %H:%M:%S,000", time.gmtime(1003 + 3600)))
    assert scan(words_of(east), 1002.0, ["CANVAS_2"], utc_offset=3600)["findings"][0]["zones"] == ["CANVAS_2"]
    assert scan(words_of(east), 1003.5, ["CANVAS_2"], utc_offset=3600)["findings"] == []


@pytest.mark.parametrize(
    ("text", "code", "excerpt"),
    [
        ("javax.net.ssl.SSLHandshakeException: PKIX path building failed: x", "untrusted", "PKIX path building failed"),
        ("Truststore file not found: /opt/a/Trusted.ks", "trust_store_missing", "Truststore file not found: /opt/a/Trusted.ks"),
        ("Keystore file not found: /opt/a/Agent.ks", "key_store_missing", "Keystore file not found: /opt/a/Agent.ks"),
        ("Failed to load keystore /a: java.io.IOException", "key_store_password", "Failed to load keystore"),
        ("SSLHandshakeException: No X509TrustManager implementation available", "trust_store_password", None),
        ("No subject alternative DNS name matching localhost found.", "name_mismatch", None),
        ("ADKMappingException: Duplicate field mapping: LASTNAME", "duplicate_field", "Duplicate field mapping: LASTNAME"),
        ("SIF_Error 8/1 Unable to evaluate field rule: Field: LAST:Abel", "field_rule", "Unable to evaluate field rule: Field: LAST"),
        ("SIF_GetMessage refused: SIF_Error: Category=4; Code=9; Jane Doe", "not_registered", "Category=4; Code=9"),
        ("<SIF_Category>5</SIF_Category>\n  <SIF_Code>9</SIF_Code>", "registered_push", None),
        ("Category=4; Code=2; not allowed", "registration_refused", None),
        ("SIF_Provision refused: Category=4; Code=3; Jane Doe", "provide_denied", "Category=4; Code=3"),
        ("Category=4; Code=12", "access_denied", None),
        ("Category=3; Code=5", "authentication", None),
        ("Category=5; Code=3", "transport_unsupported", None),
        ("Category=5; Code=6", "buffer_size", None),
        ("SIF_Error 8/8", "buffer_size", None),
        ("Category=6; Code=1", "provision_refused", None),
        ("Category=6; Code=4", "other_provider", None),
        ("Category=8; Code=4", "no_provider", None),
        ("Category=10; Code=4", "transport", None),
        ("Category=12; Code=3", "message_refused", None),
        ("SIF Database not accessible", "database", None),
    ],
)
def test_known_errors(text, code, excerpt):
    found = scan(line(1000.5, text), 1000.0, ZONES)["findings"]
    assert [(item["code"], item["count"], item["zones"], item["resolved"]) for item in found] == [(code, 1, ["CANVAS"], False)]
    assert excerpt is None or found[0]["excerpt"] == excerpt
    words = words_of(line(1000.5, text))
    assert scan(words, 1000.0, ZONES)["findings"] == found
    assert "Jane" not in words and "Abel" not in words and "SSLHandshake" not in words


@pytest.mark.parametrize("text", ["Category=5; Code=90", "Category=14; Code=9", "Connection refused", "SIF_Register successful"])
def test_what_is_none(text):
    assert scan(line(1000.5, text), 1000.0, ZONES)["findings"] == []


def test_every_kind_has_a_meaning():
    assert {code for code, _pattern in PATTERNS} == set(MEANINGS)


def test_only_what_came_after_the_start_counts():
    log = line(1000.100, "PKIX path building failed") + line(1002.0, "Category=4; Code=9")
    assert [item["code"] for item in scan(log, 1001.0, ZONES)["findings"]] == ["not_registered"]
    assert len(scan(log, None, ZONES)["findings"]) == 2
    assert (scan(log, 1001.0, ZONES)["records"], scan(log, 1001.0, ZONES)["covers_start"]) == (1, True)
    assert scan(log, 5.0, ZONES)["covers_start"] is False


def test_a_stack_trace_belongs_to_its_record():
    log = line(1000.1, "Could not register zone") + "k12.AdkException: Category=4; Code=2\n\tat x\n" + line(1002.0, "fine")
    assert scan(log, 1001.0, ZONES)["findings"] == []
    found = scan(log, 999.0, ZONES)["findings"]
    assert [(item["code"], item["zones"]) for item in found] == [("registration_refused", ["CANVAS"])]


def test_success_of_the_same_zone_afterwards_resolves():
    log = line(1001, "Category=4; Code=9") + line(1002, "Category=4; Code=9", "CANVAS_2") + line(1003, "SIF_Register successful")
    found = scan(log, 1000.0, ZONES)["findings"]
    assert {tuple(item["zones"]): item["resolved"] for item in found} == {("CANVAS",): True, ("CANVAS_2",): False}
    again = scan(log + line(1004, "Category=4; Code=9"), 1000.0, ZONES)["findings"]
    assert [(item["count"], item["resolved"]) for item in again if item["zones"] == ["CANVAS"]] == [(2, False)]


def test_what_succeeded_is_told_by_zone_and_since_the_start():
    log = line(999, "SIF_Register successful") + line(1001, "SIF_Register successful", "CANVAS_2")
    found = scan(log, 1000.0, ZONES)
    assert (found["registered"], found["provisioned"]) == (["CANVAS_2"], [])
    log += line(1002, "SIF_Provision successful", "CANVAS_2") + line(1003, "SIF_Provide successful") * 2
    assert scan(log, 1000.0, ZONES)["provisioned"] == ["CANVAS_2", "CANVAS"]
    assert scan(words_of(log), 1000.0, ZONES) == scan(log, 1000.0, ZONES)


def test_a_log_without_times_counts_as_a_whole():
    found = scan("noise\nPKIX path building failed\n", 1000.0, ZONES)
    assert ([item["code"] for item in found["findings"]], found["covers_start"]) == (["untrusted"], None)


def test_no_other_text_comes_out():
    secret = "Jane Doe 1234567"
    log = "".join(line(1001 + number, f"{secret} PKIX path building failed {secret} Category=4; Code=9 {secret}") for number in range(3))
    assert "Jane" not in json.dumps(scan(log, 1000.0, ZONES))


def test_a_large_log_is_judged_in_time():
    log = "".join(line(1000 + number / 100, "Received SIF_Request from Kimono " + "x" * 900) for number in range(1100))
    began = time.monotonic()
    assert scan(log, 1000.0, ZONES)["records"] == 1100
    assert time.monotonic() - began < 5
