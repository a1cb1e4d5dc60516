# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin k12.sif.zone_info; documented in plugins/modules/zone_info.py.

Opens the trust store, or reads certificates, here on the controller, and lets the module ask with the certificates found.
"""

from __future__ import annotations

import ssl
import tempfile
import typing as t

from ansible_collections.k12.sif.plugins.module_utils._sif.arguments import ARGUMENTS, RULES
from ansible_collections.k12.sif.plugins.module_utils._sif.failures import BadInput
from ansible_collections.k12.sif.plugins.modules.zone_info import ask
from ansible_collections.k12.sif.plugins.plugin_utils._host.action import InputError, PlannedAction
from ansible_collections.k12.sif.plugins.plugin_utils._host.stores import refused, wanted
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.certificates import to_pem
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.desired import targets
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.entries import KEY, TRUSTED, Store, password_needed
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.errors import StoreError
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.store import open_store


class ActionModule(PlannedAction):
    """Reads what is to be trusted, then runs the module once."""

    ARGUMENTS = ARGUMENTS
    RULES = RULES

    def act(self, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        path, password = arguments.pop("trust_store"), arguments.pop("trust_store_password")
        certificates = arguments.pop("certificates")
        source = None
        if arguments["url"].lower().startswith("https:"):
            if path is not None:
                source, arguments["trusted_certificates"] = "trust_store", self._read_trust(path, password)
            elif certificates is not None and (pem := self._read_certificates(certificates)):
                source, arguments["trusted_certificates"] = "certificates", pem
        if self.windows:
            result = {**_ask_here(arguments), "asked_from": "controller"}
        else:
            result = self._execute_module(
                module_name="k12.sif.zone_info",
                module_args={name: value for name, value in arguments.items() if value is not None},
                task_vars=self.task_vars,
            )
        if source and result.get("trust"):
            result["trust"]["source"] = source
        return result

    def _read_certificates(self, items: list[t.Any]) -> str:
        try:
            return "".join(to_pem(target.der) for target in targets(wanted(self, items, "present"))[0])
        except StoreError as error:
            raise refused(error) from None

    def _read_trust(self, path: str, password: str | None) -> str:
        data = self.files.read(path).content
        if data is None:
            raise InputError(f"The trust store {path} does not exist. Remedy: name the store the agent uses.")
        try:
            return trusted_pem(open_store(data, password))
        except StoreError as error:
            remedy = "Give trust_store_password." if error.message == password_needed().message else error.remedy
            raise InputError(f"The trust store {path}: {error.message}. Remedy: {remedy}") from None


def _ask_here(arguments: dict[str, t.Any]) -> dict[str, t.Any]:
    """For a Windows host, which has no Python for the module: the same code asks from the controller."""
    with tempfile.TemporaryDirectory(prefix="k12_sif_") as temporary:
        try:
            return {"changed": False, **ask(arguments, temporary)}
        except BadInput as error:
            raise InputError(str(error)) from None


def trusted_pem(store: Store) -> str:
    """The certificates that a JVM with this trust store trusts, as PEM text; empty when there is none.

    Those are the trusted entries and, of each private key, its own certificate but not the rest of its chain
    (C(sun.security.validator.TrustStoreUtil.getTrustedCerts) of OpenJDK).
    """
    return "".join(
        ssl.DER_cert_to_PEM_cert(entry.certificates[0])
        for entry in store.entries
        if entry.kind in (TRUSTED, KEY) and entry.certificates
    )
