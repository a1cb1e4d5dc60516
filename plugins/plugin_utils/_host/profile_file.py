# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A profile in a YAML file on the controller, to which what was learned is added."""

from __future__ import annotations

import json
import pathlib
import typing as t

import yaml

from .._agent_cfg.problems import PlanError, Problems
from .._agent_cfg.profile import SETTINGS, Profile
from .action import InputError
from .controller_files import write_text
from .profiles import read_profile, read_yaml_mapping

_VARIABLE = "sif_agent_profile"
_VARIABLE_FOLDERS = ("group_vars", "host_vars")
_HEAD = """---
# Where the product keeps settings of its console in agent.cfg. Written by the playbook k12.sif.learn.
"""


class ProfileFile:
    """A file that holds a profile, or, in a folder for variables, the variable C(sif_agent_profile).

    Args:
        path: the file; it need not be there yet.
        base: the profile to begin with when it is not, as for C(sif_agent_profile).
    Raises:
        InputError: the file or the base cannot be read, or the file holds something else, which would be lost.
    """

    def __init__(self, path: str, base: str | dict[str, t.Any]) -> None:
        self.path = pathlib.Path(path).expanduser()
        self._in_variable = any(part in _VARIABLE_FOLDERS for part in self.path.parts)
        if not self.path.parent.is_dir():
            raise InputError(f"There is no folder {self.path.parent} on the controller. Remedy: make it, or correct the path.")
        if self.path.exists():
            self._profile = self._read()
            self.before = self.path.read_text(encoding="utf-8")
        else:
            self.before = ""
            names_itself = isinstance(base, str) and pathlib.Path(base).expanduser().absolute() == self.path.absolute()
            self._profile = {"name": self.path.stem} if names_itself else read_profile(base)

    def _read(self) -> dict[str, t.Any]:
        content = read_yaml_mapping(self.path)
        if not self._in_variable:
            return content
        others = ", ".join(sorted(str(key) for key in content if key != _VARIABLE))
        if others:
            raise InputError(
                f"{self.path} holds other variables ({others}), whose comments would be lost."
                f" Remedy: name a file of its own for {_VARIABLE} in the same folder of variables."
            )
        return read_profile(content.get(_VARIABLE) or {})

    def console(self, setting: str) -> str:
        """Where the setting is in the product's console; empty when that is not known."""
        return str(self._entry(setting).get("console") or "")

    def _entry(self, setting: str) -> dict[str, t.Any]:
        settings = self._profile.get("settings")
        entry = settings.get(setting) if isinstance(settings, dict) else None
        return entry if isinstance(entry, dict) else {}

    def text_with(self, setting: str, locator: dict[str, t.Any]) -> str:
        """The whole text of the file with one new entry; the other entries stay.

        Raises:
            InputError: the other entries are wrong.
        """
        console = {"console": self.console(setting)} if self.console(setting) else {}
        settings = dict(self._profile.get("settings") or {})
        settings[setting] = {**locator, **console}
        ordered = {name: settings.pop(name) for name in SETTINGS if name in settings}
        profile = {"name": self.path.stem, **self._profile, "settings": {**ordered, **settings}}
        problems = Problems()
        Profile.read(profile, problems)
        try:
            problems.raise_if_any()
        except PlanError as error:
            raise InputError(f"{self.path} cannot be extended: {error}. Remedy: correct the entries that it has.") from None
        # Through JSON, because variables of Ansible are not plain strings.
        plain = json.loads(json.dumps({_VARIABLE: profile} if self._in_variable else profile))
        return _HEAD + yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=120)

    def write(self, text: str) -> None:
        """Replace the file in one step.

        Raises:
            InputError: it cannot be written.
        """
        write_text(self.path, text)
