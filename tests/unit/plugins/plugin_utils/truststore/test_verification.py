# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a JVM would trust a chain: our verdict, and in test_verification_like_a_jvm that of real JVMs about the same."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.entries import Entry
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.store import new_store
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.verification import verify_chain
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore import pki
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore.pki import NOW, YEAR, Issued, issue, server
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

DAY = YEAR / 365
ROOT = issue("District Root")
MIDDLE = issue("District Issuing", ROOT)
LEAF = server("zis", MIDDLE)
DIRECT = server("zis", ROOT)
STRANGER = issue("District Root")  # the same name, another key
EXPIRED_ROOT = issue("Old Root", start=NOW - 5 * YEAR, end=NOW - YEAR)


def usage(**bits: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{bit: bits.get(bit, False) for bit in names})


class Case(t.NamedTuple):
    """A store, a chain, a host, and the reason why a JVM refuses (None: it does not)."""

    trusted: t.Sequence[Issued]
    chain: t.Sequence[Issued]
    reason: str | None = None
    host: str = "localhost"


NO_CA = issue("No CA", ca=False)
NO_SIGNER = issue("No Signer", key_usage=usage(digital_signature=True))
EXPIRED_MIDDLE = issue("District Issuing", ROOT, start=NOW - 2 * YEAR, end=NOW - DAY)
MIDDLE_NO_CA = issue("Issuing without CA", ROOT, ca=False)
NARROW = issue("Narrow", ROOT, path_length=0)
BELOW_NARROW = issue("Below Narrow", NARROW)
SELF_SIGNED = server("self", None)
SELF_SIGNED_EXPIRED = server("self", None, start=NOW - 2 * YEAR, end=NOW - DAY)
ODD = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.55555.1"), b"\x05\x00")

CASES = {
    "root in the store": Case([ROOT], [LEAF, MIDDLE]),
    "root in the store and in the chain": Case([ROOT], [LEAF, MIDDLE, ROOT]),
    "chain in the wrong order": Case([ROOT], [LEAF, ROOT, MIDDLE]),
    "a stranger in the chain": Case([ROOT], [LEAF, STRANGER, MIDDLE]),
    "intermediate in the store": Case([MIDDLE], [LEAF]),
    "intermediate in the store, whole chain": Case([MIDDLE], [LEAF, MIDDLE, ROOT]),
    "leaf in the store": Case([LEAF], [LEAF, MIDDLE]),
    "self-signed leaf in the store": Case([SELF_SIGNED], [SELF_SIGNED]),
    "expired leaf in the store": Case([SELF_SIGNED_EXPIRED], [SELF_SIGNED_EXPIRED]),
    "expired root in the store": Case([EXPIRED_ROOT], [server("zis", EXPIRED_ROOT)]),
    "several roots": Case([STRANGER, EXPIRED_ROOT, ROOT], [DIRECT]),
    "another key of the same name": Case([STRANGER], [DIRECT], "no certificate in the store issued CN=zis"),
    "intermediate missing": Case([ROOT], [LEAF], "issued CN=zis; its issuer is CN=District Issuing"),
    "other root": Case([EXPIRED_ROOT], [LEAF, MIDDLE], "issued CN=District Issuing; its issuer is CN=District Root"),
    "expired leaf": Case([ROOT], [server("zis", ROOT, start=NOW - YEAR, end=NOW - DAY)], "CN=zis expired on"),
    "leaf of the future": Case([ROOT], [server("zis", ROOT, start=NOW + DAY)], "CN=zis is not valid before"),
    "expired intermediate": Case([ROOT], [server("zis", EXPIRED_MIDDLE), EXPIRED_MIDDLE], "CN=District Issuing expired on"),
    "intermediate without CA": Case([ROOT], [server("zis", MIDDLE_NO_CA), MIDDLE_NO_CA], "CN=Issuing without CA is not a CA"),
    "anchor without CA": Case([NO_CA], [server("zis", NO_CA)], "trusted certificate CN=No CA is not a CA"),
    "anchor that may not sign": Case([NO_SIGNER], [server("zis", NO_SIGNER)], "CN=No Signer may not sign certificates"),
    "path length": Case([ROOT], [server("zis", BELOW_NARROW), BELOW_NARROW, NARROW], "CN=Narrow allows fewer CAs"),
    "path length respected": Case([ROOT], [server("zis", NARROW), NARROW]),
    "path length of the anchor": Case([NARROW], [server("zis", BELOW_NARROW), BELOW_NARROW]),
    "not for servers": Case([ROOT], [server("zis", ROOT, extended=[ExtendedKeyUsageOID.CLIENT_AUTH])], "extended key usage"),
    "for any use": Case([ROOT], [server("zis", ROOT, extended=[ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE])]),
    "no extended usage": Case([ROOT], [issue("zis", ROOT, ca=False, names=["localhost"])]),
    "may not sign handshakes": Case([ROOT], [server("zis", ROOT, key_usage=usage(key_agreement=True))], "TLS handshakes"),
    "may sign handshakes": Case([ROOT], [server("zis", ROOT, key_usage=usage(digital_signature=True))]),
    "unknown critical extension": Case([ROOT], [server("zis", ROOT, extensions=[(ODD, True)])], "1.3.6.1.4.1.55555.1"),
    "unknown extension": Case([ROOT], [server("zis", ROOT, extensions=[(ODD, False)])]),
    "other name": Case([ROOT], [DIRECT], "CN=zis is not for the host zis.example.org", "zis.example.org"),
    "other name, leaf in the store": Case([DIRECT], [DIRECT], "is not for the host", "zis.example.org"),
    "name in the wrong case": Case([ROOT], [server("zis", ROOT, ["ZIS.Example.ORG"])], None, "zis.example.org"),
    "wildcard": Case([ROOT], [server("zis", ROOT, ["*.example.org"])], None, "zis.example.org"),
    "part of a label": Case([ROOT], [server("zis", ROOT, ["zis*.example.org"])], None, "zis7.example.org"),
    "wildcard for two labels": Case([ROOT], [server("zis", ROOT, ["*.example.org"])], "not for the host", "a.b.example.org"),
    "wildcard for the domain": Case([ROOT], [server("zis", ROOT, ["*.example.org"])], "not for the host", "example.org"),
    "common name": Case([ROOT], [server("zis.example.org", ROOT, [])], None, "zis.example.org"),
    "common name beside other names": Case([ROOT], [server("zis.example.org", ROOT)], "not for the host", "zis.example.org"),
    "common name beside an address": Case([ROOT], [server("zis.example.org", ROOT, ["10.0.0.1"])], None, "zis.example.org"),
    "address": Case([ROOT], [server("zis", ROOT, ["127.0.0.1"])], None, "127.0.0.1"),
    "address as a name": Case([ROOT], [server("127.0.0.1", ROOT)], "not for the host 127.0.0.1", "127.0.0.1"),
    "address as common name": Case([ROOT], [server("127.0.0.1", ROOT, [])], "not for the host", "127.0.0.1"),
}


def entries(*trusted: Issued) -> list[Entry]:
    return [Entry(f"entry{number}", "trusted", (issued.der,), None, b"") for number, issued in enumerate(trusted)]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_verdicts(case):
    verdict = verify_chain(entries(*case.trusted), [issued.der for issued in case.chain], case.host, NOW)
    assert verdict.verified == (case.reason is None), verdict.reason
    if case.reason:
        assert case.reason in verdict.reason
        assert verdict.anchor is None
    else:
        assert verdict.reason == f"trusted through the entry {verdict.anchor!r}"


def test_the_anchor_is_named():
    assert verify_chain(entries(STRANGER, ROOT, MIDDLE), [LEAF.der], "localhost", NOW).anchor == "entry2"


def test_weak_keys_are_refused():
    short = server("short", ROOT, key=ec.generate_private_key(ec.SECP192R1()))
    assert "CN=short has 192 bits" in verify_chain(entries(ROOT), [short.der], "localhost", NOW).reason


def test_without_a_host_the_name_is_not_checked():
    assert verify_chain(entries(ROOT), [DIRECT.der], None, NOW).verified


def test_a_private_keys_own_certificate_is_an_anchor_too():
    key = Entry("mine", "key", (DIRECT.der, ROOT.der), None, b"")
    assert verify_chain([key], [DIRECT.der], "localhost", NOW).anchor == "mine"
    assert not verify_chain([key], [server("zis", ROOT).der], "localhost", NOW).verified


def test_entries_that_no_jvm_finds_do_not_count():
    hidden = [entry._replace(alias="Root") for entry in entries(ROOT)]
    assert verify_chain(hidden, [DIRECT.der], "localhost", NOW).reason == "the store holds no trusted certificate"


def test_nothing_to_judge():
    assert verify_chain([], [DIRECT.der], "localhost", NOW).reason == "the store holds no trusted certificate"
    assert verify_chain(entries(ROOT), [], "localhost", NOW).reason == "the server presented no certificate"
    assert verify_chain(entries(ROOT), [b"0"], "localhost", NOW).reason == "a certificate in the chain cannot be read"


@pytest.mark.parametrize("home", pki.javas(), ids=lambda home: home.name)
def test_verification_like_a_jvm(home, tmp_path):
    """Every case once more, by a real handshake of this JVM."""
    classes = pki.compile_client(tmp_path)
    servers = [pki.TlsServer(tmp_path, *case.chain) for case in CASES.values()]
    arguments: list[object] = []
    for number, (case, running) in enumerate(zip(CASES.values(), servers)):
        running.__enter__()
        store = tmp_path / f"store{number}"
        added = [(f"entry{index}", issued.der) for index, issued in enumerate(case.trusted)]
        store.write_bytes(new_store("jks", pki.PASSWORD).with_changes((), added, NOW))
        arguments += [case.host, running.port, store, pki.PASSWORD]
    answers = pki.connect(home, classes, *arguments)
    for running in servers:
        running.__exit__()
    different = [
        (label, answer)
        for (label, case), answer in zip(CASES.items(), answers)
        if answer.startswith("trusted") != (case.reason is None)
    ]
    assert len(answers) == len(CASES)
    assert different == []
