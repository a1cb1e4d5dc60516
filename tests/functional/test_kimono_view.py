# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Kimono receives follows the inventory: mappings, school year, schools, SMP."""

from __future__ import annotations

import pytest
from conftest import CANVAS

HOMEROOM = "SIF_ExtendedElements/SIF_ExtendedElement"
MAPPING = f"""<object object="StudentPersonal"><field name="HOMEROOM">{HOMEROOM}[@Name='homeroom']</field></object>"""


@pytest.fixture
def received(zis, plays, district):
    """Connects with the district's variables and the given changes; returns what Kimono then receives of each object."""

    def connect(**changes):
        result = plays.run("k12.sif.connect", {"maple": {**district, **changes}})
        assert result.status == 0, result.output
        zone = zis.zone(CANVAS)
        answers = {}
        for name in ("SchoolInfo", "StudentPersonal", "StudentSchoolEnrollment", "StaffPersonal"):
            answer = zone.request(name, source_id="PowerSchool")
            assert answer["state"] == "complete", answer
            answers[name] = [item["fields"] for item in answer["objects"]]
        return answers

    return connect


def test_only_this_year_and_only_the_schools_to_share(received, district):
    objects = received()
    assert {item["SchoolName"] for item in objects["SchoolInfo"]} == {
        "District Office", "Alder Elementary", "Birch Middle", "Cedar High"
    }
    assert {item["@SchoolYear"] for item in objects["StudentSchoolEnrollment"]} == {"2027"}
    assert objects["StudentPersonal"] and objects["StaffPersonal"]
    shared = {item["@RefId"] for item in objects["SchoolInfo"]}
    assert {item["@SchoolInfoRefId"] for item in objects["StudentSchoolEnrollment"]} <= shared


def test_another_school_year_gives_other_enrollments(received):
    now = received()
    before = received(sif_agent_school_year="2025-2026")
    assert {item["@SchoolYear"] for item in before["StudentSchoolEnrollment"]} == {"2026"}
    assert {item["@RefId"] for item in before["StudentPersonal"]} != {item["@RefId"] for item in now["StudentPersonal"]}


def test_a_school_that_is_no_longer_excluded_comes_over(received, district):
    without = received()
    schools = dict(district["sif_agent_schools"], exclude=["100"])
    with_it = received(sif_agent_schools=schools)
    names = {item["SchoolName"] for item in with_it["SchoolInfo"]}
    assert "Dogwood Academy" in names and "Alder Elementary" not in names
    assert len(with_it["StudentPersonal"]) != len(without["StudentPersonal"])


def test_the_state_plugin_is_seen_only_when_it_is_on(received):
    off = received()
    on = received(sif_agent_smp=True)
    assert not any("StateProvinceId" in item for item in off["StudentPersonal"])
    assert all("StateProvinceId" in item for item in on["StudentPersonal"])


def test_a_mapping_adds_what_it_names_and_nothing_else(received):
    before = received()
    after = received(sif_agent_mappings=[{"fragment": MAPPING}])
    assert not any(HOMEROOM in item for item in before["StudentPersonal"])
    assert all(item[HOMEROOM] for item in after["StudentPersonal"])
    stripped = [{path: value for path, value in item.items() if not path.startswith("SIF_Extended")} for item in after["StudentPersonal"]]
    assert stripped == before["StudentPersonal"]
    assert after["StaffPersonal"] == before["StaffPersonal"]
