# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin k12.sif.restore_point; documented in plugins/modules/restore_point.py.

On a POSIX host the module does the work. A Windows host has no Python for it: the same states are then reached from here.
"""

from __future__ import annotations

import typing as t

from ansible_collections.k12.sif.plugins.module_utils._recovery.change import ARGUMENTS, RULES, Change, ChangeError
from ansible_collections.k12.sif.plugins.plugin_utils._host.action import HostModuleAction
from ansible_collections.k12.sif.plugins.plugin_utils._host.windows_change import windows_host


class ActionModule(HostModuleAction):
    ARGUMENTS = ARGUMENTS
    RULES = RULES

    def act(self, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        try:
            change = Change(arguments, self.check_mode, windows_host(self.files, arguments))
            return getattr(change, arguments["state"])()
        except ChangeError as error:
            return {"failed": True, "msg": str(error), **error.facts}
