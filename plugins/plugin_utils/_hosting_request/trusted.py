# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates that the agent must trust, as files to attach."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._truststore.certificates import UNREADABLE, alias_from, facts, to_pem
from .._truststore.desired import Wanted, targets
from .._truststore.errors import StoreError

WARN_DAYS = 60  # a request may lie for weeks, and the certificate must outlive it


@dataclasses.dataclass(frozen=True)
class Certificate:
    """One certificate: the alias to import it under, its PEM text and what it says; the last day it is valid is in UTC."""

    alias: str
    pem: str
    subject: str
    issuer: str
    valid_until: datetime.date
    sha256: str


@dataclasses.dataclass(frozen=True)
class Trusted:
    """Certificates to import, those to remove (in words), and what an operator should know."""

    certificates: tuple[Certificate, ...]
    removals: tuple[str, ...]
    warnings: tuple[str, ...]


def read_trusted(items: t.Iterable[Wanted], now: datetime.datetime) -> Trusted:
    """Read the certificates of an inventory.

    Raises:
        StoreError: one cannot be read, has expired, or contradicts another.
    """
    present, absent = targets(items)
    certificates, warnings = [], []
    for target in present:
        found = facts(target.der)
        if found.not_after is None:
            raise StoreError(f"{target.where} does not say until when it is valid ({UNREADABLE})", "Get it again from Instructure.")
        until = found.not_after.date()
        if found.expired(now):
            raise StoreError(f"{target.where}, {found.subject}, expired on {until}", "Get the one in use from Instructure.")
        days = (found.not_after - now).days
        if days < WARN_DAYS:
            warnings.append(f"{target.where}, {found.subject}, expires in {days} days; ask Instructure for the one that follows it")
        alias = target.alias or alias_from(found.subject)
        certificates.append(Certificate(alias, to_pem(target.der), found.subject, found.issuer, until, found.sha256))
    removals = [
        f"the certificate with the alias {target.alias}" if target.named else f"the certificate of {facts(target.der).subject}" for target in absent
    ]
    return Trusted(tuple(certificates), tuple(removals), tuple(warnings))
