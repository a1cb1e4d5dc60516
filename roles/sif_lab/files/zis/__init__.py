# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small SIF 2.x Zone Integration Server for demonstrations and tests. See README.md beside this file."""

from __future__ import annotations

PRODUCT = "k12.sif lab ZIS"
VENDOR = "k12.sif contributors"
VERSION = "1.0"
