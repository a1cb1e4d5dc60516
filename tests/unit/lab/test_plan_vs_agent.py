# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the planner writes is read by the lab agent, and is as desired after the agent saved it in its own way.

K12_SIF_EXAMPLES sets the number of desired settings for each file (40 by default).
"""

from __future__ import annotations

import os

import agent_jar
import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.compare import differences
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.model import load
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.plan import PlanError
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.agent_cfg.desired_settings import OWN_FILES, desired_settings, plan
from hypothesis import HealthCheck, Phase, given, settings

EXAMPLES = int(os.environ.get("K12_SIF_EXAMPLES", "40"))


def planned_cases(data):
    """Generated desired settings that can be brought about in a file, each with what the file becomes."""
    cases = []

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(desired=desired_settings)
    def collect(desired):
        try:
            cases.append((desired, plan(data, desired).content))
        except PlanError:
            pass

    collect()
    # Many are refused, as the same field twice; enough must be left to say something.
    assert len(cases) >= EXAMPLES // 3
    return sorted(cases, key=lambda case: len(repr(case[0])))


def judged(jar, folder, data):
    """Each case with the lab agent's verdict on the file, and the file as the lab agent saved it. One JVM for all."""
    cases = planned_cases(data)
    files = [folder / f"{number}.cfg" for number in range(len(cases))]
    for file, (_desired, content) in zip(files, cases):
        file.write_bytes(content)
    verdicts = agent_jar.check(jar, *files)
    done = agent_jar.java(jar, "save", *map(str, files))
    assert done.returncode == 0, done.stderr
    return [(*case, verdict, file.read_bytes()) for case, verdict, file in zip(cases, verdicts, files)]


def check(jar, folder, data, grows=False):
    assert load(data).loads
    for desired, content, verdict, saved in judged(jar, folder, data):
        assert verdict["ok"] and load(content).loads, (desired, verdict)
        assert saved != content
        again = plan(saved, desired)
        assert not again.changed and not again.changes, (desired, again.changes)
        assert grows or differences(content, saved) == [], desired


@pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: path.stem)
def test_own_files(lab_agent_jar, tmp_path, path):
    check(lab_agent_jar, tmp_path, path.read_bytes())


@pytest.mark.parametrize(
    "name", ["ChameleonAU", "MappingsUS", "MultiVersion", "PublishingAgent", "SASI2.0", "SIDRefDataAgent", "TinySIS"]
)
def test_real_files(lab_agent_jar, conformance, tmp_path, name):
    # The stray text of TinySIS.cfg grows at each save by a real agent; no setting differs for that.
    check(lab_agent_jar, tmp_path, (conformance / "corpus" / f"{name}.cfg").read_bytes(), grows=name == "TinySIS")
