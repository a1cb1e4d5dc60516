# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open a store whatever its format, or begin a new one."""

from __future__ import annotations

from . import jks, pkcs12
from .der import SEQUENCE
from .entries import Store
from .errors import StoreError

FORMATS = ("jks", "pkcs12")
_JCEKS_MAGIC = bytes.fromhex("cececece")
_BKS_VERSIONS = (b"\0\0\0\1", b"\0\0\0\2")  # Bouncy Castle's BKS and UBER: a version, then the length of a salt
_BKS_SALT_LENGTH = b"\0\0\0\x14"
_MINIMAL_PASSWORD_LENGTH = 6  # characters; keytool accepts no shorter one


def open_store(data: bytes, password: str | None) -> Store:
    """Open a JKS or PKCS12 store and check its integrity.

    password: may be None for a passwordless PKCS12 store, and is not used there, as in the JVM. Raises StoreError.
    """
    if data.startswith(jks.MAGIC):
        return jks.read(data, password)
    if _is_der_with_version(data):
        return pkcs12.read(data, password)
    raise _not_a_store(data)


def new_store(store_format: str, password: str | None) -> Store:
    """An empty store. Raises StoreError if the format or the password will not do."""
    if password is not None and len(password) < _MINIMAL_PASSWORD_LENGTH:
        raise StoreError(
            f"the password of a new store needs {_MINIMAL_PASSWORD_LENGTH} characters or more", "Give a longer one."
        )
    if store_format == "pkcs12":
        return pkcs12.new(password)
    if store_format != "jks":
        raise StoreError(f"the format {store_format!r} is unknown", f"Give one of {', '.join(FORMATS)}.")
    if password is None:
        raise StoreError("a JKS store needs a password", "Give password or password_file.")
    return jks.JksStore((), password, jks.NEW_STORE_VERSION)


def _is_der_with_version(data: bytes) -> bool:
    """Whether the data begin as a PFX does, with a sequence that begins with an integer; whole or not."""
    if data[:1] != bytes((SEQUENCE,)):
        return False
    header = 2 + (data[1] & 0x7F if len(data) > 1 and data[1] & 0x80 else 0)
    return data[header:header + 1] in (b"\x02", b"")


def _not_a_store(data: bytes) -> StoreError:
    give_store = "Name a JKS or PKCS12 store"
    text = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not data:
        return StoreError("the store is an empty file", "Remove the file, and a new store is made.")
    if not data.strip(b"\0"):
        return StoreError("the store holds nothing but zero bytes", "Restore it from a backup.")
    if text.startswith(b"-----BEGIN"):
        return StoreError(
            "the file is PEM text, not a key store", f"{give_store}; PEM certificates belong under certificates."
        )
    if text.startswith(b"<"):
        return StoreError("the file is a web page or XML, not a key store", f"{give_store}.")
    if data.startswith(_JCEKS_MAGIC):
        return StoreError(
            "the store is in the format JCEKS, not supported here",
            "Convert it with keytool -importkeystore -deststoretype PKCS12, or make a trust store of its own.",
        )
    if data[:4] in _BKS_VERSIONS and data[4:8] == _BKS_SALT_LENGTH:
        return StoreError(
            "the store is in Bouncy Castle's format BKS or UBER, not supported here",
            "Make a JKS or PKCS12 trust store of its own.",
        )
    if data[:1] == bytes((SEQUENCE,)):
        return StoreError(
            "the file is a certificate or another DER file, not a key store",
            f"{give_store}; certificates belong under certificates.",
        )
    return StoreError("the file is neither a JKS nor a PKCS12 store", f"{give_store}.")
