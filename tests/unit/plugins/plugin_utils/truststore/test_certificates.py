# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates from PEM and DER, what they say, and the aliases they get."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.certificates import (
    alias_for,
    checked_fingerprint,
    distinct,
    facts,
    fingerprint,
    issuer_chain,
    read_certificates,
    to_pem,
)
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.errors import StoreError
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore.pki import NOW, YEAR, issue, name, server
from cryptography.hazmat.primitives import hashes

ROOT = issue("District Root CA")
MIDDLE = issue("District Issuing CA", ROOT)
LEAF = server("zis.example.org", MIDDLE)


def test_one_pem_and_one_der():
    assert read_certificates(ROOT.pem, "x") == [ROOT.der]
    assert read_certificates(ROOT.pem.encode(), "x") == [ROOT.der]
    assert read_certificates(ROOT.der, "x") == [ROOT.der]


def test_a_bundle_with_comments_windows_line_ends_and_indentation():
    bundle = "# our CAs\r\n" + ROOT.pem.replace("\n", "\r\n") + "second:\n" + MIDDLE.pem.replace("\n", "\n    ")
    assert read_certificates(bundle, "x") == [ROOT.der, MIDDLE.der]


def test_a_certificate_that_comes_twice_counts_once():
    assert read_certificates(ROOT.pem + MIDDLE.pem + ROOT.pem, "x") == [ROOT.der, MIDDLE.der]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "holds no certificate. It is empty"),
        ("<html>", "looks like a web page"),
        ("district-ca.pem", "holds no certificate. Give PEM text"),
        (ROOT.pem[:200], "does not end"),
        (ROOT.pem + MIDDLE.pem[:300], "does not end"),
        (ROOT.pem.replace("M", "!"), "damaged"),
        (ROOT.pem + ROOT.key_pem, "block 2 of ca.pem is a PRIVATE KEY.*does not belong here"),
        (to_pem(ROOT.der[:-5]), "ca.pem is not an X.509 certificate"),
        (to_pem(b"0"), "is not an X.509 certificate"),
        (b"\x30\x03\x02\x01\x00", "is not an X.509 certificate"),
        ("-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----", "openssl pkcs7 -print_certs"),
        ("-----BEGIN TRUSTED CERTIFICATE-----\nAAAA\n-----END TRUSTED CERTIFICATE-----", "is a TRUSTED CERTIFICATE"),
    ],
)
def test_anything_else_is_one_clear_error(content, message):
    with pytest.raises(StoreError, match=message) as caught:
        read_certificates(content, "ca.pem")
    assert ROOT.key_pem.splitlines()[1] not in str(caught.value)


def test_facts():
    found = facts(LEAF.der)
    assert (found.subject, found.issuer) == ("CN=zis.example.org", "CN=District Issuing CA")
    assert (found.not_before, found.not_after) == (NOW - YEAR, NOW + 5 * YEAR)
    assert found.sha256.replace(":", "").lower() == LEAF.certificate.fingerprint(hashes.SHA256()).hex()
    assert (found.is_ca, facts(ROOT.der).is_ca) == (False, True)


def test_facts_of_bytes_that_are_no_certificate():
    found = facts(b"\x30\x00")
    assert (found.subject, found.not_after, found.expired(NOW)) == ("(cannot be read)", None, False)


@pytest.mark.parametrize(
    ("subject", "alias"),
    [
        (name("District Root CA - G2"), "district-root-ca-g2"),
        (name("Öffentliche Schulen Zürich"), "offentliche-schulen-zurich"),
        (name(None, organization_name="Kimono, LLC"), "kimono-llc"),
        (name("学校", organization_name="Gakko"), "gakko"),
        (name(None, organizational_unit_name="Net Ops"), "net-ops"),
        (name(None, country_name="US"), "certificate"),
        (name("x" * 64), "x" * 64),
    ],
)
def test_aliases_come_from_the_subject(subject, alias):
    certificate = issue(subject)
    assert alias_for(certificate.der) == alias
    assert distinct(alias, certificate.der) == f"{alias}-{fingerprint(certificate.der).replace(':', '').lower()[:8]}"


def test_fingerprints_in_every_common_form():
    shown = fingerprint(ROOT.der)
    for text in (shown, shown.lower(), shown.replace(":", ""), f"SHA256:{shown}", f" {shown}\n"):
        assert checked_fingerprint(text) == shown
    with pytest.raises(StoreError, match="not a SHA-256 fingerprint"):
        checked_fingerprint(shown[:59])


def test_the_chain_of_a_certificate():
    assert issuer_chain(LEAF.der, [ROOT.der, MIDDLE.der]) == (LEAF.der, MIDDLE.der, ROOT.der)
    assert issuer_chain(LEAF.der, [ROOT.der]) == (LEAF.der,)
    first, second = issue("Loop A", issue("Loop B")), issue("Loop B", issue("Loop A"))
    assert issuer_chain(first.der, [first.der, second.der]) == (first.der, second.der)
