# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Java a Windows service starts, from its image path and the configuration file of a program that runs Java as a service.

The form of the service is that of M(ansible.windows.win_service_info). It starts in the system's folder, so that relative paths
of the agent begin there, unless the program goes elsewhere.
"""

from __future__ import annotations

import ntpath
import typing as t

from .._agent_cfg.host_path import is_absolute
from .command_line import expanded, image_path, variables_in
from .jvm import jvm_options, system_properties
from .wrappers import read_java_service_wrapper, read_winsw

_JAVA = ("java.exe", "javaw.exe")


class WrapperFile(t.NamedTuple):
    """A file that may tell which Java a wrapper starts, and the function of C(wrappers) that reads it."""

    path: str
    read: t.Callable[[bytes], dict[str, t.Any] | None]


def java_of_service(service: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Read a service.

    Args:
        service: C(path), the image path; C(wrapper), what C(wrapper_file) says, if there is one; C(variables), the values of
            C(unknown_variables) on the host, names in small letters; C(unknown), why the host could not be asked for these.
    Returns:
        the same as C(systemd.java_of_unit), and C(unknown). Of a program that is neither Java nor a known wrapper, C(java_home)
        is the C(jre) beside it, of which nobody has seen yet whether it is there.
    """
    variables = dict(service.get("variables") or {})
    program, arguments = _program(service, variables)
    answer = {"java": None, "java_home": None, "system_properties": {}, "working_directory": None, "unknown": service.get("unknown")}
    if not is_absolute(program, windows=True):
        return answer
    folder = ntpath.dirname(program)
    if _is_java(program):
        return {**answer, **_started(program, arguments)}
    wrapper = service.get("wrapper")
    if not wrapper:
        bundled = None if answer["unknown"] else _bundled_java(folder)
        return {**answer, "java_home": bundled}
    values = _settled(wrapper, {"base": folder, **variables})
    directory = ntpath.normpath(ntpath.join(folder, expanded(wrapper["directory"] or ".", values)))
    options = [expanded(argument, values) for argument in wrapper["arguments"]]
    command = expanded(wrapper["command"], values)
    # A name alone is searched for by PATH; a variable that nobody knows makes a path of no use.
    known = not variables_in(command) and ("\\" in command or "/" in command)
    java = ntpath.normpath(ntpath.join(directory, command)) if known else ""
    java += "" if not java or java.lower().endswith(".exe") else ".exe"
    located = None if variables_in(directory) else directory
    return {**answer, **_started(java, options), "working_directory": located}


def wrapper_file(service: t.Mapping[str, t.Any]) -> WrapperFile | None:
    """The file that may tell which Java the service starts; None when it starts Java itself, or none is known.

    A Java Service Wrapper gets its file as an argument. A WinSW has no argument or its file, which otherwise lies beside it.
    """
    program, arguments = _program(service, dict(service.get("variables") or {}))
    if not is_absolute(program, windows=True) or _is_java(program):
        return None
    for ending, read in ((".conf", read_java_service_wrapper), (".xml", read_winsw)):
        for argument in arguments:
            if argument.lower().endswith(ending):
                return WrapperFile(ntpath.normpath(ntpath.join(ntpath.dirname(program), argument)), read)
    return None if arguments else WrapperFile(ntpath.splitext(program)[0] + ".xml", read_winsw)


def unknown_variables(service: t.Mapping[str, t.Any]) -> list[str]:
    """The environment variables of the host that must be known to read the service, in small letters."""
    wrapper = service.get("wrapper") or {}
    own, defaults = wrapper.get("variables") or {}, wrapper.get("defaults") or {}
    texts = [wrapper.get("command") or "", wrapper.get("directory") or "", *wrapper.get("arguments", []), *own.values(), *defaults.values()]
    wanted = variables_in(str(service.get("path") or ""), *texts) | set(defaults)
    return sorted(wanted - {"base", *own, *(service.get("variables") or {})})


def _program(service: t.Mapping[str, t.Any], variables: dict[str, str]) -> tuple[str, list[str]]:
    return image_path(expanded(str(service.get("path") or ""), variables))


def _settled(wrapper: t.Mapping[str, t.Any], variables: dict[str, str]) -> dict[str, str]:
    """The host's variables and those of the file, each with what was known before it put in."""
    for name, value in wrapper["defaults"].items():
        variables = {name: expanded(value, variables), **variables}
    for name, value in wrapper["variables"].items():
        variables = {**variables, name: expanded(value, variables)}
    return variables


def _bundled_java(folder: str) -> str:
    """C(jre) in the program's folder, or beside the C(bin) that the program is in."""
    return ntpath.join(ntpath.dirname(folder) if ntpath.basename(folder).lower() == "bin" else folder, "jre")


def _is_java(program: str) -> bool:
    return ntpath.basename(program).lower() in _JAVA


def _started(program: str, arguments: list[str]) -> dict[str, t.Any]:
    bin_folder = ntpath.dirname(program)
    home = ntpath.dirname(bin_folder) if is_absolute(bin_folder, windows=True) and ntpath.basename(bin_folder).lower() == "bin" else None
    return {"java": program or None, "java_home": home, "system_properties": system_properties(jvm_options(arguments))}
