# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A new key store of the format JKS with one private key and its self-signed certificate.

Agents open their key store by the name JKS, which every JVM reads. Source of the format of the key: OpenJDK's
sun.security.provider.KeyProtector.
"""

from __future__ import annotations

import datetime
import hashlib
import os

from . import jks
from .der import OCTET_STRING, SEQUENCE, encode, oid
from .library import NameOID, hashes, rsa, serialization, x509
from .pbe import utf16

ALIAS = "agent"
_KEY_BITS = 2048
_KEY_PROTECTOR = "1.3.6.1.4.1.42.2.17.1.1"
_NULL = b"\x05\x00"
_SALT_SIZE = 20  # bytes, as long as a SHA-1 digest


def new_key_store(password: str, common_name: str, days: int, now: datetime.datetime) -> bytes:
    """The bytes of a store with a new RSA key under the alias ALIAS.

    Args:
        password: of the store and of the key; agents know only one for both.
        common_name: subject of the certificate.
        days: how long the certificate is valid.
        now: the time of creation.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=days))
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    plain = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return jks.with_key(ALIAS, _protected(plain, password), certificate, password, now)


def _protected(plain: bytes, password: str) -> bytes:
    """EncryptedPrivateKeyInfo by Sun's own algorithm: salt, key xor a stream of SHA-1 digests, check digest."""
    secret = utf16(password)
    salt = os.urandom(_SALT_SIZE)
    stream, digest = b"", salt
    while len(stream) < len(plain):
        digest = _sha1(secret + digest)
        stream += digest
    hidden = bytes(left ^ right for left, right in zip(plain, stream))
    algorithm = encode(SEQUENCE, oid(_KEY_PROTECTOR), _NULL)
    return encode(SEQUENCE, algorithm, encode(OCTET_STRING, salt + hidden + _sha1(secret + plain)))


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()
