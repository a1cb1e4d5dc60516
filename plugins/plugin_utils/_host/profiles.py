# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the profile that says where a product keeps the settings of its console."""

from __future__ import annotations

import pathlib
import typing as t

import yaml

from .action import InputError

_SHIPPED = pathlib.Path(__file__).parent.parent / "_agent_cfg" / "profiles"


def read_profile(profile: str | dict[str, t.Any]) -> dict[str, t.Any]:
    """The profile itself, of the name of a shipped one, of a YAML file on the controller, or already read.

    Raises:
        InputError: there is no such profile, or it is no YAML mapping.
    """
    if isinstance(profile, dict):
        return profile
    shipped = {path.stem: path for path in _SHIPPED.glob("*.yml")}
    path = shipped.get(profile) or pathlib.Path(profile).expanduser()
    if not path.exists():
        raise InputError(
            f"There is no profile {profile}."
            f" Remedy: give one of {', '.join(sorted(shipped))}, or the path of a YAML file on the controller."
        )
    return read_yaml_mapping(path)


def read_yaml_mapping(path: pathlib.Path) -> dict[str, t.Any]:
    """What a YAML file on the controller holds.

    Raises:
        InputError: it cannot be read, or is no YAML mapping.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}. Remedy: check its path and permissions.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"Profile {path} is not readable YAML: {error}. Remedy: correct it; the shipped profiles show the form.") from None
    if not isinstance(content, dict):
        raise InputError(f"Profile {path} is not a YAML mapping. Remedy: see the shipped profiles for the form.")
    return content
