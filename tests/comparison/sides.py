# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""k12.sif.truststore and community.general.java_cert behind one face, so that one test asks the same of both."""

from __future__ import annotations

import pathlib
import typing as t

PASSWORD = "changeit"


class Ours:
    """k12.sif.truststore."""

    name = "k12.sif.truststore"

    @staticmethod
    def trust(path: pathlib.Path, pem: pathlib.Path, alias: str, **options: t.Any) -> dict[str, t.Any]:
        arguments = {"path": str(path), "password": PASSWORD, "certificates": [{"file": str(pem), "alias": alias}]}
        return {"k12.sif.truststore": {**arguments, **options}}

    @staticmethod
    def remove(path: pathlib.Path, alias: str, **options: t.Any) -> dict[str, t.Any]:
        arguments = {"path": str(path), "password": PASSWORD, "certificates": [{"alias": alias, "state": "absent"}]}
        return {"k12.sif.truststore": {**arguments, **options}}

    @staticmethod
    def trust_server(path: pathlib.Path, port: int) -> dict[str, t.Any]:
        arguments = {"path": str(path), "password": PASSWORD, "from_server": {"host": "localhost", "port": port}}
        return {"k12.sif.truststore": arguments}


class Theirs:
    """community.general.java_cert."""

    name = "community.general.java_cert"

    @staticmethod
    def _task(path: pathlib.Path, alias: str, options: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
        options = {"keystore_pass": options.pop("password", PASSWORD), **options}
        arguments = {"keystore_path": str(path), "cert_alias": alias, **more, **options}
        return {"community.general.java_cert": arguments}

    @classmethod
    def trust(cls, path: pathlib.Path, pem: pathlib.Path, alias: str, **options: t.Any) -> dict[str, t.Any]:
        kind = {"keystore_create": True, "keystore_type": "JKS"}
        return cls._task(path, alias, options, cert_path=str(pem), **kind)

    @classmethod
    def remove(cls, path: pathlib.Path, alias: str, **options: t.Any) -> dict[str, t.Any]:
        return cls._task(path, alias, options, state="absent")

    @classmethod
    def trust_server(cls, path: pathlib.Path, port: int) -> dict[str, t.Any]:
        return cls._task(path, "zis", {}, cert_url="localhost", cert_port=port, keystore_create=True, keystore_type="JKS")
