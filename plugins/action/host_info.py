# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin k12.sif.host_info; documented in plugins/modules/host_info.py."""

from __future__ import annotations

import typing as t

from ansible_collections.k12.sif.plugins.plugin_utils._host.action import PlannedAction
from ansible_collections.k12.sif.plugins.plugin_utils._host.windows_modules import WindowsModules


class ActionModule(PlannedAction):
    def act(self, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        version = WindowsModules(self, self.task_vars).version if self.windows else None
        return {"changed": False, "platform": self.platform, "ansible_windows": version}
