# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a JVM with a given store trusts a chain, judged as its HTTPS client does, as near as can be.

Source: OpenJDK's sun.security.validator.PKIXValidator and EndEntityChecker; tests compare with real JVMs. What a JVM
does that surprises people is done here too: a server's own certificate in the store is trusted whatever its dates and
extensions say, and an expired CA in the store still is an anchor. cryptography's own path validation is not used: it
follows the rules for public web servers and refuses most district CAs.

Not judged: revocation (the JVM's default neither), name constraints, certificate policies, settings of the JVM's
java.security beyond its defaults, the JVM's list of distrusted public CAs. Where the chain allows several paths, any
good one counts here, while a JVM may stick to the first.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .certificates import READ_ERRORS, facts, load
from .entries import Entry, anchors
from .hostname import matches_host
from .library import ExtendedKeyUsageOID, ExtensionOID, InvalidSignature, dsa, ec, rsa, x509

_LONGEST_PATH = 10  # certificates; a JVM allows 5 between server and anchor
_SHORTEST_KEYS = ((rsa.RSAPublicKey, 1024), (dsa.DSAPublicKey, 1024), (ec.EllipticCurvePublicKey, 224))
_KNOWN_EXTENSIONS = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    ExtensionOID.NAME_CONSTRAINTS,
    ExtensionOID.CERTIFICATE_POLICIES,
    ExtensionOID.POLICY_MAPPINGS,
    ExtensionOID.POLICY_CONSTRAINTS,
    ExtensionOID.INHIBIT_ANY_POLICY,
}


class Verdict(NamedTuple):
    """verified: whether a JVM would connect; reason: why (not), one sentence; anchor: alias of the entry that decides."""

    verified: bool
    reason: str
    anchor: str | None


class _Refused(Exception):
    """A path that a JVM would not accept; the text is the reason."""


class _Anchor(NamedTuple):
    alias: str
    der: bytes
    certificate: x509.Certificate


def verify_chain(entries: Sequence[Entry], chain: Sequence[bytes], host: str | None, now: datetime.datetime) -> Verdict:
    """Judge a chain (DER, the server's own certificate first) that a server presents.

    entries: those of the store. host: the name or address the client connects to; None leaves the name unchecked.
    """
    usable = list(_usable_anchors(entries))
    if not usable:
        return Verdict(False, "the store holds no trusted certificate", None)
    if not chain:
        return Verdict(False, "the server presented no certificate", None)
    try:
        path, anchor = _best_path(chain, usable, now)
        leaf = path[0]
        if host is not None and not matches_host(leaf, host):
            raise _Refused(f"the certificate {facts(chain[0]).subject} is not for the host {host}")
    except _Refused as refusal:
        return Verdict(False, str(refusal), None)
    except READ_ERRORS:
        return Verdict(False, "a certificate in the chain cannot be read", None)
    return Verdict(True, f"trusted through the entry {anchor.alias!r}", anchor.alias)


def _usable_anchors(entries: Sequence[Entry]) -> Iterator[_Anchor]:
    for alias, der in anchors(entries):
        try:
            yield _Anchor(alias, der, load(der))
        except READ_ERRORS:
            continue


def _best_path(
    chain: Sequence[bytes], usable: Sequence[_Anchor], now: datetime.datetime
) -> tuple[list[x509.Certificate], _Anchor]:
    """A path that a JVM accepts (without its anchor). Raises _Refused with the reason of the last path that failed."""
    for anchor in usable:
        if anchor.der == chain[0]:
            return [anchor.certificate], anchor
    certificates = [load(der) for der in dict.fromkeys(chain)]
    refusal = None
    for path, anchor in _paths([certificates[0]], certificates[1:], usable):
        try:
            _check(path, anchor, now)
            return path, anchor
        except _Refused as error:
            refusal = error
    top = _top(certificates)
    raise refusal or _Refused(
        f"no certificate in the store issued {top.subject.rfc4514_string()}; its issuer is {top.issuer.rfc4514_string()}"
    )


def _top(certificates: Sequence[x509.Certificate]) -> x509.Certificate:
    """The last certificate above the server's own that the chain has."""
    top, rest = certificates[0], list(certificates[1:])
    while above := next((candidate for candidate in rest if _issued(candidate, top)), None):
        rest.remove(above)
        top = above
    return top


def _paths(
    path: list[x509.Certificate], others: Sequence[x509.Certificate], usable: Sequence[_Anchor]
) -> Iterator[tuple[list[x509.Certificate], _Anchor]]:
    """All ways from the first certificate of the path to an anchor, shorter ones first."""
    for anchor in usable:
        if _issued(anchor.certificate, path[-1]):
            yield path, anchor
    if len(path) < _LONGEST_PATH:
        for candidate in others:
            if candidate not in path and _issued(candidate, path[-1]):
                yield from _paths([*path, candidate], others, usable)


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether name and signature fit. Signatures with MD5 never do: neither cryptography nor a JVM accepts them."""
    if certificate.issuer != issuer.subject:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, *READ_ERRORS):
        return False
    return True


def issued(issuer: bytes, certificate: bytes) -> bool:
    """Whether the one certificate (DER) issued the other: name and signature fit."""
    try:
        return _issued(load(issuer), load(certificate))
    except READ_ERRORS:
        return False


def _check(path: Sequence[x509.Certificate], anchor: _Anchor, now: datetime.datetime) -> None:
    """Raise _Refused for what a JVM refuses; the anchor's own dates do not count."""
    _check_ca(anchor.certificate, "the trusted certificate", v1_allowed=True)
    _check_key(anchor.certificate)
    below = 0
    for certificate in path:
        _check_dates(certificate, now)
        _check_key(certificate)
        _check_critical_extensions(certificate)
        if certificate is path[0]:
            continue
        constraints = _check_ca(certificate, "the intermediate certificate")
        if constraints.path_length is not None and below > constraints.path_length:
            raise _Refused(f"{_name(certificate)} allows fewer CAs below it")
        below += certificate.subject != certificate.issuer
    _check_server(path[0])


def _name(certificate: x509.Certificate) -> str:
    return certificate.subject.rfc4514_string()


def _check_dates(certificate: x509.Certificate, now: datetime.datetime) -> None:
    if certificate.not_valid_after_utc < now:
        raise _Refused(f"{_name(certificate)} expired on {certificate.not_valid_after_utc:%Y-%m-%d}")
    if certificate.not_valid_before_utc > now:
        raise _Refused(f"{_name(certificate)} is not valid before {certificate.not_valid_before_utc:%Y-%m-%d}")


def _check_key(certificate: x509.Certificate) -> None:
    key = certificate.public_key()
    for kind, bits in _SHORTEST_KEYS:
        if isinstance(key, kind) and key.key_size < bits:
            raise _Refused(f"the key of {_name(certificate)} has {key.key_size} bits, fewer than a JVM accepts")


def _check_critical_extensions(certificate: x509.Certificate) -> None:
    for extension in certificate.extensions:
        if extension.critical and extension.oid not in _KNOWN_EXTENSIONS:
            raise _Refused(f"{_name(certificate)} has the critical extension {extension.oid.dotted_string}, unknown to a JVM")


def _check_ca(certificate: x509.Certificate, what: str, v1_allowed: bool = False) -> x509.BasicConstraints | None:
    if v1_allowed and certificate.version == x509.Version.v1:
        return None
    constraints = _extension(certificate, x509.BasicConstraints)
    if constraints is None or not constraints.ca:
        raise _Refused(f"{what} {_name(certificate)} is not a CA certificate")
    usage = _extension(certificate, x509.KeyUsage)
    if usage is not None and not usage.key_cert_sign:
        raise _Refused(f"{what} {_name(certificate)} may not sign certificates (key usage)")
    return constraints


def _check_server(certificate: x509.Certificate) -> None:
    usage = _extension(certificate, x509.KeyUsage)
    if usage is not None and not usage.digital_signature:
        raise _Refused(f"{_name(certificate)} may not sign TLS handshakes (key usage)")
    extended = _extension(certificate, x509.ExtendedKeyUsage)
    allowed = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)
    if extended is not None and not any(oid in extended for oid in allowed):
        raise _Refused(f"{_name(certificate)} may not be used by a server (extended key usage)")


def _extension(certificate: x509.Certificate, kind: type) -> x509.ExtensionType | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
