# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Meaning and format of agent.cfg: pure functions on bytes and plain data, no Ansible, no files, no network."""

from __future__ import annotations
