# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules of ansible.windows take, as their own documentation says."""

from __future__ import annotations

import ast
import functools
import os
import pathlib
import typing as t

import yaml

_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "path": (str,),
    "bool": (bool,),
    "int": (int,),
    "list": (list,),
    "dict": (dict,),
}


@functools.lru_cache(maxsize=None)
def documented(module: str) -> dict[str, t.Any]:
    """The options of a module, from the collection that is installed.

    Raises:
        LookupError: there is no such module.
    """
    folder = _modules()
    if (folder / f"{module}.yml").exists():
        options = yaml.safe_load((folder / f"{module}.yml").read_text())["DOCUMENTATION"].get("options")
        return options or {}
    if not (folder / f"{module}.py").exists():
        raise LookupError(f"ansible.windows has no module {module}")
    for statement in ast.parse((folder / f"{module}.py").read_text()).body:
        if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") == "DOCUMENTATION":
            return yaml.safe_load(ast.literal_eval(statement.value)).get("options") or {}
    raise LookupError(f"{module} of ansible.windows has no documentation")


def _modules() -> pathlib.Path:
    for path in os.environ["ANSIBLE_COLLECTIONS_PATH"].split(":"):
        folder = pathlib.Path(path) / "ansible_collections" / "ansible" / "windows" / "plugins" / "modules"
        if folder.is_dir():
            return folder
    raise LookupError("the collection ansible.windows is not on ANSIBLE_COLLECTIONS_PATH")


def complaints(module: str, arguments: dict[str, t.Any]) -> list[str]:
    """What is wrong with arguments; values must already have the documented type, as a careful caller gives them."""
    options = documented(module)
    names = {alias: name for name, option in options.items() for alias in [name, *option.get("aliases", [])]}
    found = [f"{module} has no option {name}" for name in arguments if name not in names]
    given = {names[name]: value for name, value in arguments.items() if name in names and value is not None}
    found += [f"{module} needs {name}" for name, option in options.items() if option.get("required") and name not in given]
    for name, value in given.items():
        option = options[name]
        kinds = _TYPES[option.get("type", "str")]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            found.append(f"{module}: {name} is not of type {option.get('type', 'str')}: {value!r}")
        elif "choices" in option and value not in option["choices"]:
            found.append(f"{module}: {name} is none of {option['choices']}: {value!r}")
        elif "elements" in option and not all(isinstance(item, _TYPES[option["elements"]]) for item in value):
            found.append(f"{module}: {name} has an item that is not of type {option['elements']}: {value!r}")
    return found
