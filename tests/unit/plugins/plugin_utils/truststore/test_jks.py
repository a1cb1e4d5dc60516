# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JKS stores are read and written entry by entry, without a byte changed in the others."""

from __future__ import annotations

import hashlib
import struct

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._truststore import jks
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.errors import StoreError
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.store import new_store, open_store
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore.pki import NOW, PASSWORD, issue


def signed(body: bytes, password: str = PASSWORD) -> bytes:
    """A store as the format's description says, not as our writer does it."""
    return body + hashlib.sha1(password.encode("utf-16-be") + b"Mighty Aphrodite" + body).digest()


def utf(text: bytes) -> bytes:
    return struct.pack(">H", len(text)) + text


def trusted(alias: bytes, der: bytes, version: int = 2) -> bytes:
    kind = utf(b"X.509") if version == 2 else b""
    return struct.pack(">I", 2) + utf(alias) + struct.pack(">q", 1000) + kind + struct.pack(">I", len(der)) + der


def private_key(alias: bytes, chain: list[bytes]) -> bytes:
    certificates = b"".join(utf(b"X.509") + struct.pack(">I", len(der)) + der for der in chain)
    sealed = struct.pack(">I", 7) + b"sealed!" + struct.pack(">I", len(chain))
    return struct.pack(">I", 1) + utf(alias) + struct.pack(">q", 2000) + sealed + certificates


def store(*entries: bytes, version: int = 2) -> bytes:
    return signed(struct.pack(">III", 0xFEEDFEED, version, len(entries)) + b"".join(entries))


CA, OTHER = issue("Alpha CA"), issue("Beta CA")


def test_entries_of_each_kind():
    opened = open_store(store(trusted(b"alpha", CA.der), private_key(b"mine", [OTHER.der, CA.der])), PASSWORD)
    assert (opened.format, opened.integrity) == ("jks", "verified")
    assert [(entry.alias, entry.kind, entry.certificates) for entry in opened.entries] == [
        ("alpha", "trusted", (CA.der,)),
        ("mine", "key", (OTHER.der, CA.der)),
    ]
    assert [entry.created.timestamp() for entry in opened.entries] == [1, 2]


@pytest.mark.parametrize("version", [1, 2])
def test_adding_keeps_all_other_bytes_and_the_version(version):
    before = store(trusted(b"alpha", CA.der, version), version=version)
    after = open_store(before, PASSWORD).with_changes((), [("beta", OTHER.der)], NOW)
    assert after[4:8] == struct.pack(">I", version)
    assert after[12:-20].startswith(before[12:-20])
    entries = open_store(after, PASSWORD).entries
    assert [(entry.alias, entry.certificates[0]) for entry in entries] == [("alpha", CA.der), ("beta", OTHER.der)]
    assert entries[1].created == NOW


def test_removing_keeps_all_other_bytes():
    first, key, last = trusted(b"alpha", CA.der), private_key(b"mine", [OTHER.der]), trusted(b"omega", OTHER.der)
    after = open_store(store(first, key, last), PASSWORD).with_changes({"alpha"}, [], NOW)
    assert after == store(key, last)


def test_a_key_is_never_removed_or_replaced():
    opened = open_store(store(private_key(b"mine", [CA.der])), PASSWORD)
    with pytest.raises(StoreError, match="'mine' holds a private key"):
        opened.with_changes({"mine"}, [], NOW)
    with pytest.raises(StoreError, match="'mine' holds a private key"):
        opened.with_changes((), [("mine", OTHER.der)], NOW)


def test_an_alias_is_not_given_twice():
    opened = open_store(store(trusted(b"alpha", CA.der)), PASSWORD)
    with pytest.raises(StoreError, match="'alpha' is taken"):
        opened.with_changes((), [("alpha", OTHER.der)], NOW)


@pytest.mark.parametrize(
    ("stored", "alias"),
    [(b"sch\xc3\xbcler", "schüler"), (b"nul\xc0\x80", "nul\0"), (b"\xed\xa0\xbd\xed\xb8\x80", "\U0001f600")],
)
def test_aliases_in_javas_own_utf_8(stored, alias):
    assert open_store(store(trusted(stored, CA.der)), PASSWORD).entries[0].alias == alias


@pytest.mark.parametrize("password", ["", "päßwörd", "\U0001f600 key"])
def test_passwords_beyond_ascii(password):
    data = signed(struct.pack(">III", 0xFEEDFEED, 2, 0), password)
    assert open_store(data, password).entries == ()
    with pytest.raises(StoreError, match="password does not open"):
        open_store(data, password + "x")


def test_a_new_store_is_empty_and_takes_certificates():
    data = new_store("jks", PASSWORD).with_changes((), [("alpha", CA.der)], NOW)
    assert open_store(data, PASSWORD).entries[0].certificates == (CA.der,)


GOOD = store(trusted(b"alpha", CA.der))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (GOOD[:3], "neither a JKS nor"),
        (GOOD[:10], "ends too early"),
        (GOOD[:-21], "damaged or truncated"),
        (GOOD + b"x", "wrong length"),
        (GOOD[:100] + bytes([GOOD[100] ^ 1]) + GOOD[101:], "does not open the store, or the store was altered"),
        (store(version=3), "JKS version 3 is unknown"),
        (signed(struct.pack(">III", 0xFEEDFEED, 2, 0xFFFFFFFF)), "ends too early"),
        (store(struct.pack(">I", 3) + utf(b"a") + bytes(8)), "entry type 3"),
        (store(trusted(b"\xff", CA.der)), "alias that is not text"),
        (store(trusted(b"alpha", CA.der).replace(b"X.509", b"OpenP")), "certificate type 'OpenP'"),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(data, message):
    with pytest.raises(StoreError, match=message) as caught:
        open_store(data, PASSWORD)
    assert caught.value.remedy


def test_a_time_beyond_the_calendar_is_no_error():
    entry = trusted(b"alpha", CA.der).replace(struct.pack(">q", 1000), struct.pack(">q", 2**62))
    assert open_store(store(entry), PASSWORD).entries[0].created is None


def test_a_password_is_needed():
    with pytest.raises(StoreError, match="none was given"):
        jks.read(GOOD, None)
