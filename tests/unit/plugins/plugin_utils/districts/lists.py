# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes lists of districts for the tests."""

from __future__ import annotations

import csv
import io
import typing as t

GOOD = {
    "district code": "MAPLE",
    "district name": "Maple Local Schools",
    "PowerSchool URL": "https://sis.maple.example.org",
    "host": "sif.maple.example.org",
    "ZIS URL": "https://zis.example.org/MAPLE",
    "zone id": "MAPLE",
    "method": "HTTPS",
    "school year": "2026-2027",
    "excluded schools": "",
    "contact": "J. Doe, +1 330 555-0100",
    "state": "OH",
    "region": "North East",
    "system": "linux",
}
OTHER = {
    **GOOD,
    "district code": "OAK",
    "district name": "Oak City Schools",
    "PowerSchool URL": "https://oak.powerschool.com",
    "host": "",
    "ZIS URL": "https://zis.example.org/OAK",
    "zone id": "OAK",
    "system": "",
}


def text(*rows: t.Mapping[str, str], separator: str = ",") -> str:
    """CSV with the headings of the first row."""
    target = io.StringIO()
    writer = csv.DictWriter(target, rows[0].keys(), delimiter=separator, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue()
