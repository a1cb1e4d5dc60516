# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller without the library cryptography: everything can be imported, and the first use says what is missing."""

from __future__ import annotations

import pathlib
import subprocess
import sys

PACKAGE = "ansible_collections.k12.sif.plugins.plugin_utils._truststore"
FOLDER = pathlib.Path(__file__).resolve().parents[5] / "plugins" / "plugin_utils" / "_truststore"

WITHOUT_THE_LIBRARY = f"""
import importlib, sys
sys.modules["cryptography"] = None
for name in {sorted(path.stem for path in FOLDER.glob("*.py"))!r}:
    importlib.import_module("{PACKAGE}." + name)
errors = importlib.import_module("{PACKAGE}.errors")
certificates = importlib.import_module("{PACKAGE}.certificates")
try:
    certificates.load(b"any")
except errors.StoreError as error:
    print(error)
"""


def test_the_first_use_says_what_is_missing():
    done = subprocess.run([sys.executable, "-c", WITHOUT_THE_LIBRARY], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "library cryptography is missing on the controller" in done.stdout
    assert "pip install cryptography" in done.stdout
