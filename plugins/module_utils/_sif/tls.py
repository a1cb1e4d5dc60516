# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS to the ZIS: trusts exactly the given certificates, and says why a handshake failed."""

from __future__ import annotations

import os
import re
import socket
import ssl
import tempfile
import typing as t

from .failures import BadInput, ZoneFailure

# Java takes any certificate of the trust store as an anchor, also an intermediate or the server's own;
# OpenSSL does so with this flag. The ssl module has its name since Python 3.10 only.
_PARTIAL_CHAIN = 0x80000
_PEM = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)

# X509_V_ERR_* of OpenSSL, x509_vfy.h
_VERIFY_CODES = {
    2: "unknown_ca",
    7: "unknown_ca",  # the signature fits no trusted key: an authority of the same name
    9: "not_yet_valid",
    10: "expired",
    18: "unknown_ca",
    19: "unknown_ca",
    20: "unknown_ca",
    21: "unknown_ca",
    27: "unknown_ca",
    62: "name_mismatch",
    64: "name_mismatch",
}
_OURS_REFUSED = (
    "CERTIFICATE_REQUIRED",
    "ALERT_BAD_CERTIFICATE",
    "ALERT_UNKNOWN_CA",
    "ALERT_CERTIFICATE_",
    "ALERT_ACCESS_DENIED",
    "HANDSHAKE_FAILURE",
)
_NOT_TLS = ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH")
_OLD_PROTOCOL = ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION")

_RENEW = "Check the clock of this host; if it is right the administrator of the ZIS has to renew the certificate."

# reason: (meaning, remedy)
_REASONS = {
    "unknown_ca": (
        "The certificate of the ZIS is from an authority that is not trusted here (Java: PKIX path building failed).",
        "Look at the certificate (k12.sif.server_certificate_info), compare its fingerprint with the administrator of"
        " the ZIS, put the authority's certificate into the agent's trust store (k12.sif.truststore), restart the"
        " agent.",
    ),
    "name_mismatch": (
        "The certificate of the ZIS is trusted, but it is not for the host in the URL.",
        "Use the host name that is in the certificate in the zone's URL, or have the certificate made anew.",
    ),
    "expired": ("The certificate of the ZIS, or of one of its authorities, has expired.", _RENEW),
    "not_yet_valid": ("The certificate of the ZIS, or of one of its authorities, is not valid yet.", _RENEW),
    "client_certificate_required": (
        "The ZIS wants a client certificate, and none that it accepts was shown.",
        "Put the client certificate and key into the agent's key store (keyStore, transport https; the transport http"
        " never sends one), and give them here as client_certificate and client_key.",
    ),
    "not_tls": (
        "What answers at this port does not speak TLS.",
        "Check the port; if the zone is a plain one use http:// in its URL and the agent's transport http.",
    ),
    "old_protocol": (
        "The ZIS speaks only TLS versions older than 1.2.",
        "The administrator of the ZIS has to enable TLS 1.2 or newer.",
    ),
    "other": (
        "The TLS handshake with the ZIS failed.",
        "Give this detail to the administrator of the ZIS; check for a firewall that inspects TLS.",
    ),
}


class TlsOptions(t.NamedTuple):
    """How to speak TLS.

    Attributes:
        trusted: PEM text; exactly these certificates are trusted, none if it is empty. None: Python's default store.
        check_host_name: whether the certificate must be for the host of the URL.
        client_certificate: PEM text of the client certificate and its chain, or None.
        client_key: PEM text of its unencrypted private key, or None.
    """

    trusted: t.Optional[str] = None
    check_host_name: bool = True
    client_certificate: t.Optional[str] = None
    client_key: t.Optional[str] = None


def build_context(options: TlsOptions, temporary: t.Optional[str] = None) -> ssl.SSLContext:
    """Build the context: TLS 1.2 or newer, the server's certificate always verified.

    Args:
        options: what to trust and to show.
        temporary: folder in which the client key lies for a moment, readable by this user only.
    Raises:
        BadInput: a certificate or key cannot be read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = options.check_host_name
    if options.trusted is None:
        context.load_default_certs()
    else:
        context.verify_flags |= _PARTIAL_CHAIN
        _trust(context, options.trusted)
    if bool(options.client_certificate) != bool(options.client_key):
        raise BadInput("client_certificate and client_key belong together. Remedy: give both or none.")
    if options.client_certificate and options.client_key:
        _show(context, options.client_certificate + "\n" + options.client_key, temporary)
    return context


def count_certificates(trusted: str) -> int:
    """How many certificates a PEM text has."""
    return len(_PEM.findall(trusted))


def _trust(context: ssl.SSLContext, trusted: str) -> None:
    blocks = _PEM.findall(trusted)
    if trusted.strip() and not blocks:
        raise BadInput(
            "trusted_certificates has no PEM certificate. Remedy: give text with -----BEGIN CERTIFICATE-----."
        )
    for number, block in enumerate(blocks, 1):
        try:
            context.load_verify_locations(cadata=block)
        except (ssl.SSLError, ValueError, TypeError):
            raise BadInput(
                "certificate {0} of {1} in trusted_certificates cannot be read."
                " Remedy: export it anew as PEM.".format(number, len(blocks))
            ) from None


def _show(context: ssl.SSLContext, pem: str, temporary: t.Optional[str]) -> None:
    """The ssl module loads keys from files only."""
    handle, path = tempfile.mkstemp(prefix="k12_sif_", dir=temporary)
    try:
        with os.fdopen(handle, "w") as stream:
            stream.write(pem)
        context.load_cert_chain(path, password=lambda: "")
    except (ssl.SSLError, ValueError):
        raise BadInput(
            "client_certificate and client_key cannot be used: they are no PEM, the key is encrypted, or they do not"
            " belong together. Remedy: give the PEM certificate and its unencrypted PEM key."
        ) from None
    finally:
        os.unlink(path)


def handshake(raw: socket.socket, context: ssl.SSLContext, host: str) -> ssl.SSLSocket:
    """Wrap a connected socket; the name is sent (SNI) whether it is checked or not.

    Raises:
        ZoneFailure: class C(tls).
        socket.timeout: the socket's timeout passed.
    """
    try:
        wrapped = context.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False)
    except OSError as error:  # the connection is already closed again
        raise classify(error, hello=False) from None
    try:
        wrapped.do_handshake()
    except socket.timeout:
        wrapped.close()
        raise
    except OSError as error:
        # OpenSSL has a cipher as soon as the server said hello: what fails later is not about protocol or ciphers.
        hello = wrapped.cipher() is not None
        wrapped.close()
        raise classify(error, hello) from None
    return wrapped


def classify(error: OSError, hello: bool) -> ZoneFailure:
    """Name the failure of a handshake, or of the first exchange after it.

    Args:
        error: what the ssl module or the socket raised.
        hello: whether the server had accepted protocol and cipher when it happened.
    """
    reason = _reason(error, hello)
    meaning, remedy = _REASONS[reason]
    detail = getattr(error, "verify_message", None) or getattr(error, "reason", None) or str(error) or repr(error)
    return ZoneFailure("tls", detail, meaning, remedy, reason=reason)


def _reason(error: OSError, hello: bool) -> str:
    code = getattr(error, "verify_code", None)
    name = getattr(error, "reason", None) or ""
    if code in _VERIFY_CODES:
        return _VERIFY_CODES[code]
    if code is not None:
        return "other"
    if any(part in name for part in _NOT_TLS):
        return "not_tls"
    if any(part in name for part in _OLD_PROTOCOL):
        return "old_protocol"
    if hello and (any(part in name for part in _OURS_REFUSED) or isinstance(error, (ConnectionError, ssl.SSLEOFError))):
        return "client_certificate_required"
    return "other"
