# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Password-based cryptography of PKCS12: keys from passwords, decrypting a safe, encrypting it again the same way.

Sources: RFC 7292 (appendix B: key derivation; appendix C: its PBE algorithms), RFC 8018 (PBES2, PBKDF2).
"""

from __future__ import annotations

import hashlib
import os
from typing import Callable, NamedTuple

from . import rc2
from .der import OCTET_STRING, OID, SEQUENCE, DerError, Node, oid, parse
from .errors import StoreError
from .library import AES, Cipher, TripleDES, modes, padding

# The JVM refuses more (sun.security.pkcs12.PKCS12KeyStore), and without a limit a damaged store would block the run.
MAX_ITERATIONS = 5_000_000
PURPOSE_KEY, PURPOSE_IV, PURPOSE_MAC = 1, 2, 3
_HASH_BLOCK_SIZES = {"sha1": 64, "sha224": 64, "sha256": 64, "sha384": 128, "sha512": 128}

_PBES2, _PBKDF2 = oid("1.2.840.113549.1.5.13"), oid("1.2.840.113549.1.5.12")
_PRF_HASHES = {
    oid(f"1.2.840.113549.2.{number}"): name
    for number, name in ((7, "sha1"), (8, "sha224"), (9, "sha256"), (10, "sha384"), (11, "sha512"))
}
_DEFAULT_PRF = "sha1"  # RFC 8018, appendix A.2


class _CipherKind(NamedTuple):
    """A block cipher in CBC mode: sizes in bytes, and raw encryption and decryption of whole blocks."""

    key_size: int
    block_size: int
    encrypt: Callable[[bytes, bytes, bytes], bytes]
    decrypt: Callable[[bytes, bytes, bytes], bytes]


def _cbc(algorithm: type, key_size: int, block_size: int) -> _CipherKind:
    def run(step: str) -> Callable[[bytes, bytes, bytes], bytes]:
        def apply(key: bytes, iv: bytes, data: bytes) -> bytes:
            context = getattr(Cipher(algorithm(key), modes.CBC(iv)), step)()
            return context.update(data) + context.finalize()

        return apply

    return _CipherKind(key_size, block_size, run("encryptor"), run("decryptor"))


def _rc2(key_size: int) -> _CipherKind:
    return _CipherKind(key_size, rc2.BLOCK_SIZE, rc2.encrypt_cbc, rc2.decrypt_cbc)


_PBES2_CIPHERS = {
    oid("2.16.840.1.101.3.4.1.2"): _cbc(AES, 16, 16),
    oid("2.16.840.1.101.3.4.1.22"): _cbc(AES, 24, 16),
    oid("2.16.840.1.101.3.4.1.42"): _cbc(AES, 32, 16),
    oid("1.2.840.113549.3.7"): _cbc(TripleDES, 24, 8),
}
_PKCS12_CIPHERS = {
    oid("1.2.840.113549.1.12.1.3"): _cbc(TripleDES, 24, 8),
    oid("1.2.840.113549.1.12.1.5"): _rc2(16),
    oid("1.2.840.113549.1.12.1.6"): _rc2(5),
}


def utf16(text: str) -> bytes:
    """A password as Java's chars, big endian."""
    return text.encode("utf-16-be", "surrogatepass")


def pkcs12_key(password: str, salt: bytes, iterations: int, length: int, purpose: int, hash_name: str) -> bytes:
    """Derive `length` bytes for one of the PURPOSE_ constants (RFC 7292, appendix B.2)."""
    block = _HASH_BLOCK_SIZES[hash_name]

    def fill(data: bytes) -> bytes:
        size = -(-len(data) // block) * block
        return (data * (size // len(data) + 1))[:size] if data else b""

    state = fill(salt) + fill(utf16(password) + b"\0\0")
    out = b""
    while len(out) < length:
        digest = hashlib.new(hash_name, bytes([purpose]) * block + state).digest()
        hasher = getattr(hashlib, hash_name)
        for _round in range(iterations - 1):
            digest = hasher(digest).digest()
        out += digest
        increment = int.from_bytes((digest * (block // len(digest) + 1))[:block], "big") + 1
        state = b"".join(
            ((int.from_bytes(state[at:at + block], "big") + increment) % (1 << 8 * block)).to_bytes(block, "big")
            for at in range(0, len(state), block)
        )
    return out[:length]


def checked_iterations(count: int) -> int:
    """The iteration count, if a JVM would accept it. Raises StoreError."""
    if not 0 < count <= MAX_ITERATIONS:
        raise StoreError(
            f"the store asks for {count} iterations of its password function; a JVM accepts 1 to {MAX_ITERATIONS}",
            "The store is damaged or was made to block its reader: restore it from a backup.",
        )
    return count


class Protection:
    """How one part of a store is encrypted (its AlgorithmIdentifier), with the key for a password."""

    def __init__(self, algorithm: bytes, password: str) -> None:
        """Parse the DER AlgorithmIdentifier. Raises DerError, or StoreError for an algorithm not supported here."""
        self._algorithm, self._password = algorithm, password
        name, parameters = parse(algorithm).expect(SEQUENCE).children(2)[:2]
        name.expect(OID)
        if name.raw == _PBES2:
            self._read_pbes2(parameters)
        elif name.raw in _PKCS12_CIPHERS:
            self._read_pkcs12(name.raw, parameters)
        else:
            raise _unsupported()

    def _read_pkcs12(self, name: bytes, parameters: Node) -> None:
        self._cipher, self._prf = _PKCS12_CIPHERS[name], None
        salt, iterations = parameters.expect(SEQUENCE).children(2)[:2]
        self._salt, self._iv = salt.expect(OCTET_STRING), None
        self._iterations = checked_iterations(iterations.integer())

    def _read_pbes2(self, parameters: Node) -> None:
        derivation, cipher = parameters.expect(SEQUENCE).children(2)[:2]
        function, settings = derivation.expect(SEQUENCE).children(2)[:2]
        cipher_name, iv = cipher.expect(SEQUENCE).children(2)[:2]
        if function.raw != _PBKDF2 or cipher_name.raw not in _PBES2_CIPHERS:
            raise _unsupported()
        self._cipher = _PBES2_CIPHERS[cipher_name.raw]
        self._iv = iv.expect(OCTET_STRING)
        salt, iterations, *optional = settings.expect(SEQUENCE).children(2)
        self._salt = salt.expect(OCTET_STRING)
        self._iterations = checked_iterations(iterations.integer())
        self._prf = _DEFAULT_PRF
        for item in optional:
            if item.tag == SEQUENCE:
                self._prf = _PRF_HASHES.get(item.children(1)[0].raw)
        if self._prf is None:
            raise _unsupported()
        if len(self._iv.content) != self._cipher.block_size:
            raise DerError("initialisation vector of the wrong size")

    def _key_and_iv(self, salt: bytes, iv: bytes | None) -> tuple[bytes, bytes]:
        cipher = self._cipher
        if self._prf is not None:
            password = self._password.encode("utf-8", "surrogatepass")
            return hashlib.pbkdf2_hmac(self._prf, password, salt, self._iterations, cipher.key_size), iv
        key, derived_iv = (
            pkcs12_key(self._password, salt, self._iterations, length, purpose, "sha1")
            for length, purpose in ((cipher.key_size, PURPOSE_KEY), (cipher.block_size, PURPOSE_IV))
        )
        return key, derived_iv

    def decrypt(self, data: bytes) -> bytes:
        """The plain text. Raises DerError when the password or the data are wrong."""
        if not data or len(data) % self._cipher.block_size:
            raise DerError("encrypted data of a wrong size")
        key, iv = self._key_and_iv(self._salt.content, self._iv and self._iv.content)
        unpadder = padding.PKCS7(self._cipher.block_size * 8).unpadder()
        try:
            return unpadder.update(self._cipher.decrypt(key, iv, data)) + unpadder.finalize()
        except ValueError as error:
            raise DerError("wrong padding") from error

    def encrypt(self, data: bytes) -> tuple[bytes, bytes]:
        """Encrypt the same way with a fresh salt and vector: the new AlgorithmIdentifier and the encrypted data."""
        algorithm = bytearray(self._algorithm)
        fresh = []
        for node in (self._salt, self._iv):
            value = os.urandom(len(node.content)) if node else None
            if node:
                algorithm[node.body:node.end] = value
            fresh.append(value)
        key, iv = self._key_and_iv(*fresh)
        padder = padding.PKCS7(self._cipher.block_size * 8).padder()
        return bytes(algorithm), self._cipher.encrypt(key, iv, padder.update(data) + padder.finalize())


def _unsupported() -> StoreError:
    return StoreError(
        "a part of the PKCS12 store is encrypted with an algorithm that is not supported here",
        "Convert the store with keytool -importkeystore to a new PKCS12 or JKS store.",
    )
