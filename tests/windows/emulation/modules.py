# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bodies of those modules of ansible.windows that the collection uses, after their documentation and source."""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import ntpath
import os
import pathlib
import subprocess
import typing as t

from .options import complaints
from .scripts import run_script
from .services import Services
from .tree import TEMP, Tree, WindowsError

_UNHANDLED = "Unhandled exception while executing module: "


class Failed(Exception):
    """The module ends with this message, and perhaps more values."""

    def __init__(self, message: str, **values: t.Any) -> None:
        super().__init__(message)
        self.values = values


def _hresult(number: int) -> int:
    """The signed number that .NET gives an error of Windows."""
    return (0x80070000 | number) - (1 << 32)


def _public(arguments: dict[str, t.Any]) -> dict[str, t.Any]:
    return {name: value for name, value in arguments.items() if not name.startswith("_")}


class Modules:
    """Runs modules by name on one emulated host."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._services = Services(tree)

    def run(self, name: str, arguments: dict[str, t.Any], check_mode: bool) -> dict[str, t.Any]:
        """A module's result, as JSON would bring it; wrong arguments are a failure."""
        body = getattr(self, f"_{name}", None)
        if name == "win_copy" and "_copy_mode" in arguments:  # from the action plugin win_copy, which has words of its own
            arguments, body = _public(arguments), {"query": self._query, "single": self._win_copy}[arguments["_copy_mode"]]
        wrong = complaints(name, arguments) if body != self._query else []
        if wrong or body is None:
            return {"failed": True, "msg": "EMULATION: " + ("; ".join(wrong) or f"{name} is not emulated")}
        self.check_mode = check_mode
        try:
            return {"changed": False, **body(**arguments)}
        except Failed as failure:
            return {"changed": False, "failed": True, "msg": str(failure), **failure.values}
        except WindowsError as error:
            return {"changed": False, "failed": True, "msg": f"{_UNHANDLED}{error}"}

    def _win_ping(self, data: str = "pong") -> dict[str, t.Any]:
        return {"ping": data}

    def _slurp(self, src: str) -> dict[str, t.Any]:
        place = self._valid("src", src)
        if place.is_dir():
            raise Failed(f"Path {src} is a directory")
        if not place.is_file():
            raise Failed(f"Path {src} is not found")
        try:
            content = self._tree.read(src)
        except WindowsError as error:
            raise WindowsError(f'Exception calling "ReadAllBytes" with "1" argument(s): "{error}"') from None
        return {"content": base64.b64encode(content).decode(), "encoding": "base64"}

    def _win_stat(
        self, path: str, follow: bool = False, get_size: bool = True, get_checksum: bool = True, checksum_algorithm: str = "sha1"
    ) -> dict[str, t.Any]:
        place = self._tree.map(path)
        if not place.exists():
            return {"stat": {"exists": False}}
        about = place.stat()
        stat = {"exists": True, "path": self._tree.path_of(place), "isdir": place.is_dir(), "isreg": place.is_file(), "islnk": False}
        stat["isreadonly"] = self._tree.marked("readonly", path)
        stat["lastwritetime"] = about.st_mtime
        if place.is_file() and get_checksum:
            try:
                stat["checksum"] = hashlib.new(checksum_algorithm, self._tree.read(path)).hexdigest()
            except WindowsError as error:
                raise Failed(f"Failed to get hash of file, set get_checksum to False to ignore this error: {error}") from None
        if get_size:
            stat["size"] = about.st_size
        return {"stat": stat}

    def _win_copy(self, src: str, dest: str, backup: bool = False) -> dict[str, t.Any]:
        """The mode "single", which is the default of the module that the action plugin runs; never meant for check mode."""
        assert not self.check_mode
        source, target = self._valid("src", src), self._valid("dest", dest)
        if not source.is_file():
            raise Failed(f"Cannot copy src file: '{src}' as it does not exist")
        if target.is_dir():
            raise Failed("EMULATION: a folder as dest is not emulated")
        if not target.parent.is_dir():
            raise Failed(f"Destination directory '{ntpath.dirname(dest)}' does not exist")
        result: dict[str, t.Any] = {"changed": True}
        if backup:
            result["backup_file"] = None
            if target.is_file():
                result["backup_file"] = f"{dest}.{os.getpid()}.20261124-024500.bak"
                self._tree.write(result["backup_file"], self._tree.read(dest))
        # Copy-Item -Force writes over a file that is marked read-only.
        self._tree.write(dest, self._tree.read(src))
        return result

    def _query(self, dest: str, files: list[dict[str, t.Any]], **dummy: t.Any) -> dict[str, t.Any]:
        """What the action plugin asks before it copies: which of the files differ (by their SHA-1)."""
        differing = []
        for file in files:
            place = self._tree.map(ntpath.join(dest, file["dest"]))
            if not place.is_file() or hashlib.sha1(place.read_bytes()).hexdigest() != file["checksum"]:
                differing.append(file)
        return {"files": differing, "directories": [], "symlinks": []}

    def _win_tempfile(self, state: str, suffix: str) -> dict[str, t.Any]:
        assert state == "directory"
        path = f"{TEMP}\\ansible.1x{suffix}"
        self._tree.map(path).mkdir(parents=True)
        return {"changed": True, "path": path, "state": state}

    def _setup(self, gather_subset: list[str]) -> dict[str, t.Any]:
        return {"ansible_facts": {"ansible_distribution_version": "EMULATION", "ansible_powershell_version": 5}}

    def _win_file(self, path: str, state: str) -> dict[str, t.Any]:
        assert not self.check_mode
        place = self._valid("path", path)
        if state == "absent":
            if not place.exists():
                return {}
            try:
                self._tree.remove(path)
            except WindowsError as error:
                raise Failed(f"Failed to delete {path}: {error}") from None
            return {"changed": True}
        if state != "directory":
            raise Failed(f"EMULATION: state {state} is not emulated")
        if place.is_dir():
            return {}
        if place.exists():
            raise Failed(f"path {path} is not a directory")
        place.mkdir(parents=True)
        return {"changed": True}

    def _win_find(
        self, paths: list[str], patterns: list[str], recurse: bool = False, get_checksum: bool = True, hidden: bool = False
    ) -> dict[str, t.Any]:
        files, warnings = [], []
        for path in paths:
            folder = self._tree.map(path)
            if not folder.is_dir():
                warnings.append(f"Argument path '{path}' does not exist or is not accessible, skipping")
                continue
            for place in sorted(folder.rglob("*") if recurse else folder.iterdir()):
                if place.is_file() and any(fnmatch.fnmatch(place.name.lower(), pattern.lower()) for pattern in patterns):
                    found = {"path": self._tree.path_of(place), "filename": place.name, "size": place.stat().st_size}
                    files.append({**found, "lastwritetime": place.stat().st_mtime})
        return {"files": files, "matched": len(files), "examined": len(files), "warnings": warnings}

    def _win_service_info(self, name: str) -> dict[str, t.Any]:
        services = self._services.named(name)
        told = ("name", "path", "state", "process_id", "dependency_of", "start_mode")
        return {"exists": bool(services), "services": [{key: service[key] for key in told} for service in services]}

    def _win_command(self, argv: list[str]) -> dict[str, t.Any]:
        if self.check_mode:
            return {"skipped": True, "msg": "remote module (ansible.windows.win_command) does not support check mode"}
        program, words = ntpath.basename(argv[0]).lower(), argv[1:]
        if program == "sc.exe":
            status, output = {"stop": self._services.ask_to_stop, "start": self._services.ask_to_start}[words[0]](words[1]), ""
        elif program == "attrib.exe":
            marked = [path for path in self._tree.settings.get("readonly", []) if path != words[1]]
            self._tree.change(readonly=marked + [words[1]] * (words[0] == "+R"))
            status, output = 0, ""
        elif program == "taskkill.exe":
            number = int(words[words.index("/PID") + 1])
            killed = self._services.kill(number) or self._tree.settings.get("holder") == number
            if killed and self._tree.settings.get("holder") == number:
                self._tree.change(held=[], holder=0)
            status, output = (0, "") if killed else (128, "")
        else:
            status, output = self._program(argv)
        result = {"changed": True, "cmd": subprocess.list2cmdline(argv), "rc": status, "stdout": output, "stderr": ""}
        if status:
            raise Failed("non-zero return code", **result)
        return result

    def _program(self, argv: list[str]) -> tuple[int, str]:
        try:
            place = self._tree.map(argv[0])
        except WindowsError:
            place = pathlib.Path("/nonexistent")
        if not place.is_file():
            said = f"Failed to run: '{argv[0]}': The system cannot find the file specified (Win32 ErrorCode 2 - 0x00000002)"
            raise Failed(said, rc=2)
        done = subprocess.run(["sh", str(place), *argv[1:]], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    def _win_powershell(
        self, script: str, parameters: dict[str, t.Any] | None = None, error_action: str = "continue"
    ) -> dict[str, t.Any]:
        if self.check_mode:
            return {"skipped": True, "msg": "skipped, running in check mode"}
        told: dict[str, t.Any] = {}  # $Ansible.Result
        result: dict[str, t.Any] = {"changed": True, "result": told, "error": [], "output": []}
        try:
            value = run_script(self._tree, script, parameters or {}, told)
            result["result"] = told if value is None else value
        except WindowsError as error:
            inner = {"message": str(error), "hresult": _hresult(error.number), "inner_exception": None}
            outer = {"message": f'Exception calling "X" with "1" argument(s): "{error}"', "hresult": -2146233087, "inner_exception": inner}
            # A call that fails ends the script only where errors stop it; without that it goes on, and the module does not fail.
            result.update(error=[{"exception": outer}], failed=error_action == "stop")
        return result

    def _valid(self, option: str, path: str) -> pathlib.Path:
        """The place of a path that a module reads with Get-AnsibleParam of type path."""
        try:
            return self._tree.map(path)
        except WindowsError:
            raise Failed(f"Get-AnsibleParam: Parameter '{option}' has an invalid path '{path}' specified.") from None
