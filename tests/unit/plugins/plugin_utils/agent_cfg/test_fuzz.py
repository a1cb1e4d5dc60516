# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the bytes: a verdict with a place and a remedy, never another exception, and soon.

K12_SIF_FUZZ sets the number of configurations (2000 by default).
"""

from __future__ import annotations

import json
import os
import time

import pytest
from agent_cfg_mutations import mutated, sources
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.compare import differences
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.document import Document, DocumentError
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.model import load
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.trust import trust_stores
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.validation import problems

CASES = int(os.environ.get("K12_SIF_FUZZ", "2000"))
BLOCK = 500
SECONDS_A_FILE = 0.5


def examine(data):
    """Everything that is done with a file somebody gives, and what must hold of the answers."""
    try:
        document = Document.parse(data)
    except DocumentError as error:
        assert error.message
        document = None
    loaded = load(data)
    listed = problems(loaded)
    assert all(problem.location and problem.message and problem.remedy for problem in listed)
    assert loaded.loads is (not any(problem.severity == "error" for problem in listed))
    if loaded.loads:
        assert document is not None and loaded.stage is None and loaded.error is None
        assert differences(document, document) == []
        assert len(trust_stores(loaded.effective)) == len(loaded.effective["zones"])
        if document.root.name == "agent":
            json.dumps({key: value for key, value in loaded.effective.items() if key != "mappings"})
    else:
        assert loaded.stage in ("read", "version", "apply") and loaded.error and loaded.effective is None
    return document


@pytest.mark.parametrize("block", range(0, CASES, BLOCK))
def test_any_bytes(block):
    known = sources()
    before = Document.parse(b"<agent/>")
    for seed in range(block, min(block + BLOCK, CASES)):
        data = mutated(seed, known)
        start = time.process_time()
        try:
            document = examine(data)
            if document is not None:
                differences(before, document)
                before = document
        except Exception as error:
            raise AssertionError(f"seed {seed}: {type(error).__name__}: {error}\n{data[:2000]!r}") from error
        assert time.process_time() - start < SECONDS_A_FILE, f"seed {seed}"
