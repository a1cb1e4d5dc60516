# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an action plugin accepts is what the documentation of its module says."""

from __future__ import annotations

import importlib
import pathlib

import pytest
import yaml

_PLUGINS = pathlib.Path(__file__).resolve().parents[4] / "plugins"
_ACTIONS = sorted(path.stem for path in (_PLUGINS / "action").glob("*.py") if path.stem != "__init__")
_TOLD = ("type", "elements", "required", "choices", "default", "no_log")


def _documented(options: dict) -> dict:
    """Documentation in the form of an argument spec; C(no_log) cannot be documented."""
    spec = {}
    for name, option in options.items():
        spec[name] = {key: option[key] for key in _TOLD if key in option}
        if "suboptions" in option:
            spec[name]["options"] = _documented(option["suboptions"])
    return spec


def _accepted(arguments: dict) -> dict:
    spec = {}
    for name, argument in arguments.items():
        spec[name] = {key: argument[key] for key in _TOLD if key in argument and key != "no_log"}
        if "options" in argument:
            spec[name]["options"] = _accepted(argument["options"])
    return spec


@pytest.mark.parametrize("name", _ACTIONS)
def test_arguments_are_those_documented(name):
    module = importlib.import_module(f"ansible_collections.k12.sif.plugins.modules.{name}")
    action = importlib.import_module(f"ansible_collections.k12.sif.plugins.action.{name}")
    documented = yaml.safe_load(module.DOCUMENTATION)["options"]
    assert _accepted(action.ActionModule.ARGUMENTS) == _documented(documented)


def test_every_action_is_in_the_action_group():
    runtime = yaml.safe_load((_PLUGINS.parent / "meta" / "runtime.yml").read_text())
    modules = sorted(path.stem for path in (_PLUGINS / "modules").glob("*.py"))
    assert sorted(runtime["action_groups"]["all"]) == modules
