# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged stores: whatever happens to the bytes, one clear error or a store that can be read; never a traceback.

K12_SIF_FUZZ says how many stores are made.
"""

from __future__ import annotations

import os
import random

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._truststore import der, pbe
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.desired import Desired, Wanted
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.errors import StoreError
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.plan import plan
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.store import new_store, open_store
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore import test_jks, test_pkcs12
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore.pki import NOW, PASSWORD, issue

STORES = int(os.environ.get("K12_SIF_FUZZ", "800"))
CA, OTHER, WISH = issue("Alpha CA"), issue("Beta CA"), issue("Wish CA")


def passwordless() -> bytes:
    return new_store("pkcs12", None).with_changes((), [("alpha", CA.der), ("beta", OTHER.der)], NOW)


def jks_body() -> bytes:
    """A store without its digest; the digest is made anew after each mutation, to get behind it."""
    return test_jks.store(test_jks.trusted(b"alpha", CA.der), test_jks.private_key(b"mine", [OTHER.der]))[:-20]


SEEDS = {
    "jks": lambda: test_jks.signed(jks_body()),
    "pkcs12": lambda: test_pkcs12.trust_store(("alpha", CA), ("beta", OTHER)),
    "pkcs12 3des": lambda: test_pkcs12.trust_store(("alpha", CA), algorithm=test_pkcs12.TRIPLE_DES),
    "pkcs12 key": test_pkcs12.key_store,
    "passwordless": passwordless,
    "jks resigned": jks_body,
}


def mutated(data: bytes, dice: random.Random) -> bytes:
    out = bytearray(data)
    for _change in range(dice.choice((1, 1, 1, 2, 8))):
        at = dice.randrange(len(out) or 1)
        way = dice.randrange(6)
        if way == 0:
            out[at:at + 1] = bytes([dice.randrange(256)])
        elif way == 1 and out:
            out[at] ^= 1 << dice.randrange(8)
        elif way == 2:
            del out[at:]
        elif way == 3:
            del out[at:at + dice.randrange(1, 40)]
        elif way == 4:
            out[at:at] = dice.randbytes(dice.randrange(1, 40))
        else:
            out[at:at + 4] = dice.choice((b"\xff" * 4, b"\0" * 4, b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", out[:at][-4:]))
    return bytes(out)


@pytest.mark.parametrize("seed", SEEDS)
def test_damaged_stores(seed, monkeypatch):
    monkeypatch.setattr(pbe, "MAX_ITERATIONS", 100_000)  # the real limit would only make the test slow
    original = SEEDS[seed]()
    dice = random.Random(f"{seed} 2026")
    desired = Desired([Wanted(WISH.pem)], remove_expired=True)
    outcomes = {"error": 0, "read": 0}
    for _number in range(STORES // len(SEEDS) + 1):
        data = mutated(original, dice)
        if seed == "jks resigned":
            data = test_jks.signed(data)
        try:
            store = open_store(data, PASSWORD)
            planned = plan(store, desired, NOW)
            assert planned.changed
            written = open_store(planned.content, PASSWORD)
        except StoreError as error:
            assert error.message and error.remedy and PASSWORD not in str(error)
            outcomes["error"] += 1
        else:
            untouched = {entry.raw for entry in store.entries if entry.kind != "trusted"}
            assert untouched <= {entry.raw for entry in written.entries}
            outcomes["read"] += 1
    assert outcomes["error"] > 0
    assert (outcomes["read"] > 0) or seed not in ("passwordless", "jks resigned")


@pytest.mark.parametrize("number", range(20))
def test_random_bytes(number):
    dice = random.Random(number)
    start = dice.choice((b"", b"\xfe\xed\xfe\xed\0\0\0\2", b"\x30\x82\x01\0\x02\x01\x03"))
    with pytest.raises(StoreError):
        open_store(start + dice.randbytes(dice.randrange(300)), PASSWORD)


def test_der_that_nests_deeply_is_no_recursion():
    data = b""
    for _level in range(3000):
        data = der.encode(der.SEQUENCE, data)
    with pytest.raises(StoreError):
        open_store(der.encode(der.SEQUENCE, der.integer(3), data), PASSWORD)
