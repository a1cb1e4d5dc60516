# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every item of the connection guide stands in every format of the request, and in the checklist for the answer."""

from __future__ import annotations

import re

import pytest
from districts import DISTRICTS, files_for
from reading import shown

FINGERPRINT = "82(:[0-9A-F]{2}){31}"
# What PowerSchool must be told, and in which districts; patterns for the text with all white space made one blank.
GUIDE = {
    "ZIS URL": {
        "maple": r"ZIS URL .{0,9}https://zis\.example\.org/MAPLE_DISTRICT",
        "oak": r"ZIS URL .{0,9}http://zis\.example\.org:7080/OAK",
        "elm": r"ZIS URL .{0,9}https://zis\.example\.org/ELM\?a=1&b=2",
    },
    "zone id": {"maple": r"Zone ID .{0,9}MAPLE_DISTRICT", "oak": r"Zone ID .{0,9}OAK", "elm": r"Zone ID .{0,9}ELM \|`\*<1>"},
    "zone id is case-sensitive": "Upper and lower case matter",
    "mode Pull": r"Messaging mode .{0,9}Pull",
    "warning on Push": "in Push mode nothing reaches Canvas",
    "wrong mode or method": "With the wrong mode or the wrong method the connection does not work",
    "method": {"maple": r"Method \(protocol\) .{0,9}HTTPS", "oak": r"Method \(protocol\) .{0,9}HTTP\b", "elm": r"Method \(protocol\) .{0,9}HTTP\b"},
    "why this method": {
        "maple": "begins with https:// and the method is HTTPS: the agent's HTTPS transport makes the connection",
        "oak": "begins with http://, so the method must be HTTP",
        "elm": "begins with https:// and the method is HTTP. This is meant so",
    },
    "certificate to import": {
        "maple": r"import .* into the trust store that the agent's HTTPS",
        "elm": r"import .* into the trust store \(cacerts\) of the Java",
    },
    "certificate file": {"maple": r"certificate-kimono-ca\.pem", "elm": r"certificate-kimono-ca\.pem"},
    "fingerprint": {"maple": FINGERPRINT, "elm": FINGERPRINT},
    "expiry": {"maple": r"Valid until:? .{0,9}2076-01-01", "elm": r"Valid until:? .{0,9}2076-01-01"},
    "no certificate": {"oak": "No certificate is needed"},
    "mappings document": {"maple": r"merge what is attached .*mappings-Default\.xml", "elm": r"merge what is attached .*mappings-Canvas-1\.xml"},
    "mappings stay": {"oak": "leave the agent's mappings as they are"},
    "school year": {name: r"School year .{0,9}2026-2027" for name in DISTRICTS},
    "only this year": "data of this school year only. After a New Year Rollover it must share the new year",
    "plug-ins": r"State Messaging Plug-in \(SMP\) .{0,9}off",
    "plug-ins of this connection only": "Off for this Canvas connection only. Zones for state reporting keep theirs",
    "schools to deselect": {"maple": "deselect these, .*001 District Office.*400 Dogwood Academy", "elm": "deselect these, .*300.*Cedar & Co"},
    "all schools": {"oak": "none is to be deselected"},
    "restart": "Restart the agent",
    "mappings still there": "After the restart, look at the mappings again: .* must still be there",
    "zone status ready": "status of the zone: it must be ready",
    "contact": {"maple": r"ann\.lee@maple\.example\.org", "oak": r"bo@oak\.example\.org", "elm": r"sis@elm\.example\.org"},
    "which PowerSchool": {name: rf"{name}\.powerschool\.com" for name in DISTRICTS},
}
# What the answer must confirm, in the checklist.
ANSWER = {
    "ZIS URL": "ZIS URL: http",
    "zone id": "Zone ID, upper and lower case alike: ",
    "mode": "messaging mode of this zone is Pull",
    "method": "method of this zone is HTTP",
    "certificate": {
        "maple": f"imported into the agent's trust store. Its fingerprint: {FINGERPRINT}",
        "elm": "imported into the trust store of the agent's Java",
    },
    "mappings": {"maple": r"mappings are merged: mappings-Default\.xml", "elm": r"mappings are merged: mappings-Default\.xml and mappings-Canvas-1\.xml"},
    "school year": "school year of this zone is 2026-2027",
    "plug-ins": r"\(SMP\) is off in this zone, and only in this zone",
    "schools": {
        "maple": "Deselected are: 001 District Office, 400 Dogwood Academy",
        "oak": "All schools are selected",
        "elm": "Deselected are: 300, Cedar & Co",
    },
    "restart": "restarted after the last change",
    "mappings still there": "mappings were still there after the restart",
    "zone status": "status of the zone is ready",
    "note to Instructure": "note asking for the connection test was sent to Instructure",
}
NOTE = {
    "zone": "ZIS URL: .*Zone ID: ",
    "registered": "registered in the zone, in Pull mode, and awake",
    "answers": "answers requests for schools, staff, students, enrollments, courses, sections and terms",
    "mapped fields": {"maple": r"StudentPersonal \(2 fields\) and StaffPersonal \(1 field\)"},
    "school year": "Only data of the school year 2026-2027 arrive",
    "schools": {"maple": "not shared .*400 Dogwood Academy", "oak": "Data of all schools arrive", "elm": "not shared .*Cedar & Co"},
}


@pytest.mark.parametrize("suffix", ["md", "txt", "html"])
@pytest.mark.parametrize(
    ("file", "items"), [("request", GUIDE), ("checklist", ANSWER), ("connection-test", NOTE)], ids=["request", "checklist", "note"]
)
@pytest.mark.parametrize("name", DISTRICTS)
def test_every_item_is_there(name, file, items, suffix):
    text = shown(suffix, files_for(name)[f"{file}.{suffix}"])
    wanted = {item: pattern.get(name) if isinstance(pattern, dict) else pattern for item, pattern in items.items()}
    # Only plain text has a colon between a name and its value.
    absent = [item for item, pattern in wanted.items() if pattern and not re.search(pattern.replace(": ", ":? "), text)]
    assert not absent, text
