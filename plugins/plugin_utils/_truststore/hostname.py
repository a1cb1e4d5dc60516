# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a certificate is for a host, by the rules of the JVM's HTTPS client.

Source: OpenJDK's sun.security.util.HostnameChecker (RFC 2818, RFC 6125).
"""

from __future__ import annotations

import fnmatch
import ipaddress

from .library import NameOID, x509


def matches_host(certificate: x509.Certificate, host: str) -> bool:
    """An address must be among the certificate's addresses; a name among its DNS names, or be its common name if it has none."""
    names = _alternative_names(certificate)
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        pass
    else:
        return names is not None and address in names.get_values_for_type(x509.IPAddress)
    dns_names = names.get_values_for_type(x509.DNSName) if names else []
    if not dns_names:
        dns_names = [str(item.value) for item in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)][-1:]
    return any(_matches(host, pattern) for pattern in dns_names)


def _alternative_names(certificate: x509.Certificate) -> x509.SubjectAlternativeName | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None


def _matches(host: str, pattern: str) -> bool:
    """A wildcard counts in the first label only, and never stands for the whole name."""
    host_label, _dot, host_rest = _ascii(host).partition(".")
    label, _dot, rest = _ascii(pattern).partition(".")
    if host_rest != rest or ("*" in label and not rest):
        return False
    return fnmatch.fnmatchcase(host_label, label.replace("[", "[[]").replace("?", "[?]"))


def _ascii(name: str) -> str:
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return name.lower()
