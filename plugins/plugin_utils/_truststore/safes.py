# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The safes of a PKCS12 store: what the bags inside hold, and a safe without some of its bags.

Source: RFC 7292, section 4. Only the bags that go are left out; the bytes of all others stay.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from .der import BMP_STRING, EXPLICIT_0, IMPLICIT_0, OCTET_STRING, OID, SEQUENCE, SET, DerError, Node, encode, oid, parse
from .entries import damaged, password_needed, wrong_password
from .errors import StoreError
from .pbe import Protection

DATA = oid("1.2.840.113549.1.7.1")
ENCRYPTED_DATA = oid("1.2.840.113549.1.7.6")
_SHROUDED_KEY_BAG = oid("1.2.840.113549.1.12.10.1.2")
_CERT_BAG = oid("1.2.840.113549.1.12.10.1.3")
_SECRET_BAG = oid("1.2.840.113549.1.12.10.1.5")
_X509_CERTIFICATE = oid("1.2.840.113549.1.9.22.1")
_FRIENDLY_NAME = oid("1.2.840.113549.1.9.20")
_LOCAL_KEY_ID = oid("1.2.840.113549.1.9.21")
# Oracle's attribute: without it a JVM sees the certificate only as a part of some key's chain, not as trusted.
_TRUSTED_KEY_USAGE = oid("2.16.840.1.113894.746875.1.1")
_ANY_EXTENDED_KEY_USAGE = oid("2.5.29.37.0")

CERTIFICATE_BAG, KEY_BAG, SECRET_BAG, OTHER_BAG = "certificate", "key", "secret", "other"
_BAG_KINDS = {_CERT_BAG: CERTIFICATE_BAG, _SHROUDED_KEY_BAG: KEY_BAG, _SECRET_BAG: SECRET_BAG}


class Bag(NamedTuple):
    """One SafeBag. `certificate` is DER, None in other bags; `trusted` says that it has the trustedKeyUsage attribute."""

    raw: bytes
    kind: str
    alias: str | None
    key_id: bytes | None
    trusted: bool
    certificate: bytes | None


class Safe(NamedTuple):
    """One ContentInfo of the store with its bags; `protection` is None for one that is not encrypted."""

    raw: bytes
    bags: tuple[Bag, ...]
    protection: Protection | None

    def without(self, gone: Collection[Bag]) -> bytes:
        """The bytes of the safe without these bags: unchanged if it has none of them, nothing if no bag is left."""
        if not any(bag in gone for bag in self.bags):
            return self.raw
        kept = [bag.raw for bag in self.bags if bag not in gone]
        if not kept:
            return b""
        contents = encode(SEQUENCE, *kept)
        if self.protection is None:
            return _plain_content(contents)
        algorithm, encrypted = self.protection.encrypt(contents)
        version = _encrypted_data(parse(self.raw)).children(2)[0].raw
        information = encode(SEQUENCE, DATA, algorithm, encode(IMPLICIT_0, encrypted))
        return encode(SEQUENCE, ENCRYPTED_DATA, encode(EXPLICIT_0, encode(SEQUENCE, version, information)))


def safe_of_trusted(certificates: Sequence[tuple[str, bytes]]) -> bytes:
    """A new safe, not encrypted (certificates are public), with trusted certificates (alias, DER)."""
    return _plain_content(encode(SEQUENCE, *(_trusted_bag(alias, der) for alias, der in certificates)))


def read_safe(content: Node, password: str | None, authentic: bool) -> Safe:
    """Open one ContentInfo. authentic: the store's MAC fits the password. Raises DerError, StoreError."""
    kind = content.expect(SEQUENCE).children(2)[0].raw
    if kind == DATA:
        plain = content.children(2)[1].expect(EXPLICIT_0).inner(OCTET_STRING).content
        return Safe(content.raw, _bags(plain), None)
    if kind != ENCRYPTED_DATA:
        raise StoreError(
            "a part of the PKCS12 store is protected by a public key, which no JVM reads",
            "Convert the store to one that is protected by a password.",
        )
    if password is None:
        raise password_needed()
    information = _encrypted_data(content).children(2)[1].expect(SEQUENCE).children(3)
    protection = Protection(information[1].raw, password)
    encrypted = information[2].expect(IMPLICIT_0).content
    try:
        bags = _bags(protection.decrypt(encrypted))
    except DerError as error:
        if not authentic:
            raise wrong_password() from error
        raise damaged("a safe that does not open with the store's password") from error
    return Safe(content.raw, bags, protection)


def _encrypted_data(content: Node) -> Node:
    return content.children(2)[1].expect(EXPLICIT_0).inner(SEQUENCE)


def _plain_content(contents: bytes) -> bytes:
    return encode(SEQUENCE, DATA, encode(EXPLICIT_0, encode(OCTET_STRING, contents)))


def _bags(contents: bytes) -> tuple[Bag, ...]:
    return tuple(_bag(node) for node in parse(contents).expect(SEQUENCE).children())


def _bag(node: Node) -> Bag:
    name, value, *rest = node.expect(SEQUENCE).children(2)
    kind = _BAG_KINDS.get(name.expect(OID).raw, OTHER_BAG)
    certificate = None
    if kind == CERTIFICATE_BAG:
        certificate_kind, wrapped = value.expect(EXPLICIT_0).inner(SEQUENCE).children(2)[:2]
        if certificate_kind.raw == _X509_CERTIFICATE:
            certificate = wrapped.expect(EXPLICIT_0).inner(OCTET_STRING).content
        else:
            kind = OTHER_BAG
    attributes = _attributes(rest[0]) if rest else {}
    alias, key_id = attributes.get(_FRIENDLY_NAME), attributes.get(_LOCAL_KEY_ID)
    return Bag(
        node.raw,
        kind,
        _alias(alias.expect(BMP_STRING).content) if alias else None,
        key_id.expect(OCTET_STRING).content if key_id else None,
        _TRUSTED_KEY_USAGE in attributes,
        certificate,
    )


def _attributes(node: Node) -> dict[bytes, Node]:
    """The first value of each attribute."""
    found = {}
    for attribute in node.expect(SET).children():
        name, values = attribute.expect(SEQUENCE).children(2)[:2]
        found[name.expect(OID).raw] = values.expect(SET).children(1)[0]
    return found


def _alias(name: bytes) -> str:
    """The alias as a JVM shows it: lower case."""
    try:
        return name.decode("utf-16-be").lower()
    except UnicodeDecodeError as error:
        raise DerError("a name that is not text") from error


def _trusted_bag(alias: str, der: bytes) -> bytes:
    name = encode(SEQUENCE, _FRIENDLY_NAME, encode(SET, encode(BMP_STRING, alias.encode("utf-16-be"))))
    usage = encode(SEQUENCE, _TRUSTED_KEY_USAGE, encode(SET, _ANY_EXTENDED_KEY_USAGE))
    certificate = encode(SEQUENCE, _X509_CERTIFICATE, encode(EXPLICIT_0, encode(OCTET_STRING, der)))
    return encode(SEQUENCE, _CERT_BAG, encode(EXPLICIT_0, certificate), encode(SET, name, usage))
