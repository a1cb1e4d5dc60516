# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every test of a defect runs with both modules; all are skipped where one of the two sides is missing."""

from __future__ import annotations

import os
import pathlib

import pytest
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore import pki
from sides import Ours, Theirs


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip everything where one of the two sides is missing."""
    paths = os.environ.get("ANSIBLE_COLLECTIONS_PATH", "").split(":")
    found = any((pathlib.Path(path) / "ansible_collections" / "community" / "general").is_dir() for path in paths if path)
    if not found or not pki.javas():
        reason = "needs a JDK, and community.general (the PyPI package ansible has it) in ANSIBLE_COLLECTIONS_PATH"
        for item in items:
            if pathlib.Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(params=[Ours, pytest.param(Theirs, marks=pytest.mark.xfail(strict=True, raises=AssertionError))])
def tool(request: pytest.FixtureRequest) -> type[Ours] | type[Theirs]:
    """Ours has to pass. The other one has to fail: the day it passes, the test says so, and the comparison needs a change."""
    return request.param
