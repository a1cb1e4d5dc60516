# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The model agrees with what the real loader made of the conformance data, and follows its rules beyond them."""

from __future__ import annotations

import json
import pathlib
import re

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.model import load

VARIANTS = pathlib.Path(__file__).parents[3] / "fixtures" / "variants"
EXPECTED = json.loads((VARIANTS / "expected.json").read_text(encoding="utf-8"))
# Below these keys the names are data of the file, not keys of the structure.
DATA_KEYS = {"agentProperties", "properties", "ownProperties", "objects", "valuesets", "rootMappingObjects"}


def snake(value, names_are_data=False):
    """The conformance data with the keys of the structure in snake_case."""
    if isinstance(value, list):
        return [snake(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key if names_are_data else re.sub(r"(?<!^)([A-Z])", r"_\1", key).lower(): snake(item, key in DATA_KEYS)
        for key, item in value.items()
    }


def check(data, expected):
    loaded = load(data)
    assert loaded.loads is expected["ok"], loaded.error
    assert loaded.stage == expected.get("stage")
    if expected["ok"]:
        assert loaded.error is None and loaded.stops == ()
        expected = {key: item for key, item in expected.items() if key != "ok"}
        assert loaded.effective == snake(expected)
    else:
        assert loaded.effective is None
        stop = loaded.stops[0]
        assert stop.exception == expected["exception"]
        assert stop.message and stop.remedy and stop.line is not None
        if stop.element is not None:
            assert stop.log == expected["message"]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_variant(name):
    check((VARIANTS / f"{name}.cfg").read_bytes(), EXPECTED[name])


@pytest.mark.parametrize(
    "name", ["ChameleonAU", "MappingsUS", "MultiVersion", "PublishingAgent", "SASI2.0", "SIDRefDataAgent", "TinySIS"]
)
def test_corpus(conformance, name):
    corpus = conformance / "corpus"
    check((corpus / f"{name}.cfg").read_bytes(), json.loads((corpus / f"{name}.json").read_text(encoding="utf-8")))
