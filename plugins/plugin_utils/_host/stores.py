# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trust stores on a host and certificates on the controller, for the action plugins that work with them."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError

from .._truststore.desired import Wanted
from .._truststore.entries import Store
from .._truststore.errors import StoreError
from .._truststore.store import open_store
from .action import InputError, PlannedAction
from .files import HostFile

PASSWORD_ARGUMENTS: dict[str, dict[str, t.Any]] = {
    "path": {"type": "path", "required": True},
    "password": {"type": "str", "no_log": True},
    "password_file": {"type": "path"},
}
PASSWORD_RULES = {"mutually_exclusive": [("password", "password_file")]}
_ITEM_KEYS = ("alias", "content", "file", "state")
_STATES = ("present", "absent")


def refused(error: StoreError, where: str | None = None) -> InputError:
    """The error as a task shows it; C(where) names the file it is about."""
    text = f"{where}: {error.message}" if where else error.message
    return InputError(f"{text}. Remedy: {error.remedy}" if error.remedy else f"{text}.")


def read_password(action: PlannedAction, arguments: dict[str, t.Any]) -> str | None:
    """The password that was given, or what the file on the host holds without its last line end.

    Raises:
        InputError: there is no such file, or it holds no text.
    """
    path = arguments["password_file"]
    if path is None:
        return arguments["password"]
    content = action.files.read(path).content
    if content is None:
        raise InputError(f"There is no password_file {path} on this host. Remedy: correct the path.")
    try:
        return content.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise InputError(f"password_file {path} is not UTF-8 text. Remedy: write the password, and nothing else, into it.") from None


def read_store(action: PlannedAction, path: str, password: str | None) -> tuple[HostFile, Store | None]:
    """The file and the store in it, None for a file that does not exist.

    Raises:
        InputError: the store cannot be opened.
    """
    file = action.files.read(path)
    if file.content is None:
        return file, None
    try:
        return file, open_store(file.content, password)
    except StoreError as error:
        raise refused(error, path) from None


def wanted(action: PlannedAction, items: list[t.Any], state: str) -> list[Wanted]:
    """The items of C(certificates): PEM text, or dictionaries; files are read here, on the controller.

    Raises:
        InputError: an item has the wrong form, or its file cannot be read.
    """
    return [_wanted(action, item, state, f"certificates[{number}]") for number, item in enumerate(items)]


def _wanted(action: PlannedAction, item: t.Any, state: str, where: str) -> Wanted:
    if isinstance(item, str):
        item = {"content": item}
    if not isinstance(item, dict):
        raise InputError(f"{where} is neither PEM text nor a dictionary. Remedy: give content or file.")
    unknown = sorted(str(key) for key in item if key not in _ITEM_KEYS)
    if unknown:
        raise InputError(f"{where} has the unknown key {unknown[0]}. Remedy: use {', '.join(_ITEM_KEYS)}.")
    given = {key: value for key, value in item.items() if value is not None}
    for key, value in given.items():
        if not isinstance(value, str):
            raise InputError(f"{where}: {key} is not text. Remedy: put it in quotes.")
    if given.get("state", state) not in _STATES:
        raise InputError(f"{where}: state is neither present nor absent. Remedy: write one of them.")
    if "content" in given and "file" in given:
        raise InputError(f"{where} has both content and file. Remedy: leave one of them out.")
    content: str | bytes | None = given.get("content")
    if "file" in given:
        content = _read_on_controller(action, given["file"], where)
        where = f"{where} ({given['file']})"
    return Wanted(content, given.get("alias"), given.get("state", state) == "present", where)


def _read_on_controller(action: PlannedAction, name: str, where: str) -> bytes:
    """A file, searched as those of M(ansible.builtin.copy) are; a file encrypted with Ansible Vault is decrypted."""
    try:
        path = action._loader.get_real_file(action._find_needle("files", name))
        with open(path, "rb") as stream:
            return stream.read()
    except (AnsibleError, OSError) as error:
        reason = getattr(error, "strerror", None) or "not found there"
        raise InputError(f"{where}: file {name} on the controller cannot be read: {reason}. Remedy: correct the path.") from None
