# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What k12.sif.zone_info accepts: the same for its action plugin and its module."""

from __future__ import annotations

ARGUMENTS = {
    "url": {"type": "str", "required": True},
    "zone_id": {"type": "str"},
    "source_id": {"type": "str", "required": True},
    "sif_version": {"type": "str", "default": "2.3"},
    "must_provide": {"type": "bool", "default": True},
    "trusted_certificates": {"type": "str"},
    "certificates": {"type": "list", "elements": "raw"},
    "trust_store": {"type": "path"},
    "trust_store_password": {"type": "str", "no_log": True},
    "check_host_name": {"type": "bool", "default": True},
    "client_certificate": {"type": "str"},
    "client_key": {"type": "str", "no_log": True},
    "proxy": {"type": "str"},
    "proxy_username": {"type": "str"},
    "proxy_password": {"type": "str", "no_log": True},
    "timeout": {"type": "float", "default": 30},
}
RULES = {
    "mutually_exclusive": [("trusted_certificates", "certificates", "trust_store")],
    "required_together": [("client_certificate", "client_key"), ("proxy_username", "proxy_password")],
    "required_by": {"trust_store_password": "trust_store", "proxy_username": "proxy"},
}
