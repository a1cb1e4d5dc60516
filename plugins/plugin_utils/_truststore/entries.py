# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The face that all store formats share: entries to read, and one way to get the bytes of a changed store."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence
from typing import ClassVar, NamedTuple

from .errors import StoreError

TRUSTED, KEY, SECRET, UNKNOWN = "trusted", "key", "secret", "unknown"
VERIFIED, PASSWORDLESS = "verified", "none"


class Entry(NamedTuple):
    """One entry as the JVM sees it.

    kind: TRUSTED (a certificate the JVM trusts), KEY (private key with its chain), SECRET (secret key) or UNKNOWN (kept,
    but the JVM sees no entry in it). certificates: DER, the key's own certificate first. created: when the format
    records it. raw: the entry's bytes in the (decrypted) store.
    """

    alias: str
    kind: str
    certificates: tuple[bytes, ...]
    created: datetime.datetime | None
    raw: bytes


class Store:
    """An opened store. `integrity` is VERIFIED (its digest fits the password) or PASSWORDLESS (nothing to check)."""

    format: ClassVar[str]

    def __init__(self, entries: Sequence[Entry], integrity: str) -> None:
        self.entries = tuple(entries)
        self.integrity = integrity

    def with_changes(
        self, remove: Collection[str], add: Sequence[tuple[str, bytes]], created: datetime.datetime
    ) -> bytes:
        """The bytes of this store without the trusted entries called `remove`, and with `add` (alias, DER) at the end.

        Every other entry keeps its bytes. created: the time that new entries get, where the format records it.
        Raises StoreError if an alias to remove or to add belongs to a key, or an alias to add is taken.
        """
        for alias in (*remove, *(alias for alias, _der in add)):
            for entry in self.entries:
                if entry.alias == alias and entry.kind in (KEY, SECRET):
                    raise protected(entry)
        kept = {entry.alias for entry in self.entries if entry.kind == TRUSTED} - set(remove)
        for alias, _der in add:
            if alias in kept:
                raise StoreError(f"the alias {alias!r} is taken", "Choose another alias.")
        return self._write(frozenset(remove), add, created)

    def _write(self, remove: frozenset[str], add: Sequence[tuple[str, bytes]], created: datetime.datetime) -> bytes:
        raise NotImplementedError


def anchors(entries: Sequence[Entry]) -> Iterator[tuple[str, bytes]]:
    """Alias and certificate (DER) of all that a JVM with this store trusts.

    Those are the trusted certificates and, of each private key, its own certificate but not the rest of its chain
    (OpenJDK's sun.security.validator.TrustStoreUtil); an alias with capitals, as JKS may have it, no JVM finds.
    """
    for entry in entries:
        if entry.kind in (TRUSTED, KEY) and entry.certificates and entry.alias == entry.alias.lower():
            yield entry.alias, entry.certificates[0]


def protected(entry: Entry) -> StoreError:
    """The error for an attempt to replace or remove an entry that holds a key."""
    what = "a private key" if entry.kind == KEY else "a secret key"
    return StoreError(
        f"the alias {entry.alias!r} holds {what} and is neither replaced nor removed",
        "Choose another alias, or remove that entry yourself with keytool -delete if it really is to go.",
    )


def damaged(what: str) -> StoreError:
    """The error for a store whose structure cannot be read."""
    return StoreError(f"the store is damaged or truncated ({what})", "Restore it from a backup.")


def wrong_password() -> StoreError:
    """The error for a digest that does not fit: nobody can tell a wrong password from altered bytes."""
    return StoreError(
        "the password does not open the store, or the store was altered",
        "Check the password (the JVM's own default is a well-known one) or restore the store from a backup.",
    )


def password_needed() -> StoreError:
    """The error for a protected store without a password."""
    return StoreError("the store is protected by a password and none was given", "Give password or password_file.")
