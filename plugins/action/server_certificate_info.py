# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin k12.sif.server_certificate_info; documented in plugins/modules/server_certificate_info.py.

The module on the host fetches the chain; what its certificates say is read here, on the controller.
"""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.k12.sif.plugins.module_utils._sif.chain import ARGUMENTS, RULES
from ansible_collections.k12.sif.plugins.plugin_utils._host.action import PlannedAction
from ansible_collections.k12.sif.plugins.plugin_utils._host.presented import fetch_chain
from ansible_collections.k12.sif.plugins.plugin_utils._host.stores import refused
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.errors import StoreError
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.presented import described_chain


class ActionModule(PlannedAction):
    ARGUMENTS = ARGUMENTS
    RULES = RULES

    def act(self, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        try:
            fetched = fetch_chain(self, arguments)
        except StoreError as error:
            raise refused(error) from None
        chain = described_chain(fetched["chain"], datetime.datetime.now(datetime.timezone.utc))
        result = {**fetched, "chain": chain}
        for item in chain:
            if item["role"] == "issuing_ca":
                result["issuing_ca"] = item
        return result
