# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong on a host."""

from __future__ import annotations


class HostError(Exception):
    """Something on the host could not be read, written or run. The text names it and the remedy."""
