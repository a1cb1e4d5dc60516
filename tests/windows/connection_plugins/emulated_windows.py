# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection to an emulated Windows host. The controller's side is real: shell plugin, .ps1 modules, their arguments."""

from __future__ import annotations

import base64
import json
import pathlib
import re
import shutil
import typing as t

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.connection import ConnectionBase
from emulation.modules import Modules
from emulation.tree import TEMP, Tree, WindowsError

DOCUMENTATION = r"""
name: emulated_windows
short_description: Connect to an emulated Windows host
description: For the tests of the collection k12.sif.
author: The k12.sif contributors
options:
  root:
    description: The folder of this machine that holds the host.
    type: path
    required: true
    vars:
      - name: emulated_windows_root
"""

_DELIMITER = b"\0\0\0\0"


class Connection(ConnectionBase):
    """Understands what the PowerShell shell plugin and the module wrapper of ansible-core 2.16 to 2.21 send."""

    transport = "emulated_windows"
    module_implementation_preferences = (".ps1", ".exe", "")
    allow_executable = False
    has_pipelining = True
    always_pipeline_modules = True

    def __init__(self, *arguments: t.Any, **options: t.Any) -> None:
        self._shell_type = "powershell"
        super().__init__(*arguments, **options)

    def _connect(self) -> Connection:
        self._connected = True
        return self

    def close(self) -> None:
        self._connected = False

    def put_file(self, in_path: str, out_path: str) -> None:
        self._note("put", path=out_path)
        target = self._tree.map(out_path)
        assert target.parent.is_dir(), target
        shutil.copyfile(in_path, target)

    def fetch_file(self, in_path: str, out_path: str) -> None:
        self._note("fetch", path=in_path)
        shutil.copyfile(self._tree.map(in_path), out_path)

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        if self._tree.settings.get("down"):
            raise AnsibleConnectionFailure("The connection attempt timed out")
        try:
            if in_data:
                return 0, self._payload(in_data), b""
            encoded = re.search(r"-EncodedCommand (\S+)", cmd)
            return 0, self._shell_command(base64.b64decode(encoded[1]).decode("utf-16-le") if encoded else cmd), b""
        except WindowsError as error:
            return 1, b"", str(error).encode()

    def _payload(self, data: bytes) -> bytes:
        parts = [part.strip() for part in data.split(_DELIMITER)]
        manifest = next(json.loads(part) for part in parts if part.startswith(b'{"') and (b'"actions"' in part))
        action = manifest["actions"][-1]
        if "module_args" in manifest:  # ansible-core 2.16 to 2.18
            return self._module(manifest["module_args"])
        parameters = action["params"]
        if action["name"] == "powershell_mkdtemp.ps1":
            return self._make_directory(parameters["Name"])
        if "Variables" not in parameters:
            raise AnsibleError(f"The emulation does not know {action['name']}.")
        return self._module(next(item["Value"] for item in parameters["Variables"] if item["Name"] == "complex_args"))

    def _shell_command(self, script: str) -> bytes:
        # As a task with ansible.builtin.raw sends it. PowerShell and cmd.exe both end with that status.
        if script == "exit 0":
            self._note("raw")
            return b""
        made = re.search(r"-Name '(ansible-tmp-[\w.\-]+)'", script)
        if made:
            return self._make_directory(made[1])
        removed = re.search(r"Remove-Item '?([^']+?)'? -Force -Recurse", script)
        if removed:
            self._note("remove", path=removed[1])
            shutil.rmtree(self._tree.map(removed[1]))
            return b""
        raise AnsibleError(f"The emulation does not know this command: {script[:200]}")

    def _make_directory(self, name: str) -> bytes:
        self._note("mkdtemp")
        self._tree.map(f"{TEMP}\\{name}").mkdir(parents=True)
        return f"{TEMP}\\{name}\r\n".encode()

    def _module(self, arguments: dict[str, t.Any]) -> bytes:
        # ansible.builtin.slurp is there, too: ansible-core takes the one of ansible.windows for it.
        name = arguments["_ansible_module_name"].rpartition(".")[2]
        own = {key: value for key, value in arguments.items() if not key.startswith("_ansible_")}
        self._note("module", name=name, arguments=own)
        return json.dumps(Modules(self._tree).run(name, own, bool(arguments["_ansible_check_mode"]))).encode()

    @property
    def _tree(self) -> Tree:
        return Tree(pathlib.Path(self.get_option("root")))

    def _note(self, what: str, **more: t.Any) -> None:
        """Every round trip is written down."""
        with (pathlib.Path(self.get_option("root")) / "trips.jsonl").open("a") as log:
            log.write(json.dumps({"what": what, **more}) + "\n")
