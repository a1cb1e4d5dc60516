# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which certificate of a presented chain is trusted, on what grounds, and with what warning."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.certificates import fingerprint
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.entries import Entry
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.errors import StoreError
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.presented import described_chain, first_use, issuing_ca, pinned
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore.pki import NOW, YEAR, issue, server

HOST = "zis.example.org"
ROOT = issue("District Root")
MIDDLE = issue("District Issuing", ROOT)
LEAF = server("zis", MIDDLE, [HOST])
CHAIN = [LEAF.der, MIDDLE.der, ROOT.der]
INTERCEPTOR = issue("Interceptor CA")
FAKE = [server("zis", INTERCEPTOR, [HOST]).der, INTERCEPTOR.der]
SELF = server("self", None, [HOST])


def entry(alias, issued):
    return Entry(alias, "trusted", (issued.der,), None, b"")


def test_the_chain_described():
    first, second, third = described_chain(CHAIN, NOW)
    assert [item["role"] for item in (first, second, third)] == ["server", "issuing_ca", "other"]
    assert (first["subject"], first["issuer"], first["is_ca"]) == ("CN=zis", "CN=District Issuing", False)
    assert first["days_left"] == 5 * 365 and first["pem"] == LEAF.pem and first["sha256"] == fingerprint(LEAF.der)


@pytest.mark.parametrize("chain", [[LEAF.der], [SELF.der], [LEAF.der, ROOT.der]], ids=["leaf", "self-signed", "another CA"])
def test_no_issuing_ca_when_it_was_not_sent(chain):
    assert issuing_ca(chain) is None


@pytest.mark.parametrize("chosen", [MIDDLE, ROOT])
def test_a_pinned_ca_is_trusted(chosen):
    assert pinned(CHAIN, fingerprint(chosen.der).lower(), HOST, NOW) == (chosen.der, ())


def test_a_pinned_leaf_is_trusted_and_its_ca_is_recommended():
    choice = pinned(CHAIN, fingerprint(LEAF.der), HOST, NOW)
    assert choice.der == LEAF.der
    assert fingerprint(MIDDLE.der) in choice.warnings[0] and "prefer its issuing CA" in choice.warnings[0]
    assert pinned([SELF.der], fingerprint(SELF.der), HOST, NOW) == (SELF.der, ())


def test_another_chain_than_the_pinned_one_is_refused_and_shown():
    with pytest.raises(StoreError, match="presents has the fingerprint") as caught:
        pinned(FAKE, fingerprint(MIDDLE.der), HOST, NOW)
    assert "CN=Interceptor CA " + fingerprint(INTERCEPTOR.der) in caught.value.message
    assert "inspects TLS" in caught.value.remedy


def test_a_real_ca_beside_somebody_elses_leaf_does_not_help_him():
    with pytest.raises(StoreError, match="would not make a JVM trust"):
        pinned([*FAKE, MIDDLE.der], fingerprint(MIDDLE.der), HOST, NOW)


@pytest.mark.parametrize(
    ("chain", "host", "reason"),
    [
        (CHAIN, "other.example.org", "is not for the host other.example.org"),
        ([server("zis", MIDDLE, [HOST], start=NOW - YEAR, end=NOW - YEAR / 2).der, MIDDLE.der], HOST, "expired on"),
    ],
)
def test_what_would_not_help_is_refused(chain, host, reason):
    with pytest.raises(StoreError, match=reason):
        pinned(chain, fingerprint(MIDDLE.der), host, NOW)
    with pytest.raises(StoreError, match=reason):
        first_use([], "zis", chain, host, NOW)


def test_a_fingerprint_that_is_none():
    with pytest.raises(StoreError, match="not a SHA-256 fingerprint"):
        pinned(CHAIN, "abc", HOST, NOW)


def test_first_use_takes_the_issuing_ca_and_warns():
    choice = first_use([], "zis", CHAIN, HOST, NOW)
    assert choice.der == MIDDLE.der
    assert "nobody compared the fingerprint of its issuing CA" in choice.warnings[0] and fingerprint(MIDDLE.der) in choice.warnings[0]


def test_first_use_without_a_ca_takes_the_servers_own():
    choice = first_use([], "zis", [LEAF.der], HOST, NOW)
    assert choice.der == LEAF.der and "it sent no CA" in choice.warnings[0]


def test_what_the_store_trusts_already_needs_nothing_and_no_warning():
    assert first_use([entry("other", ROOT)], "zis", CHAIN, HOST, NOW) == (ROOT.der, ())
    key = Entry("mine", "key", (LEAF.der,), None, b"")
    assert first_use([key], "zis", CHAIN, HOST, NOW) == (None, ())


def test_the_second_use_does_not_trust_somebody_else():
    with pytest.raises(StoreError, match="was trusted on first use") as caught:
        first_use([entry("zis", MIDDLE)], "zis", FAKE, HOST, NOW)
    assert "sha256_fingerprint" in caught.value.remedy
