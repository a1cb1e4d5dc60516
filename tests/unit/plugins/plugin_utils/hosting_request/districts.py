# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three districts whose PowerSchool is hosted by PowerSchool, as an inventory describes them."""

from __future__ import annotations

import datetime
import pathlib
import typing as t

from ansible_collections.k12.sif.plugins.plugin_utils._hosting_request.files import files_of
from ansible_collections.k12.sif.plugins.plugin_utils._hosting_request.request import Request, read_request
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.desired import Wanted

FIXTURES = pathlib.Path(__file__).resolve().parents[3] / "fixtures" / "hosting_request"
NOW = datetime.datetime(2026, 11, 24, 12, 0, tzinfo=datetime.timezone.utc)
CA = Wanted((FIXTURES / "kimono-ca.pem").read_text(), "kimono-ca", True, "certificates[0] (kimono-ca.pem)")
SCHOOLS = [
    {"number": "001", "name": "District Office"},
    {"number": "100", "name": "Alder Elementary"},
    {"number": "200", "name": "Birch Middle"},
    {"number": "400", "name": "Dogwood Academy"},
]

# Method HTTPS with certificate and mappings; every setting that can be asked for.
MAPLE: dict[str, t.Any] = {
    "powerschool_url": "https://maple.powerschool.com",
    "district": "Maple School District",
    "contact": "Ann Lee, ann.lee@maple.example.org, +1 555 0100",
    "zis_url": "https://zis.example.org/MAPLE_DISTRICT",
    "zone_id": "MAPLE_DISTRICT",
    "mode": "Pull",
    "method": "HTTPS",
    "id": "PowerSchool",
    "sif_version": "2.4",
    "pull_frequency": 60000,
    "school_year": "current",
    "schools": {"known": SCHOOLS, "exclude": ["Dogwood Academy", "001"]},
    "smp": False,
    "mappings": [
        {
            "fragment": """<mappings id="Default">
  <object object="StudentPersonal">
    <field name="USERNAME">OtherIdList/OtherId[@Type='9999'+]=CANVAS:$(USERNAME)</field>
    <field name="HOMEROOM">SIF_ExtendedElements/SIF_ExtendedElement[@Name='homeroom']</field>
  </object>
  <object object="StaffPersonal">
    <field name="USERNAME">OtherIdList/OtherId[@Type='9999'+]=CANVAS:$(USERNAME)</field>
  </object>
</mappings>"""
        }
    ],
}
# Method HTTP, and nothing that could be left out.
OAK: dict[str, t.Any] = {
    "powerschool_url": "oak.powerschool.com/admin",
    "district": "Oak City Schools",
    "contact": "Bo Chen, bo@oak.example.org",
    "zis_url": "http://zis.example.org:7080/OAK",
    "zone_id": "OAK",
    "method": "HTTP",
    "school_year": "2026-2027",
    "mappings": [],
}
# Method HTTP with an encrypted URL and a certificate for the JVM, schools to deselect, things to remove, and characters that mean
# something in Markdown and HTML.
ELM: dict[str, t.Any] = {
    "powerschool_url": "https://elm.powerschool.com",
    "district": "\u00c9lm & <Birch> *Joint* District_1",
    "contact": "J. O'Neil | sis@elm.example.org",
    "zis_url": "https://zis.example.org/ELM?a=1&b=2",
    "zone_id": "ELM |`*<1>",
    "method": "HTTP",
    "school_year": "2026-2027",
    "school_year_starts": "08-15",
    "schools": {"exclude": ["300", "Cedar & Co"]},
    "mappings": [
        {
            "objects": {
                "StudentPersonal": {
                    "fields": [
                        {"name": "GRADE", "rule": "MostRecent/GradeLevel/Code", "valueset": "grades"},
                        {"name": "OLD", "state": "absent"},
                    ]
                },
                "RoomInfo": {"state": "absent"},
            },
            "valuesets": {"grades": {"values": [{"name": "KG", "value": "0K"}]}},
        },
        {
            "id": "Canvas <1>",
            "zone_id": "ELM",
            "properties": {"x": None},
            "objects": {"StaffPersonal": {"fields": [{"name": "A", "rule": "@RefId"}]}},
        },
    ],
}
DISTRICTS = {"maple": (MAPLE, [CA]), "oak": (OAK, []), "elm": (ELM, [CA])}


def request_of(name: str) -> Request:
    """The checked request of one district."""
    data, certificates = DISTRICTS[name]
    return read_request(data, certificates, NOW)


def files_for(name: str) -> dict[str, str]:
    """All files of one district."""
    return files_of(request_of(name))
