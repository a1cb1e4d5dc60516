# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and stores for the tests: authorities that issue, and keytool as the other side."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import threading
import typing as t

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
YEAR = datetime.timedelta(days=365)
PASSWORD = "store-password"
DEBIAN_CACERTS = pathlib.Path("/etc/ssl/certs/java/cacerts")
DEBIAN_PASSWORD = "changeit"


class Issued(t.NamedTuple):
    """A certificate with its private key; it can issue others."""

    certificate: x509.Certificate
    key: t.Any

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()


def name(common_name: str | None, **others: str) -> x509.Name:
    parts = [] if common_name is None else [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    parts += [x509.NameAttribute(getattr(NameOID, key.upper()), value) for key, value in others.items()]
    return x509.Name(parts)


def issue(
    subject: str | x509.Name,
    issuer: Issued | None = None,
    ca: bool = True,
    path_length: int | None = None,
    names: t.Sequence[str] = (),
    start: datetime.datetime = NOW - YEAR,
    end: datetime.datetime = NOW + 5 * YEAR,
    key: t.Any = None,
    key_usage: x509.KeyUsage | None = None,
    extended: t.Sequence[x509.ObjectIdentifier] | None = None,
    extensions: t.Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> Issued:
    """Issue a certificate; without an issuer a self-signed one."""
    subject = name(subject) if isinstance(subject, str) else subject
    key = key or ec.generate_private_key(ec.SECP256R1())
    signer = issuer or Issued(None, key)
    issuer_name = issuer.certificate.subject if issuer else subject
    builder = x509.CertificateBuilder(issuer_name, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(start).not_valid_after(end)
    builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=path_length), critical=True)
    if names:
        general = [_general_name(item) for item in names]
        builder = builder.add_extension(x509.SubjectAlternativeName(general), critical=False)
    if key_usage:
        builder = builder.add_extension(key_usage, critical=True)
    if extended:
        builder = builder.add_extension(x509.ExtendedKeyUsage(extended), critical=False)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return Issued(builder.sign(signer.key, hashes.SHA256()), key)


def _general_name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def server(common_name: str, issuer: Issued | None, names: t.Sequence[str] = ("localhost",), **settings: t.Any) -> Issued:
    settings.setdefault("extended", [ExtendedKeyUsageOID.SERVER_AUTH])
    return issue(common_name, issuer, ca=False, names=names, **settings)


def javas() -> list[pathlib.Path]:
    """The homes of the JDKs on this machine, one per version; JAVA_HOME comes first."""
    homes = [pathlib.Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    homes += sorted(pathlib.Path("/usr/lib/jvm").glob("*-17-openjdk*")) + sorted(pathlib.Path("/usr/lib/jvm").glob("temurin-*"))
    if on_path := shutil.which("keytool"):
        homes.append(pathlib.Path(os.path.realpath(on_path)).parent.parent)
    found = {home.resolve(): home.resolve() for home in homes if (home / "bin" / "keytool").exists()}
    return list(found)


def keytool(home: pathlib.Path, *arguments: str, options: t.Sequence[str] = ()) -> str:
    """Run keytool in English; fails the test with its output."""
    command = [str(home / "bin" / "keytool"), *options, "-J-Duser.language=en", "-J-XX:TieredStopAtLevel=1", *arguments]
    run = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


class TlsServer:
    """A TLS server on this machine that presents a chain and does nothing else; use it in a C(with) statement."""

    def __init__(self, directory: pathlib.Path, leaf: Issued, *chain: Issued) -> None:
        file = directory / f"server-{id(self)}.pem"
        file.write_text(leaf.key_pem + leaf.pem + "".join(issued.pem for issued in chain))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(file)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), connection:
                connection.settimeout(10)
                with self.context.wrap_socket(connection, server_side=True) as secured:
                    secured.recv(1)

    def __enter__(self) -> TlsServer:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


def compile_client(directory: pathlib.Path) -> pathlib.Path:
    """Compile TlsClient.java for every JVM of the tests; the class path."""
    source = pathlib.Path(__file__).parent / "TlsClient.java"
    javac = javas()[0] / "bin" / "javac"
    subprocess.run([str(javac), "--release", "11", "-d", str(directory), str(source)], check=True, capture_output=True)
    return directory


def connect(home: pathlib.Path, classes: pathlib.Path, *arguments: object, options: t.Sequence[str] = ()) -> list[str]:
    """Run TlsClient in a JVM; its lines."""
    command = [str(home / "bin" / "java"), "-XX:TieredStopAtLevel=1", *options, "-cp", str(classes), "TlsClient", *map(str, arguments)]
    run = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()
