# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a private certification authority and a server certificate of it, for a lab.

make_certificate.py DIRECTORY AUTHORITY NAME...

DIRECTORY/ca.pem, ca.key: the authority, made once. DIRECTORY/server.pem, server.key: a server's certificate for all
NAMEs (host names or IP addresses), made again when the names differ, when it is not of this authority or when it ends
within 30 days. Prints one line for each thing made, nothing when all is there. Keys are readable by their owner only.
To rotate the authority, use another DIRECTORY.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIFE = datetime.timedelta(days=3650)
SERVER_LIFE = datetime.timedelta(days=365)
RENEW_BEFORE = datetime.timedelta(days=30)
SIGNS_CERTIFICATES = x509.KeyUsage(
    key_cert_sign=True,
    crl_sign=True,
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)
# A clock that is slightly behind must not refuse what was just made.
BACKDATED = datetime.timedelta(hours=1)


def general_name(name: str) -> x509.GeneralName:
    """The subject alternative name for a host name or an IP address."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def store_key(path: pathlib.Path, key: rsa.RSAPrivateKey) -> None:
    """Writes the key unencrypted, readable by its owner only from the first moment."""
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)


def builder(subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey, life: datetime.timedelta) -> x509.CertificateBuilder:
    """What authority and server certificates have in common."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return (
        x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def make_authority(directory: pathlib.Path, name: str) -> None:
    """Writes ca.key and ca.pem."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        builder(subject, subject, key.public_key(), AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(SIGNS_CERTIFICATES, critical=True)
        .sign(key, hashes.SHA256())
    )
    store_key(directory / "ca.key", key)
    (directory / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def read_certificate(path: pathlib.Path) -> x509.Certificate:
    """The certificate in a PEM file."""
    return x509.load_pem_x509_certificate(path.read_bytes())


def serves(path: pathlib.Path, authority: x509.Certificate, names: list[x509.GeneralName]) -> bool:
    """Whether there is a server certificate of this authority for just these names that does not end soon."""
    if not path.exists():
        return False
    certificate = read_certificate(path)
    try:
        certificate.verify_directly_issued_by(authority)
    except Exception:  # of another authority: any of several errors, and each is the same answer
        return False
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    ends = certificate.not_valid_after_utc
    return list(held) == names and ends - RENEW_BEFORE > datetime.datetime.now(datetime.timezone.utc)


def make_server(directory: pathlib.Path, authority: x509.Certificate, names: list[str]) -> None:
    """Writes server.key and server.pem, signed with ca.key."""
    authority_key = serialization.load_pem_private_key((directory / "ca.key").read_bytes(), None)
    assert isinstance(authority_key, rsa.RSAPrivateKey)
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        builder(subject, authority.subject, key.public_key(), SERVER_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([general_name(name) for name in names]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    store_key(directory / "server.key", key)
    (directory / "server.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def main(arguments: list[str]) -> None:
    """Makes what is missing; see the module's text."""
    if len(arguments) < 3:
        sys.exit("usage: make_certificate.py DIRECTORY AUTHORITY NAME...")
    directory, authority_name, names = pathlib.Path(arguments[0]), arguments[1], arguments[2:]
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (directory / "ca.pem").exists():
        make_authority(directory, authority_name)
        print(f"made the authority {authority_name}: {directory / 'ca.pem'}")
    authority = read_certificate(directory / "ca.pem")
    if not serves(directory / "server.pem", authority, [general_name(name) for name in names]):
        make_server(directory, authority, names)
        print(f"made a server certificate for {', '.join(names)}: {directory / 'server.pem'}")


if __name__ == "__main__":
    main(sys.argv[1:])
