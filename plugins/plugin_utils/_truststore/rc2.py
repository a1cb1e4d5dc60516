# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RC2 in CBC mode, which stores of Java 8 and older use for certificates (40-bit keys).

Source: RFC 2268. Own code because `cryptography` has RC2 for 128-bit keys only, and OpenSSL only with its legacy
provider. RC2 protects nothing any more; it is needed to read such stores and to rewrite them as they were.
"""

from __future__ import annotations

import struct

_PI_TABLE = bytes.fromhex(
    "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32"
    "bd8f40eb86b77b0bf09521225c6b4e8254d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626"
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed708e8eade8052eef784aa72ac354d6a2a"
    "961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731"
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2e"
    "c5f3db47e5a59c770aa62068fe7fc1ad"
)
_MIXING_ROUNDS_BETWEEN_MASHES = (5, 6, 5)
_ROTATIONS = (1, 2, 3, 5)
BLOCK_SIZE = 8  # bytes


def _expand(key: bytes) -> tuple[int, ...]:
    """The 64 words of the key schedule; the effective key length is the key's own length (RFC 2268, section 2)."""
    table = bytearray(key)
    for i in range(len(key), 128):
        table.append(_PI_TABLE[(table[i - 1] + table[i - len(key)]) & 0xFF])
    table[128 - len(key)] = _PI_TABLE[table[128 - len(key)]]
    for i in range(127 - len(key), -1, -1):
        table[i] = _PI_TABLE[table[i + 1] ^ table[i + len(key)]]
    return struct.unpack("<64H", table)


def _encrypt_block(words: tuple[int, ...], block: bytes) -> bytes:
    r = list(struct.unpack("<4H", block))
    j = 0
    for mash, rounds in enumerate(_MIXING_ROUNDS_BETWEEN_MASHES):
        if mash:
            for i in range(4):
                r[i] = (r[i] + words[r[i - 1] & 63]) & 0xFFFF
        for _mixing_round in range(rounds):
            for i, rotation in enumerate(_ROTATIONS):
                value = (r[i] + words[j] + (r[i - 1] & r[i - 2]) + (~r[i - 1] & r[i - 3])) & 0xFFFF
                r[i] = (value << rotation | value >> 16 - rotation) & 0xFFFF
                j += 1
    return struct.pack("<4H", *r)


def _decrypt_block(words: tuple[int, ...], block: bytes) -> bytes:
    r = list(struct.unpack("<4H", block))
    j = 63
    for mash, rounds in enumerate(_MIXING_ROUNDS_BETWEEN_MASHES):
        if mash:
            for i in (3, 2, 1, 0):
                r[i] = (r[i] - words[r[i - 1] & 63]) & 0xFFFF
        for _mixing_round in range(rounds):
            for i in (3, 2, 1, 0):
                value = (r[i] >> _ROTATIONS[i] | r[i] << 16 - _ROTATIONS[i]) & 0xFFFF
                r[i] = (value - words[j] - (r[i - 1] & r[i - 2]) - (~r[i - 1] & r[i - 3])) & 0xFFFF
                j -= 1
    return struct.pack("<4H", *r)


def _xor(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).to_bytes(BLOCK_SIZE, "big")


def encrypt_cbc(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Encrypt whole blocks; the effective key length is `8 * len(key)` bits."""
    words, out, previous = _expand(key), bytearray(), iv
    for at in range(0, len(data), BLOCK_SIZE):
        previous = _encrypt_block(words, _xor(data[at:at + BLOCK_SIZE], previous))
        out += previous
    return bytes(out)


def decrypt_cbc(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Decrypt whole blocks; the effective key length is `8 * len(key)` bits."""
    words, out, previous = _expand(key), bytearray(), iv
    for at in range(0, len(data), BLOCK_SIZE):
        block = data[at:at + BLOCK_SIZE]
        out += _xor(_decrypt_block(words, block), previous)
        previous = block
    return bytes(out)
