# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the ZIS, as `python3 -m zis` or as `python3 PATH/zis`."""

from __future__ import annotations

import pathlib
import sys

if not __package__:
    # Started by its path: then Python put this folder, and not the one above it, on the search path.
    sys.path[0] = str(pathlib.Path(__file__).resolve().parent.parent)

from zis.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
