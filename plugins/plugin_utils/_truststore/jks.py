# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Java key store format JKS, versions 1 and 2, read and written so that every entry keeps its bytes.

Source: the layout documented in OpenJDK's sun.security.provider.JavaKeyStore (engineLoad, engineStore).
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import struct
from collections.abc import Sequence

from .entries import KEY, TRUSTED, VERIFIED, Entry, Store, damaged, password_needed, wrong_password
from .errors import StoreError
from .pbe import utf16

MAGIC = bytes.fromhex("feedfeed")
NEW_STORE_VERSION = 2
_KEY_TAG, _TRUSTED_TAG = 1, 2
_DIGEST_SIZE = 20  # SHA-1
_DIGEST_WHITENER = b"Mighty Aphrodite"
_CERTIFICATE_TYPE = "X.509"
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class JksStore(Store):
    """A JKS store; always protected by a password."""

    format = "jks"

    def __init__(self, entries: Sequence[Entry], password: str, version: int) -> None:
        super().__init__(entries, VERIFIED)
        self._password = password
        self._version = version

    def _write(self, remove: frozenset[str], add: Sequence[tuple[str, bytes]], created: datetime.datetime) -> bytes:
        raws = [entry.raw for entry in self.entries if entry.alias not in remove]
        raws += [_trusted_entry(alias, der, created, self._version) for alias, der in add]
        return _sealed(raws, self._version, self._password)


def with_key(alias: str, protected_key: bytes, certificate: bytes, password: str, created: datetime.datetime) -> bytes:
    """The bytes of a new store that holds nothing but one private key, already protected, and its certificate (DER)."""
    raw = _head(_KEY_TAG, alias, created) + struct.pack(">I", len(protected_key)) + protected_key + struct.pack(">I", 1)
    return _sealed([raw + _certificate(certificate, NEW_STORE_VERSION)], NEW_STORE_VERSION, password)


def read(data: bytes, password: str | None) -> JksStore:
    """Open a store that begins with MAGIC. Raises StoreError (damaged, wrong password, none given)."""
    reader = _Reader(data)
    version, count = reader.number(">I"), reader.number(">I")
    if version not in (1, 2):
        raise StoreError(f"JKS version {version} is unknown", "Restore the store from a backup.")
    entries = [reader.entry(version) for _index in range(count)]
    if reader.position + _DIGEST_SIZE != len(data):
        raise damaged("wrong length")
    if password is None:
        raise password_needed()
    if not hmac.compare_digest(_digest(password, data[:-_DIGEST_SIZE]), data[-_DIGEST_SIZE:]):
        raise wrong_password()
    return JksStore(entries, password, version)


class _Reader:
    """Walks through the bytes of a store; every step raises StoreError at the end of the data."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = len(MAGIC)

    def _take(self, size: int) -> bytes:
        start, self.position = self.position, self.position + size
        if self.position > len(self._data):
            raise damaged("it ends too early")
        return self._data[start:self.position]

    def number(self, layout: str) -> int:
        return struct.unpack(layout, self._take(struct.calcsize(layout)))[0]

    def _text(self) -> str:
        return _decode_utf(self._take(self.number(">H")))

    def _certificate(self, version: int) -> bytes:
        if version == 2:
            kind = self._text()
            if kind not in ("X.509", "X509"):
                raise damaged(f"certificate type {kind[:20]!r}")
        return self._take(self.number(">I"))

    def entry(self, version: int) -> Entry:
        start = self.position
        tag = self.number(">I")
        alias = self._text()
        milliseconds = self.number(">q")
        if tag == _TRUSTED_TAG:
            kind, certificates = TRUSTED, (self._certificate(version),)
        elif tag == _KEY_TAG:
            self._take(self.number(">I"))
            kind = KEY
            certificates = tuple(self._certificate(version) for _index in range(self.number(">I")))
        else:
            raise damaged(f"entry type {tag}")
        return Entry(alias, kind, certificates, _moment(milliseconds), self._data[start:self.position])


def _moment(milliseconds: int) -> datetime.datetime | None:
    """The time of creation, or None for one that no calendar has."""
    try:
        return _EPOCH + datetime.timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def _decode_utf(data: bytes) -> str:
    """Java's modified UTF-8 (java.io.DataInput): NUL as C0 80, characters above U+FFFF as two surrogates."""
    try:
        text = data.replace(b"\xc0\x80", b"\0").decode("utf-8", "surrogatepass")
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise damaged("an alias that is not text") from None


def _trusted_entry(alias: str, der: bytes, created: datetime.datetime, version: int) -> bytes:
    return _head(_TRUSTED_TAG, alias, created) + _certificate(der, version)


def _head(tag: int, alias: str, created: datetime.datetime) -> bytes:
    name = alias.encode("utf-8")  # the same as Java's for what checked_alias() lets through
    milliseconds = (created - _EPOCH) // datetime.timedelta(milliseconds=1)
    return struct.pack(">IH", tag, len(name)) + name + struct.pack(">q", milliseconds)


def _certificate(der: bytes, version: int) -> bytes:
    kind = struct.pack(">H", len(_CERTIFICATE_TYPE)) + _CERTIFICATE_TYPE.encode("ascii") if version == 2 else b""
    return kind + struct.pack(">I", len(der)) + der


def _sealed(raws: Sequence[bytes], version: int, password: str) -> bytes:
    body = MAGIC + struct.pack(">II", version, len(raws)) + b"".join(raws)
    return body + _digest(password, body)


def _digest(password: str, body: bytes) -> bytes:
    return hashlib.sha1(utf16(password) + _DIGEST_WHITENER + body, usedforsecurity=False).digest()
