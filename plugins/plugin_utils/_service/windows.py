# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Java a Windows service starts, from its image path and, for the Java Service Wrapper, its configuration file.

The form of the service is that of M(ansible.windows.win_service_info). The names of the wrapper's properties
(C(wrapper.java.command), C(wrapper.java.additional.N), C(wrapper.working.dir)) are those that its documentation gives
(Tanuki Software, Java Service Wrapper, "Configuration Property Overview").
"""

from __future__ import annotations

import ntpath
import re
import typing as t

from .jvm import jvm_options, system_properties

_WORD = re.compile(r'"([^"]*)"|(\S+)')
_PROGRAM = re.compile(r'\s*(?:"([^"]+)"|(.+?\.exe)(?=\s|$))', re.IGNORECASE)
_JAVA = ("java.exe", "javaw.exe")


def java_of_service(service: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Read a service.

    Args:
        service: C(path), the image path; C(wrapper_configuration), the text of the file that C(wrapper_configuration) names, if
            there is one; C(bundled_java_home), a home of Java found in the program's folder, if there is one.
    Returns:
        the same as C(systemd.java_of_unit).
    """
    program, arguments = _image_path(str(service.get("path") or ""))
    if ntpath.basename(program).lower() in _JAVA:
        return _answer(program, system_properties(jvm_options(arguments)), None)
    if service.get("wrapper_configuration"):
        return _of_wrapper(str(service["wrapper_configuration"]), ntpath.dirname(program))
    return {**_answer(None, {}, None), "java_home": service.get("bundled_java_home")}


def wrapper_configuration(image_path: str) -> str | None:
    """The configuration file that the image path of a Java Service Wrapper names, else None."""
    program, arguments = _image_path(image_path)
    names = [argument for argument in arguments if argument.lower().endswith(".conf")]
    return ntpath.join(ntpath.dirname(program), names[0]) if names else None


def bundled_java_homes(image_path: str) -> list[str]:
    """Where a Java that came with the program may be: C(jre) in its folder, or beside the C(bin) that it is in."""
    folder = ntpath.dirname(_image_path(image_path)[0])
    folders = [folder, ntpath.dirname(folder)] if ntpath.basename(folder).lower() == "bin" else [folder]
    return [ntpath.join(one, "jre") for one in folders if one]


def _image_path(text: str) -> tuple[str, list[str]]:
    """The program and its arguments; a program without quotes ends with .exe, because its path may hold blanks."""
    found = _PROGRAM.match(text)
    if not found:
        return text.strip(), []
    words = (word[0] or word[1] for word in _WORD.findall(text[found.end() :]))
    return found.group(1) or found.group(2), list(words)


def _of_wrapper(text: str, folder: str) -> dict[str, t.Any]:
    """Relative paths begin at the working directory, which is the folder of the wrapper's program unless the file says otherwise.

    Source: the same documentation, "Paths in Configuration Properties".
    """
    lines = (line.strip() for line in text.splitlines())
    properties = {name.strip(): value.strip() for name, _is, value in (line.partition("=") for line in lines if line[:1] != "#")}
    directory = ntpath.normpath(ntpath.join(folder, properties.get("wrapper.working.dir") or "."))
    numbers = sorted(int(name.rpartition(".")[2]) for name in properties if re.fullmatch(r"wrapper\.java\.additional\.\d+", name))
    options = [properties[f"wrapper.java.additional.{number}"].replace('"', "") for number in numbers]
    command = properties.get("wrapper.java.command", "")
    known = command and "%" not in command and ("\\" in command or "/" in command)
    java = ntpath.normpath(ntpath.join(directory, command)) if known else None
    if java and not java.lower().endswith(".exe"):
        java += ".exe"
    return _answer(java, system_properties(options), directory)


def _answer(java: str | None, options: dict[str, str], directory: str | None) -> dict[str, t.Any]:
    bin_folder = ntpath.dirname(java or "")
    home = ntpath.dirname(bin_folder) if ntpath.isabs(bin_folder) and ntpath.basename(bin_folder).lower() == "bin" else None
    return {"java": java, "java_home": home, "system_properties": options, "working_directory": directory}
