# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates: from PEM or DER, what they say, how they are called. Handed around as DER bytes."""

from __future__ import annotations

import base64
import binascii
import contextlib
import datetime
import functools
import hashlib
import re
import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .errors import StoreError
from .library import PARSE_ERRORS, NameOID, x509

_PEM_BLOCK = re.compile(r"-----BEGIN ([^-]*)-----(.*?)-----END \1-----", re.DOTALL)
_CERTIFICATE_LABELS = ("CERTIFICATE", "X509 CERTIFICATE")
_NAME_PARTS = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME)
_ALIAS_LENGTH = 64
_SHORT_FINGERPRINT = 8  # hex digits
UNREADABLE = "(cannot be read)"
# What `cryptography` raises for certificates that it cannot read, which somebody may have put into a store nevertheless.
READ_ERRORS = (ValueError, TypeError, *PARSE_ERRORS)


class Facts(NamedTuple):
    """What a certificate says. Dates are in UTC; None (and UNREADABLE) where the certificate cannot be parsed."""

    subject: str
    issuer: str
    not_before: datetime.datetime | None
    not_after: datetime.datetime | None
    sha256: str
    is_ca: bool

    def expired(self, now: datetime.datetime) -> bool:
        """Whether it has expired; one that cannot be parsed has not."""
        return self.not_after is not None and self.not_after < now


@functools.lru_cache(maxsize=2048)
def load(der: bytes) -> x509.Certificate:
    """The parsed certificate. Raises one of READ_ERRORS, as may everything that is asked of it."""
    with _quietly():
        return x509.load_der_x509_certificate(der)


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Without Python's warnings about odd certificates: no reader of a task's output can change an old root."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def fingerprint(der: bytes) -> str:
    """SHA-256 as keytool and browsers show it: AB:CD:..."""
    return hashlib.sha256(der).digest().hex(":").upper()


def checked_fingerprint(text: str) -> str:
    """A SHA-256 fingerprint that somebody typed, in the form of fingerprint(). Raises StoreError."""
    digits = re.sub(r"[\s:]", "", text).lower().removeprefix("sha256")
    if not re.fullmatch(r"[0-9a-f]{64}", digits):
        raise StoreError(
            f"{text!r} is not a SHA-256 fingerprint", "Give 64 hexadecimal digits, with or without colons between them."
        )
    return bytes.fromhex(digits).hex(":").upper()


@functools.lru_cache(maxsize=2048)
def facts(der: bytes) -> Facts:
    """What the certificate says; never raises."""
    try:
        with _quietly():
            certificate = load(der)
            return Facts(
                certificate.subject.rfc4514_string(),
                certificate.issuer.rfc4514_string(),
                certificate.not_valid_before_utc,
                certificate.not_valid_after_utc,
                fingerprint(der),
                _is_ca(certificate),
            )
    except READ_ERRORS:
        return Facts(UNREADABLE, UNREADABLE, None, None, fingerprint(der), False)


def _is_ca(certificate: x509.Certificate) -> bool:
    if certificate.version == x509.Version.v1:
        return certificate.subject == certificate.issuer
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False


def read_certificates(content: str | bytes, where: str) -> list[bytes]:
    """All certificates of a PEM text (one, or a bundle) or of one DER certificate, as DER.

    where: what the content is, for errors. Raises StoreError if there is none, or anything that is not a certificate.
    """
    if isinstance(content, bytes):
        if content[:1] == b"\x30":
            return [_checked(content, where)]
        content = content.decode("utf-8", "replace")
    blocks = _PEM_BLOCK.findall(content)
    if content.count("-----BEGIN ") != len(blocks):
        raise StoreError(f"{where} has a PEM block that does not end", "Give the whole file, with its -----END line.")
    if not blocks:
        raise StoreError(f"{where} holds no certificate", _remedy_for(content))
    found = []
    for number, (label, body) in enumerate(blocks, start=1):
        place = where if len(blocks) == 1 else f"block {number} of {where}"
        if label not in _CERTIFICATE_LABELS:
            raise StoreError(f"{place} is a {label}, not a certificate", _label_remedy(label))
        try:
            der = base64.b64decode("".join(body.split()), validate=True)
        except (binascii.Error, ValueError):
            raise StoreError(f"{place} is damaged (not base64)", "Copy the certificate again.") from None
        found.append(_checked(der, place))
    return list(dict.fromkeys(found))


def _checked(der: bytes, where: str) -> bytes:
    if facts(der).subject == UNREADABLE:
        raise StoreError(
            f"{where} is not an X.509 certificate",
            "Give a certificate in PEM or DER; take one out of a PKCS#7 file with openssl pkcs7 -print_certs.",
        )
    return der


def _remedy_for(content: str) -> str:
    if not content.strip():
        return "It is empty."
    if content.lstrip().startswith("<"):
        return "It looks like a web page: download the certificate itself."
    return "Give PEM text that begins with -----BEGIN CERTIFICATE-----."


def _label_remedy(label: str) -> str:
    if "PRIVATE KEY" in label:
        return "A private key does not belong here: give the certificate alone."
    if "PKCS7" in label or "CMS" in label:
        return "Take the certificates out with openssl pkcs7 -print_certs."
    return "Give blocks that begin with -----BEGIN CERTIFICATE----- only."


def to_pem(der: bytes) -> str:
    """The certificate as PEM text."""
    text = base64.b64encode(der).decode("ascii")
    lines = [text[at:at + 64] for at in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])


def alias_for(der: bytes) -> str:
    """An alias from the subject (common name, otherwise organization, otherwise unit): lower case a-z, 0-9 and `-`."""
    try:
        subject = load(der).subject
        names = [str(item.value) for part in _NAME_PARTS for item in subject.get_attributes_for_oid(part)]
    except READ_ERRORS:
        names = []
    for name in names:
        if alias := alias_from(name):
            return alias
    return "certificate"


def alias_from(text: str) -> str:
    """The text as (a part of) an alias: lower case a-z, 0-9 and `-`; empty if nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_ALIAS_LENGTH].rstrip("-")


def distinct(alias: str, der: bytes) -> str:
    """The alias with the beginning of the certificate's fingerprint, for when the alias alone is taken."""
    return f"{alias}-{hashlib.sha256(der).hexdigest()[:_SHORT_FINGERPRINT]}"


def issuer_chain(der: bytes, candidates: Iterable[bytes]) -> tuple[bytes, ...]:
    """The certificate followed by its issuers among the candidates, matched by name as key stores do."""
    chain, pool = [der], list(candidates)
    while (last := facts(chain[-1])).issuer != last.subject:
        above = next((item for item in pool if facts(item).subject == last.issuer and item not in chain), None)
        if above is None:
            break
        chain.append(above)
    return tuple(chain)
