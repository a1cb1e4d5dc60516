# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that is given instead of a file becomes the bytes that its declaration names, if they mean the same text."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.given_text import bytes_of


@pytest.mark.parametrize(
    ("encoding", "text", "codec"),
    [
        ("ISO-8859-1", "é", "latin-1"),
        ("EUC-JP", "学校", "euc_jp"),
        ("ISO-8859-1", "€", "utf-8"),
        ("x-unknown", "é", "utf-8"),
        # Python writes it as a backslash.
        ("EUC-JP", "\u00a5", "utf-8"),
    ],
)
def test_the_declared_encoding_or_else_utf_8(encoding, text, codec):
    xml = f'<?xml version="1.0" encoding="{encoding}"?><agent id="{text}"/>'
    assert bytes_of(xml) == xml.encode(codec)
