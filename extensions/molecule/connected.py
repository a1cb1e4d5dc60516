# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be true of every connected agent, whatever its method; the scenarios say which agent and which schools."""

from __future__ import annotations

import typing as t

import pytest
from conftest import AGENT, Agent, Kimono

ALL_SHARED = {"001", "100", "200", "300"}


class Connected:
    """Base of the scenarios' tests."""

    source_id: t.ClassVar[str]
    zone: t.ClassVar[str]
    trust_store: t.ClassVar[str]
    schools: t.ClassVar[set[str]] = ALL_SHARED

    @pytest.fixture
    def kimono(self) -> Kimono:
        return Kimono(self.zone)

    def test_the_zis_sees_the_agent_in_pull_mode(self, kimono: Kimono) -> None:
        seen = kimono.agent(self.source_id)
        assert (seen["mode"], seen["sleeping"], seen["secure"]) == ("Pull", False, True)

    def test_the_service_runs_and_will_after_a_reboot(self, host: t.Any) -> None:
        service = host.service("sif-lab-agent")
        assert service.is_running and service.is_enabled

    def test_the_agent_was_refused_until_it_trusted_the_authority(self, agent: Agent) -> None:
        before, registered, after = agent.log.partition(f"[ADK.Agent${self.zone}] SIF_Register successful")
        assert "PKIX path building failed" in before
        assert registered and "PKIX" not in after

    def test_the_authority_is_in_the_trust_store_once(self, agent: Agent) -> None:
        listed = agent.trusted(self.trust_store)
        assert listed.count("Owner: CN=Kimono Lab CA\n") == 1

    def test_kimono_receives_the_shared_schools_only(self, kimono: Kimono) -> None:
        schools = kimono.receive("SchoolInfo", self.source_id)
        assert {school["LocalId"] for school in schools} == self.schools

    def test_kimono_receives_students_of_the_shared_schools_only(self, kimono: Kimono) -> None:
        students = kimono.receive("StudentPersonal", self.source_id)
        # Nobody studies at the district office.
        assert {student["MostRecent/SchoolLocalId"] for student in students} == self.schools - {"001"}

    def test_kimono_receives_this_school_year_only(self, kimono: Kimono) -> None:
        enrollments = kimono.receive("StudentSchoolEnrollment", self.source_id)
        assert {enrollment["@SchoolYear"] for enrollment in enrollments} == {"2027"}

    def test_no_state_plug_in_alters_what_kimono_receives(self, kimono: Kimono) -> None:
        students = kimono.receive("StudentPersonal", self.source_id)
        assert not [name for student in students for name in student if "StateProvinceId" in name]

    def test_the_configuration_stays_the_agents_own(self, host: t.Any) -> None:
        file = host.file(f"{AGENT}/agent.cfg")
        assert (file.user, file.mode) == ("sif-lab", 0o640)

    def test_the_other_zone_keeps_its_settings(self, host: t.Any) -> None:
        content = host.file(f"{AGENT}/agent.cfg").content_string
        assert '<plugin enabled="true" name="StateMessaging"/>' in content
        assert content.count("<zone ") == 2
