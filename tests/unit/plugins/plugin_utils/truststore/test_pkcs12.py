# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PKCS12 stores made by another implementation (cryptography), read, changed, and read by it again."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._truststore import der
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.errors import StoreError
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.pbe import PURPOSE_KEY, PURPOSE_MAC, Protection, pkcs12_key
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.rc2 import decrypt_cbc, encrypt_cbc
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.store import new_store, open_store
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore.pki import NOW, PASSWORD, issue, server
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

ALPHA, BETA, GAMMA = issue("Alpha CA"), issue("Beta CA"), issue("Gamma CA")
LEAF = server("localhost", ALPHA)
AES, TRIPLE_DES = pkcs12.PBES.PBESv2SHA256AndAES256CBC, pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC


def encryption(algorithm=AES, mac=hashes.SHA256, password=PASSWORD):
    builder = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(1000).key_cert_algorithm(algorithm)
    return builder.hmac_hash(mac()).build(password.encode())


def trust_store(*named, **settings) -> bytes:
    certificates = [pkcs12.PKCS12Certificate(issued.certificate, alias.encode()) for alias, issued in named]
    return pkcs12.serialize_java_truststore(certificates, encryption(**settings))


def key_store(**settings) -> bytes:
    """One private key with its chain (leaf and CA), as openssl and browsers export it."""
    return pkcs12.serialize_key_and_certificates(b"Mine", LEAF.key, LEAF.certificate, [ALPHA.certificate], encryption(**settings))


def aliases(data: bytes, password: str | None = PASSWORD) -> dict[str, str]:
    return {entry.alias: entry.kind for entry in open_store(data, password).entries}


@pytest.mark.parametrize("algorithm", [AES, TRIPLE_DES])
@pytest.mark.parametrize("mac", [hashes.SHA1, hashes.SHA224, hashes.SHA256, hashes.SHA384, hashes.SHA512])
def test_add_and_remove_with_every_protection(algorithm, mac):
    before = trust_store(("alpha", ALPHA), ("beta", BETA), algorithm=algorithm, mac=mac)
    opened = open_store(before, PASSWORD)
    assert (opened.format, opened.integrity) == ("pkcs12", "verified")
    after = opened.with_changes({"alpha"}, [("gamma", GAMMA.der)], NOW)
    assert aliases(after) == {"beta": "trusted", "gamma": "trusted"}
    others = pkcs12.load_pkcs12(after, PASSWORD.encode()).additional_certs
    assert {(item.friendly_name, item.certificate) for item in others} == {
        (b"beta", BETA.certificate),
        (b"gamma", GAMMA.certificate),
    }
    with pytest.raises(StoreError, match="password does not open"):
        open_store(after, PASSWORD + "x")


def safes(data: bytes) -> list[bytes]:
    authenticated = der.parse(data).children()[1].children()[1].inner(der.OCTET_STRING).content
    return [node.raw for node in der.parse(authenticated).children()]


def test_adding_keeps_every_safe_byte_for_byte():
    before = trust_store(("alpha", ALPHA), ("beta", BETA))
    after = open_store(before, PASSWORD).with_changes((), [("gamma", GAMMA.der)], NOW)
    assert safes(after)[:-1] == safes(before)


def test_removing_keeps_the_bytes_of_the_other_entries():
    before = open_store(trust_store(("alpha", ALPHA), ("beta", BETA), ("gamma", GAMMA)), PASSWORD)
    after = open_store(before.with_changes({"beta"}, [], NOW), PASSWORD)
    assert [entry.raw for entry in after.entries] == [entry.raw for entry in before.entries if entry.alias != "beta"]


def test_a_rewritten_safe_gets_a_fresh_salt_and_vector():
    before = trust_store(("alpha", ALPHA), ("beta", BETA))
    opened = open_store(before, PASSWORD)
    once, twice = (opened.with_changes({"beta"}, [], NOW) for _try in range(2))
    assert len({before[:200], once[:200], twice[:200]}) == 3
    assert aliases(once) == aliases(twice) == {"alpha": "trusted"}


def test_removing_the_last_certificate_leaves_a_store():
    assert aliases(open_store(trust_store(("alpha", ALPHA)), PASSWORD).with_changes({"alpha"}, [], NOW)) == {}


@pytest.mark.parametrize("algorithm", [AES, TRIPLE_DES])
def test_a_key_and_its_chain_stay_when_trust_is_added_and_removed_beside_them(algorithm):
    before = key_store(algorithm=algorithm)
    opened = open_store(before, PASSWORD)
    key = opened.entries[0]
    assert (key.alias, key.kind, key.certificates) == ("mine", "key", (LEAF.der, ALPHA.der))
    with_trust = opened.with_changes((), [("beta", BETA.der)], NOW)
    assert aliases(with_trust) == {"mine": "key", "beta": "trusted"}
    without = open_store(with_trust, PASSWORD).with_changes({"beta"}, [], NOW)
    assert safes(without) == safes(before)
    assert pkcs12.load_pkcs12(with_trust, PASSWORD.encode()).key.private_numbers() == LEAF.key.private_numbers()


def test_a_certificate_without_oracles_mark_is_not_trusted():
    data = pkcs12.serialize_key_and_certificates(None, None, None, [ALPHA.certificate], encryption())
    assert [entry.kind for entry in open_store(data, PASSWORD).entries] == ["unknown"]


def test_a_key_is_never_removed_or_replaced():
    opened = open_store(key_store(), PASSWORD)
    with pytest.raises(StoreError, match="'mine' holds a private key"):
        opened.with_changes({"mine"}, [], NOW)
    with pytest.raises(StoreError, match="'mine' holds a private key"):
        opened.with_changes((), [("mine", BETA.der)], NOW)


@pytest.mark.parametrize("password", [None, "changeit"])
def test_a_passwordless_store_stays_so(password):
    data = new_store("pkcs12", None).with_changes((), [("alpha", ALPHA.der), ("beta", BETA.der)], NOW)
    opened = open_store(data, password)
    assert opened.integrity == "none"
    after = opened.with_changes({"alpha"}, [("gamma", GAMMA.der)], NOW)
    assert len(der.parse(after).children()) == 2
    assert aliases(after, None) == {"beta": "trusted", "gamma": "trusted"}


def test_a_new_store_with_a_password():
    data = new_store("pkcs12", PASSWORD).with_changes((), [("alpha", ALPHA.der)], NOW)
    assert aliases(data) == {"alpha": "trusted"}
    assert pkcs12.load_pkcs12(data, PASSWORD.encode()).additional_certs[0].certificate == ALPHA.certificate


def test_an_empty_password_is_a_password():
    data = pkcs12.serialize_java_truststore([pkcs12.PKCS12Certificate(ALPHA.certificate, b"alpha")], encryption(password="x"))
    with pytest.raises(StoreError, match="password does not open"):
        open_store(data, "")
    with pytest.raises(StoreError, match="none was given"):
        open_store(data, None)


GOOD = trust_store(("alpha", ALPHA))


def authenticated(*parts: bytes, mac: bytes = b"") -> bytes:
    """A PFX around ContentInfos that nobody protects."""
    data = der.oid("1.2.840.113549.1.7.1")
    content = der.encode(der.EXPLICIT_0, der.encode(der.OCTET_STRING, der.encode(der.SEQUENCE, *parts)))
    return der.encode(der.SEQUENCE, der.integer(3), der.encode(der.SEQUENCE, data, content), mac)


def mac_data(algorithm: str, iterations: int = 1) -> bytes:
    digest = der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, der.oid(algorithm)), der.encode(der.OCTET_STRING, bytes(32)))
    return der.encode(der.SEQUENCE, digest, der.encode(der.OCTET_STRING, bytes(8)), der.integer(iterations))


SHA256, PBMAC1 = "2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.5.14"
ENVELOPED = der.encode(der.SEQUENCE, der.oid("1.2.840.113549.1.7.3"), der.encode(der.EXPLICIT_0))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (GOOD[:1], "damaged or truncated"),
        (GOOD[:50], "damaged or truncated"),
        (GOOD[:-1], "damaged or truncated"),
        (GOOD + b"x", "damaged or truncated"),
        (b"\x30\x80\x02\x01\x03" + GOOD[7:] + b"\0\0", "BER with indefinite lengths"),
        (b"\x30\x82\x03", "damaged or truncated"),
        (authenticated(mac=mac_data(PBMAC1)), "PBMAC1, not supported"),
        (authenticated(mac=mac_data("1.2.3")), "a MAC, not supported"),
        (authenticated(mac=mac_data(SHA256, 5_000_001)), "asks for 5000001 iterations"),
        (authenticated(mac=mac_data(SHA256, 0)), "asks for 0 iterations"),
        (authenticated(mac=mac_data(SHA256)), "password does not open"),
        (authenticated(ENVELOPED), "protected by a public key"),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(data, message):
    with pytest.raises(StoreError, match=message) as caught:
        open_store(data, PASSWORD)
    assert caught.value.remedy


def test_altered_bytes_are_told_from_a_wrong_password():
    salt_of_mac = der.parse(GOOD).children()[2].children()[1]
    altered = bytearray(GOOD)
    altered[salt_of_mac.body] ^= 1
    with pytest.raises(StoreError, match="the password opens it, but its integrity check fails"):
        open_store(bytes(altered), PASSWORD)


def test_an_unknown_encryption_is_named_with_the_remedy():
    algorithm = der.encode(der.SEQUENCE, der.oid("1.2.840.113549.1.12.1.1"), der.encode(der.SEQUENCE))
    with pytest.raises(StoreError, match="not supported here. Convert the store with keytool"):
        Protection(algorithm, PASSWORD)


# RFC 2268, section 5 (those whose effective key length is the length of the key)
@pytest.mark.parametrize(
    ("key", "plain", "encrypted"),
    [
        ("ffffffffffffffff", "ffffffffffffffff", "278b27e42e2f0d49"),
        ("3000000000000000", "1000000000000001", "30649edf9be7d2c2"),
        ("88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "2269552ab0f85ca6"),
    ],
)
def test_rc2_as_in_the_rfc(key, plain, encrypted):
    key, plain, encrypted = (bytes.fromhex(text) for text in (key, plain, encrypted))
    assert encrypt_cbc(key, bytes(8), plain) == encrypted
    assert decrypt_cbc(key, bytes(8), encrypted) == plain


@pytest.mark.parametrize("number", [5, 6])
def test_rc2_in_a_safe_comes_back(number):
    settings = der.encode(der.SEQUENCE, der.encode(der.OCTET_STRING, b"saltsalt"), der.integer(10))
    protection = Protection(der.encode(der.SEQUENCE, der.oid(f"1.2.840.113549.1.12.1.{number}"), settings), PASSWORD)
    algorithm, encrypted = protection.encrypt(b"some certificates")
    assert b"saltsalt" not in algorithm
    assert Protection(algorithm, PASSWORD).decrypt(encrypted) == b"some certificates"
    with pytest.raises(der.DerError):
        der.parse(Protection(algorithm, "another").decrypt(encrypted))


# Published test vectors of the derivation (password smeg, and queeg with 1000 rounds), as in the Go and Bouncy Castle tests.
@pytest.mark.parametrize(
    ("password", "salt", "rounds", "purpose", "size", "expected"),
    [
        ("smeg", "0A58CF64530D823F", 1, PURPOSE_KEY, 24, "8AAAE6297B6CB04642AB5B077851284EB7128F1A2A7FBCA3"),
        ("smeg", "3D83C0E4546AC140", 1, PURPOSE_MAC, 20, "8D967D88F6CAA9D714800AB3D48051D63F73A312"),
        ("queeg", "05DEC959ACFF72F7", 1000, PURPOSE_KEY, 24, "ED2034E36328830FF09DF1E1A07DD357185DAC0D4F9EB3D4"),
        ("queeg", "263216FCC2FAB31C", 1000, PURPOSE_MAC, 20, "5EC4C7A80DF652294C3925B6489A7AB857C83476"),
    ],
)
def test_derivation_with_published_vectors(password, salt, rounds, purpose, size, expected):
    assert pkcs12_key(password, bytes.fromhex(salt), rounds, size, purpose, "sha1") == bytes.fromhex(expected)
