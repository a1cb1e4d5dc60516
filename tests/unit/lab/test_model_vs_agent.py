# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's model and the lab agent, written apart from each other, make the same of any configuration."""

from __future__ import annotations

import json
import re

import agent_jar
import pytest
from agent_cfg_mutations import mutated, sources
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.model import load

COUNT = 600
DATA_KEYS = {"agentProperties", "properties", "ownProperties", "objects", "valuesets", "rootMappingObjects"}
OPTIONS = {"adk.messaging.pullFrequency": "77", "adk.messaging.transport": "https", "adk.provisioning.legacy": "TRUE",
           "adk.transport.https.port": "7", "adk.transport.http.host": "h", "other": "x"}


def _snake(value, names_are_data=False):
    if isinstance(value, list):
        return [_snake(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key if names_are_data else re.sub(r"(?<!^)([A-Z])", r"_\1", key).lower(): _snake(item, key in DATA_KEYS)
        for key, item in value.items()
    }


def _of_agent(verdict):
    if not verdict["ok"]:
        return verdict["stage"], verdict["exception"]
    return _snake({key: value for key, value in verdict.items() if key != "ok"})


def _of_model(data, options):
    loaded = load(data, options)
    return loaded.effective if loaded.loads else (loaded.stage, loaded.stops[0].exception)


@pytest.mark.parametrize("options", [{}, OPTIONS], ids=["plain", "options"])
def test_the_same_verdict_and_the_same_settings(lab_agent_jar, tmp_path, options):
    known = sources()
    files = []
    # Other seeds for the second run; only structure is changed, so that most of the files can be read at all.
    for seed in range(COUNT if not options else 2 * COUNT)[-COUNT:]:
        files.append(tmp_path / f"{seed}.cfg")
        files[-1].write_bytes(mutated(seed, known, bytes_too=False))
    verdicts = agent_jar.check(
        lab_agent_jar, *files, options=tuple(f"-D{name}={value}" for name, value in options.items())
    )
    assert len(verdicts) == COUNT
    different = {
        file.name: (
            file.read_text("utf-8", "replace"),
            json.dumps(_of_agent(verdict)),
            json.dumps(_of_model(file.read_bytes(), options)),
        )
        for file, verdict in zip(files, verdicts)
        if _of_agent(verdict) != _of_model(file.read_bytes(), options)
    }
    assert not different
    assert sum(verdict["ok"] for verdict in verdicts) > COUNT / 3
    assert {verdict["stage"] for verdict in verdicts if not verdict["ok"]} == {"read", "version", "apply"}
