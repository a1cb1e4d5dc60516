# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the configuration files of programs that run a Java as a Windows service say about that Java.

Sources: Tanuki Software, Java Service Wrapper, "Configuration Property Overview", "Environment Variables", "Configuration File
Directives" and "Paths in Configuration Properties"; WinSW, docs/xml-config-file.md. Files that such a file includes are not read.

All readers return C(command) (what is started), C(arguments), C(directory) (where it runs, None when the file does not say) and
C(variables) (those that the file sets, names in small letters, in its order; their values may refer to others) and C(defaults)
(the same for those that the host does not set). No other value of the file, because it can hold passwords.
"""

from __future__ import annotations

import codecs
import re
import typing as t
from xml.etree import ElementTree

from .command_line import arguments

_ADDITIONAL = re.compile(r"wrapper\.java\.additional\.(\d+)")
_ENCODING = re.compile(rb"\s*#\s*encoding\s*=\s*([\w-]+)", re.IGNORECASE)


def read_java_service_wrapper(content: bytes) -> dict[str, t.Any]:
    """Read a wrapper.conf."""
    lines = (line.strip() for line in _decoded(content).splitlines())
    values = {name.strip(): value.strip() for name, is_, value in (line.partition("=") for line in lines if line[:1] != "#") if is_}
    numbers = sorted((int(found[1]), name) for name in values if (found := _ADDITIONAL.fullmatch(name)))
    variables = {name.lower().removeprefix("set."): value for name, value in values.items() if name.lower().startswith("set.")}
    return {
        "command": values.get("wrapper.java.command", ""),
        "arguments": [word for _number, name in numbers for word in arguments(values[name])],
        "directory": values.get("wrapper.working.dir"),
        "variables": {name: value for name, value in variables.items() if not name.startswith("default.")},
        "defaults": {name.removeprefix("default."): value for name, value in variables.items() if name.startswith("default.")},
    }


def read_winsw(content: bytes) -> dict[str, t.Any] | None:
    """Read the XML file beside a WinSW; None when it is another XML file, or none."""
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError:
        return None
    if root.tag != "service" or root.findtext("executable") is None:
        return None
    words = [arguments(root.findtext(name) or "") for name in ("startarguments", "arguments")]
    single = [(item.text or "").strip() for item in [*root.findall("startargument"), *root.findall("argument")]]
    return {
        "command": (root.findtext("executable") or "").strip(),
        "arguments": words[0] or words[1] or single,
        "directory": (root.findtext("workingdirectory") or "").strip() or None,
        "variables": {item.get("name", "").lower(): item.get("value", "") for item in root.findall("env")},
        "defaults": {},
    }


def _decoded(content: bytes) -> str:
    """As its first line says; without that UTF-8, or else the code page that most Windows systems have."""
    named = _ENCODING.match(content.removeprefix(codecs.BOM_UTF8))
    encodings = [*([named[1].decode("ascii")] if named else []), "utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            pass
    return content.decode("latin-1")
