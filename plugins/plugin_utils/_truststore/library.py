# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this package uses of the Python library cryptography, imported in one place.

Without the library everything can still be imported (ansible-doc and ansible-test do), and the first use says what is missing.
"""

from __future__ import annotations

import typing as t

from .errors import StoreError

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, padding, serialization
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
    from cryptography.hazmat.primitives.ciphers import Cipher, modes
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

    try:
        from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    except ImportError:  # cryptography < 43
        from cryptography.hazmat.primitives.ciphers.algorithms import TripleDES
    # What the library raises, beside ValueError and TypeError, for a certificate that it cannot parse.
    PARSE_ERRORS = (UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion, x509.UnsupportedGeneralNameType)
except ImportError:

    class _Missing:
        """Stands for any name of the library until it is called."""

        def __getattr__(self, name: str) -> _Missing:
            return self

        def __call__(self, *arguments: t.Any, **options: t.Any) -> t.NoReturn:
            raise StoreError(
                "the Python library cryptography is missing on the controller",
                "install it for the Python that runs Ansible: python -m pip install cryptography",
            )

    class InvalidSignature(Exception):
        """Stands for the library's exception, and is never raised."""

    PARSE_ERRORS = ()
    x509 = hashes = padding = serialization = dsa = ec = rsa = Cipher = modes = AES = TripleDES = _Missing()
    ExtendedKeyUsageOID = ExtensionOID = NameOID = _Missing()

__all__ = [
    "PARSE_ERRORS",
    "AES",
    "Cipher",
    "ExtendedKeyUsageOID",
    "ExtensionOID",
    "InvalidSignature",
    "NameOID",
    "TripleDES",
    "dsa",
    "ec",
    "hashes",
    "modes",
    "padding",
    "rsa",
    "serialization",
    "x509",
]
