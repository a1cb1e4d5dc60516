# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PKCS12 container: its safes, its message authentication code, and the entries a JVM makes of the bags.

Sources: RFC 7292, section 4; for what becomes an entry, OpenJDK's sun.security.pkcs12.PKCS12KeyStore
(engineLoad, loadSafeContents). Stores without MAC and encryption are the passwordless cacerts of JDK 18 and newer.
"""

from __future__ import annotations

import datetime
import hmac
import itertools
import os
from collections.abc import Iterator, Sequence

from .certificates import issuer_chain
from .der import EXPLICIT_0, OCTET_STRING, SEQUENCE, DerError, IndefiniteLength, Node, encode, integer, oid, parse
from .entries import (
    KEY,
    PASSWORDLESS,
    SECRET,
    TRUSTED,
    UNKNOWN,
    VERIFIED,
    Entry,
    Store,
    damaged,
    password_needed,
    wrong_password,
)
from .errors import StoreError
from .pbe import PURPOSE_MAC, checked_iterations, pkcs12_key
from .safes import CERTIFICATE_BAG, DATA, KEY_BAG, SECRET_BAG, Bag, Safe, read_safe, safe_of_trusted

_MAC_HASHES = {
    oid("1.3.14.3.2.26"): "sha1",
    oid("2.16.840.1.101.3.4.2.4"): "sha224",
    oid("2.16.840.1.101.3.4.2.1"): "sha256",
    oid("2.16.840.1.101.3.4.2.2"): "sha384",
    oid("2.16.840.1.101.3.4.2.3"): "sha512",
}
_PBMAC1 = oid("1.2.840.113549.1.5.14")
_MAC_SIZES = {"sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64}
_VERSION = 3
# What the JDK writes since 16 (java.security: keystore.pkcs12.macAlgorithm and macIterationCount).
_NEW_MAC_HASH, _NEW_MAC_ITERATIONS, _NEW_MAC_SALT_SIZE = oid("2.16.840.1.101.3.4.2.1"), 10_000, 20
# A JVM gives this id to a single private key without one, and to the first certificate of a safe after it.
_DEFAULT_KEY_ID = b"01"


class _Mac:
    """MacData: parsed, checked and renewed with the same hash and number of iterations."""

    def __init__(self, node: Node, password: str) -> None:
        digest_info, salt, *iterations = node.expect(SEQUENCE).children(2)
        algorithm, digest = digest_info.expect(SEQUENCE).children(2)[:2]
        name = algorithm.expect(SEQUENCE).children(1)[0].raw
        if name not in _MAC_HASHES:
            raise StoreError(
                f"the PKCS12 store is protected by {'PBMAC1' if name == _PBMAC1 else 'a MAC'}, not supported here",
                "Convert it with keytool -importkeystore; no JVM before 26 reads PBMAC1 either.",
            )
        self._algorithm, self._hash, self._password = algorithm.raw, _MAC_HASHES[name], password
        self._salt, self._digest = salt.expect(OCTET_STRING).content, digest.expect(OCTET_STRING).content
        self._iterations = checked_iterations(iterations[0].integer() if iterations else 1)

    def _compute(self, salt: bytes, content: bytes) -> bytes:
        size = _MAC_SIZES[self._hash]
        key = pkcs12_key(self._password, salt, self._iterations, size, PURPOSE_MAC, self._hash)
        return hmac.new(key, content, self._hash).digest()

    def fits(self, content: bytes) -> bool:
        return hmac.compare_digest(self._compute(self._salt, content), self._digest)

    def renewed(self, content: bytes) -> bytes:
        salt = os.urandom(len(self._salt))
        digest_info = encode(SEQUENCE, self._algorithm, encode(OCTET_STRING, self._compute(salt, content)))
        return encode(SEQUENCE, digest_info, encode(OCTET_STRING, salt), integer(self._iterations))


class Pkcs12Store(Store):
    """A PKCS12 store; one that was passwordless stays so."""

    format = "pkcs12"

    def __init__(self, safes: Sequence[Safe], mac: _Mac | None) -> None:
        owned = list(_java_view(safes))
        super().__init__([entry for entry, _bag in owned], VERIFIED if mac else PASSWORDLESS)
        self._owned, self._safes, self._mac = owned, safes, mac

    def _write(self, remove: frozenset[str], add: Sequence[tuple[str, bytes]], created: datetime.datetime) -> bytes:
        gone = {bag for entry, bag in self._owned if entry.kind == TRUSTED and entry.alias in remove}
        contents = [safe.without(gone) for safe in self._safes]
        if add:
            contents.append(safe_of_trusted(add))
        content = encode(SEQUENCE, *contents)
        authenticated = encode(SEQUENCE, DATA, encode(EXPLICIT_0, encode(OCTET_STRING, content)))
        mac = self._mac.renewed(content) if self._mac else b""
        return encode(SEQUENCE, integer(_VERSION), authenticated, mac)


def read(data: bytes, password: str | None) -> Pkcs12Store:
    """Open a PFX. Raises StoreError (damaged, wrong password, none given, something not supported)."""
    try:
        return _read(data, password)
    except IndefiniteLength:
        raise StoreError(
            "the PKCS12 store is written in BER with indefinite lengths, which cannot be kept byte for byte",
            "Convert it once with keytool -importkeystore to a new PKCS12 or JKS store.",
        ) from None
    except DerError as error:
        raise damaged(str(error)) from None


def new(password: str | None) -> Pkcs12Store:
    """An empty store as newer JDKs make it, without a password a passwordless one."""
    if password is None:
        return Pkcs12Store((), None)
    algorithm = encode(SEQUENCE, _NEW_MAC_HASH, encode(0x05))
    salt = encode(OCTET_STRING, bytes(_NEW_MAC_SALT_SIZE))
    template = encode(SEQUENCE, encode(SEQUENCE, algorithm, encode(OCTET_STRING)), salt, integer(_NEW_MAC_ITERATIONS))
    return Pkcs12Store((), _Mac(parse(template), password))


def _read(data: bytes, password: str | None) -> Pkcs12Store:
    version, authenticated, *rest = parse(data).expect(SEQUENCE).children(2)
    if version.integer() != _VERSION:
        raise DerError("not version 3")
    kind, wrapped = authenticated.expect(SEQUENCE).children(2)[:2]
    if kind.raw != DATA:
        raise StoreError("the PKCS12 store is signed, not protected by a password", "No JVM reads it: make a new one.")
    content = wrapped.expect(EXPLICIT_0).inner(OCTET_STRING).content
    parts = parse(content).expect(SEQUENCE).children()
    if rest and password is None:
        raise password_needed()
    mac = _Mac(rest[0], password) if rest else None
    authentic = mac is not None and mac.fits(content)
    if mac and not authentic:
        raise _mac_error(parts, password)
    return Pkcs12Store([read_safe(part, password, authentic) for part in parts], mac)


def _mac_error(parts: Sequence[Node], password: str) -> StoreError:
    """Tell altered bytes from a wrong password, which is possible when a part is encrypted too."""
    try:
        opened = [read_safe(part, password, False) for part in parts]
    except (DerError, StoreError):
        return wrong_password()
    if any(safe.protection for safe in opened):
        return damaged("the password opens it, but its integrity check fails")
    return wrong_password()


def _java_view(safes: Sequence[Safe]) -> Iterator[tuple[Entry, Bag]]:
    """The entries in the order of the store, each with its bag; certificates of no entry come last as UNKNOWN."""
    names = (str(number) for number in itertools.count(1))
    keys, chain_bags, key_count = [], [], 0
    for safe in safes:
        for index, bag in enumerate(safe.bags):
            key_count += bag.kind == KEY_BAG
            key_id = bag.key_id
            if key_id is None and key_count == 1 and (bag.kind == KEY_BAG or index == 0):
                key_id = _DEFAULT_KEY_ID
            if bag.kind == CERTIFICATE_BAG and not bag.trusted:
                chain_bags.append((key_id, bag))
            elif bag.kind == CERTIFICATE_BAG:
                yield Entry(_name(bag, names), TRUSTED, (bag.certificate,), None, bag.raw), bag
            elif bag.kind == SECRET_BAG:
                yield Entry(_name(bag, names), SECRET, (), None, bag.raw), bag
            elif bag.kind == KEY_BAG and key_id is not None:
                keys.append((_name(bag, names), key_id, bag))
            else:
                yield Entry(bag.alias or "", UNKNOWN, (), None, bag.raw), bag
    everything = [bag.certificate for safe in safes for bag in safe.bags if bag.certificate]
    used = set()
    for alias, key_id, bag in keys:
        own = _own_certificate(alias, key_id, chain_bags)
        chain = issuer_chain(own, everything) if own else ()
        used.update(chain)
        yield Entry(alias, KEY, chain, None, bag.raw), bag
    for _key_id, bag in chain_bags:
        if bag.certificate not in used:
            yield Entry(bag.alias or "", UNKNOWN, (bag.certificate,), None, bag.raw), bag


def _name(bag: Bag, names: Iterator[str]) -> str:
    return next(names) if bag.alias is None else bag.alias


def _own_certificate(alias: str, key_id: bytes, candidates: Sequence[tuple[bytes | None, Bag]]) -> bytes | None:
    """The certificate of a key: the same id (with the same name if there are several), otherwise the same name."""
    same_id = [bag for candidate_id, bag in candidates if candidate_id == key_id]
    same_name = [bag for _candidate_id, bag in candidates if bag.alias == alias]
    both = [bag for bag in same_id if bag.alias == alias]
    for found in (both[:1], same_id[-1:], same_name[-1:]):
        if found:
            return found[0].certificate
    return None
