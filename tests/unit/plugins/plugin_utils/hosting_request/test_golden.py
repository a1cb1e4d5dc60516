# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of three districts are, to the letter, those that somebody has read and found good.

After a deliberate change of the texts: K12_SIF_WRITE_GOLDEN=1 pytest tests/unit -k golden, and read the difference.
"""

from __future__ import annotations

import os

import pytest
from districts import DISTRICTS, FIXTURES, files_for


@pytest.mark.parametrize("name", DISTRICTS)
def test_golden_files(name):
    folder = FIXTURES / name
    files = files_for(name)
    if os.environ.get("K12_SIF_WRITE_GOLDEN"):
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for file, text in files.items():
            (folder / file).write_bytes(text.encode())
        pytest.skip("golden files were written, not compared")
    assert sorted(files) == sorted(path.name for path in folder.iterdir())
    for file, text in files.items():
        assert text == (folder / file).read_bytes().decode(), file
