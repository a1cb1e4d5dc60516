# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server presents: which of its certificates is which, and which of them may be trusted on what grounds."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, NamedTuple

from .certificates import checked_fingerprint, facts, to_pem
from .entries import TRUSTED, Entry
from .errors import StoreError
from .plan import day
from .verification import issued, verify_chain


class Choice(NamedTuple):
    """The certificate to trust, as DER; None if a private key's own does it already. warnings: what people should know."""

    der: bytes | None
    warnings: tuple[str, ...]


def issuing_ca(chain: Sequence[bytes]) -> bytes | None:
    """The certificate in the chain that issued the first one, None if it was not sent (or the first one issued itself)."""
    return next((der for der in chain[1:] if facts(der).is_ca and issued(der, chain[0])), None)


def described_chain(chain: Sequence[bytes], now: datetime.datetime) -> list[dict[str, Any]]:
    """Facts about each certificate, for results."""
    issuer = issuing_ca(chain)
    return [
        {
            "role": "server" if number == 0 else "issuing_ca" if der == issuer else "other",
            "pem": to_pem(der),
            **described(der, now),
        }
        for number, der in enumerate(chain)
    ]


def described(der: bytes, now: datetime.datetime) -> dict[str, Any]:
    """What results say about a certificate; days_left is None where it cannot be read."""
    known = facts(der)
    return {
        "subject": known.subject,
        "issuer": known.issuer,
        "not_before": day(known.not_before),
        "not_after": day(known.not_after),
        "days_left": (known.not_after - now).days if known.not_after else None,
        "sha256": known.sha256,
        "is_ca": known.is_ca,
    }


def pinned(chain: Sequence[bytes], fingerprint: str, host: str, now: datetime.datetime) -> Choice:
    """The certificate in the chain that has the SHA-256 fingerprint, if it makes a JVM trust the server.

    Raises StoreError if none has it (somebody else may be answering) or if trusting it would not help.
    """
    expected = checked_fingerprint(fingerprint)
    chosen = next((der for der in chain if facts(der).sha256 == expected), None)
    if chosen is None:
        shown = "; ".join(f"{facts(der).subject} {facts(der).sha256}" for der in chain)
        raise StoreError(
            f"no certificate that {host} presents has the fingerprint {expected}; it presents: {shown}",
            "Ask the server's operator for the fingerprint; a proxy that inspects TLS shows certificates of its own.",
        )
    _must_help(chosen, chain, host, now)
    issuer = issuing_ca(chain)
    if chosen != chain[0] or issuer is None:
        return Choice(chosen, ())
    return Choice(
        chosen,
        (
            f"the fingerprint is that of the own certificate of {host}, which ends with its next renewal; prefer its issuing CA "
            f"{facts(issuer).subject} {facts(issuer).sha256}, once you compared that",
        ),
    )


def first_use(
    entries: Sequence[Entry], alias: str, chain: Sequence[bytes], host: str, now: datetime.datetime
) -> Choice:
    """The certificate to trust because nobody says otherwise: the issuing CA if the server sent it, otherwise its own.

    The one in the store if that trusts the server already. Raises StoreError if the alias shows that this is not the first use,
    or if trusting would not help.
    """
    verdict = verify_chain(entries, chain, host, now)
    if verdict.verified:
        trusted = {entry.alias: entry.certificates[0] for entry in entries if entry.kind == TRUSTED}
        return Choice(trusted.get(verdict.anchor), ())
    if any(entry.alias == alias and entry.kind == TRUSTED for entry in entries):
        raise StoreError(
            f"{host} was trusted on first use (alias {alias!r}), and now presents {facts(chain[0]).subject} "
            f"{facts(chain[0]).sha256}, which that does not cover",
            "Ask the server's operator whether it changed; then give sha256_fingerprint, or remove the alias.",
        )
    chosen = issuing_ca(chain) or chain[0]
    _must_help(chosen, chain, host, now)
    kind = "its issuing CA" if chosen != chain[0] else "its own certificate (it sent no CA)"
    return Choice(
        chosen,
        (
            f"trusting {host} on first use: nobody compared the fingerprint of {kind}, {facts(chosen).subject} "
            f"{facts(chosen).sha256}; do so now and give it as sha256_fingerprint",
        ),
    )


def _must_help(chosen: bytes, chain: Sequence[bytes], host: str, now: datetime.datetime) -> None:
    verdict = verify_chain([Entry("chosen", TRUSTED, (chosen,), None, b"")], chain, host, now)
    if not verdict.verified:
        raise StoreError(
            f"trusting {facts(chosen).subject} would not make a JVM trust {host}: {verdict.reason}",
            "Have the server's certificate corrected, or use the host name it is for.",
        )
