# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures shared by all unit tests."""

from __future__ import annotations

import os
import pathlib

import pytest

_COLLECTION = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def conformance() -> pathlib.Path:
    """The folder with what a real agent makes of real configurations; it lies beside the project, not in it."""
    path = pathlib.Path(os.environ.get("K12_SIF_CONFORMANCE", _COLLECTION.parent / "shared" / "conformance"))
    if not path.is_dir():
        pytest.skip(f"no conformance data at {path}")
    return path
