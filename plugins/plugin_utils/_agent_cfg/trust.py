# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which trust store an agent really checks the certificate of a ZIS against, and why.

Source: the project's reference on agent.cfg, section 2: the name of the transport decides, not the scheme of the URL.
With transport https, C(trustStore) of the file beats a -D option and replaces cacerts; with transport http it is not
looked at. Without both, Java takes C(jssecacerts) of its home, then C(cacerts) (Java Secure Socket Extension Reference Guide).
"""

from __future__ import annotations

import typing as t

from .host_path import is_absolute, paths_of

FROM_FILE = "agent.cfg trustStore"
FROM_OPTION = "-Djavax.net.ssl.trustStore"
FROM_JVM = "cacerts of the JVM"
_STORE_OPTION = "javax.net.ssl.trustStore"
_PASSWORD_OPTION = "javax.net.ssl.trustStorePassword"
_HOME_KEY_STORE = "~/.keystore"
FirstThere = t.Callable[[list[str]], t.Optional[str]]


def trust_stores(
    effective: dict[str, t.Any],
    system_properties: t.Mapping[str, str] | None = None,
    java_home: str | None = None,
    working_directory: str | None = None,
    windows: bool = False,
    first_there: FirstThere | None = None,
) -> list[dict[str, t.Any]]:
    """Name the trust store of every zone.

    Args:
        effective: the effective settings, as C(model.load) gives them.
        system_properties: the -D options of the agent's JVM.
        java_home: the home of the JVM that runs the agent, that of a JRE or of a JDK.
        working_directory: the directory the agent's process runs in; relative paths start there.
        windows: True for paths of a Windows host.
        first_there: which of several files is the first that is there, None when none is; asked only for a zone that needs the
            JVM's own store. Without it, that is taken to be C(lib/security/cacerts).
    Returns:
        one entry per zone:
        C(zone) its id;
        C(path) the absolute path of the store, None when no store is used or it cannot be known;
        C(source) C(agent.cfg trustStore), C(-Djavax.net.ssl.trustStore), C(cacerts of the JVM), or None;
        C(reason) a sentence;
        C(password_source) where the password of the store comes from, None without a store;
        C(key_store) the absolute path of the key store that the zone needs, or C(~/.keystore) of the agent's account;
        None when it needs none, empty when C(keyStore) is empty;
        C(certain) False when it depends on something that cannot be known from here;
        C(relative) the paths that begin in the working directory of the agent, when that is not known;
        C(warning) what to mind, or None.
    """
    host = _Host(dict(system_properties or {}), java_home, working_directory, windows, first_there)
    return [_for_zone(zone, effective, host) for zone in effective["zones"]]


class _Host:
    def __init__(
        self, options: dict[str, str], java_home: str | None, directory: str | None, windows: bool, first_there: FirstThere | None
    ) -> None:
        self.options = options
        self.java_home = java_home
        self.directory = directory
        self.windows = windows
        self.paths: t.Any = paths_of(windows)
        self._first_there = first_there
        self._own_store: list[str | None] = []  # asked for once

    def absolute(self, path: str) -> str | None:
        """The path as the agent's process sees it; None when that needs an unknown working directory."""
        if is_absolute(path, self.windows):
            return path
        return None if self.directory is None else self.paths.join(self.directory, path)

    def own_store(self) -> str | None:
        """The store that the JVM takes of its own accord; None when there is none in its home.

        A JDK up to 8 is no home itself for its C(java): that is the C(jre) in it.
        """
        if not self._own_store:
            folders = [self.paths.join(self.java_home, *more, "lib", "security") for more in ((), ("jre",))]
            usual = self.paths.join(folders[0], "cacerts")
            found = [self.paths.join(folder, name) for folder in folders for name in ("jssecacerts", "cacerts")]
            self._own_store.append(self._first_there(found) if self._first_there else usual)
        return self._own_store[0]


def _for_zone(zone: dict[str, t.Any], effective: dict[str, t.Any], host: _Host) -> dict[str, t.Any]:
    transport = zone["transport"].lower()
    scheme = zone["url"].partition(":")[0]
    https = effective["transports"]["https"]
    entry: dict[str, t.Any] = {
        "zone": zone["id"],
        "path": None,
        "source": None,
        "reason": "",
        "password_source": None,
        "key_store": None,
        "certain": True,
        "relative": [],
        "warning": None,
    }
    if transport not in ("http", "https"):
        entry["reason"] = f"the transport '{zone['transport']}' does not exist, so the zone cannot connect"
    elif scheme not in ("http", "https"):
        entry["reason"] = f"the agent has no way to connect to a {scheme}: URL"
    elif transport == "https" and scheme == "http":
        entry["reason"] = (
            "transport https cannot connect to an http:// URL: the agent makes its stores ready and fails then, before any"
            " certificate is checked"
        )
    elif transport == "http" and scheme == "http":
        entry["reason"] = "the URL is plain http://, so no certificate is checked"
    elif transport == "https" and https["trust_store"] == "":
        entry["reason"] = f"trustStore of transport https is empty; {_missing('Truststore')}"
    elif transport == "https" and https["trust_store"] is not None:
        _from_file(entry, https, host)
    else:
        why = (
            "transport https without trustStore"
            if transport == "https"
            else "transport http with an https:// URL: trustStore of agent.cfg is not looked at"
        )
        _from_jvm(entry, why, host)
        if transport == "http":
            _mind_other_zones(entry, effective)
    if transport == "https" and scheme == "https":
        _key_store(entry, https["key_store"], host)
    return entry


def _key_store(entry: dict[str, t.Any], key_store: str | None, host: _Host) -> None:
    if key_store:
        entry["key_store"] = host.absolute(key_store) or key_store
        if host.absolute(key_store) is None:
            entry["relative"].append(key_store)
    elif key_store is None:
        entry["key_store"] = _HOME_KEY_STORE
    else:
        entry["key_store"] = ""
        entry["warning"] = f"keyStore of transport https is empty; {_missing('Keystore')}"


def _missing(what: str) -> str:
    return f"the agent takes that for a file, does not find it ('{what} file not found') and cannot connect"


def _from_file(entry: dict[str, t.Any], https: dict[str, t.Any], host: _Host) -> None:
    entry["source"] = FROM_FILE
    entry["reason"] = "transport https with trustStore set: that file replaces cacerts and beats a -D option"
    entry["password_source"] = (
        "agent.cfg trustStorePassword"
        if "trustStorePassword" in https["properties"]
        else "the default of the agent (trustStorePassword is not set)"
    )
    _place(entry, https["trust_store"], host)
    if _STORE_OPTION in host.options:
        entry["warning"] = f"-D{_STORE_OPTION} is given too, and has no effect for this zone"


def _from_jvm(entry: dict[str, t.Any], why: str, host: _Host) -> None:
    option = host.options.get(_STORE_OPTION)
    entry["password_source"] = (
        f"-D{_PASSWORD_OPTION}"
        if _PASSWORD_OPTION in host.options
        else "none given: the JVM opens the store without checking its integrity"
    )
    if option:
        entry["source"] = FROM_OPTION
        entry["reason"] = f"{why}; the JVM is started with -D{_STORE_OPTION}"
        _place(entry, option, host)
        return
    entry["source"] = FROM_JVM
    entry["reason"] = f"{why}; no -D{_STORE_OPTION} is given"
    if host.java_home is None:
        entry["certain"] = False
        entry["warning"] = "which JVM runs the agent is not known, so the path of its cacerts is not known either"
        return
    entry["path"] = host.own_store()
    if entry["path"] is None:
        entry["certain"] = False
        entry["warning"] = f"there is no cacerts in {host.java_home}, so it is not the home of the JVM that runs the agent"
    elif host.paths.basename(entry["path"]) == "jssecacerts":
        entry["reason"] += "; Java takes jssecacerts before cacerts"


def _place(entry: dict[str, t.Any], path: str, host: _Host) -> None:
    entry["path"] = host.absolute(path)
    if entry["path"] is None:
        entry["certain"] = False
        entry["relative"].append(path)
        entry["reason"] += f"; '{path}' is relative to the working directory of the agent, which is not known"


def _mind_other_zones(entry: dict[str, t.Any], effective: dict[str, t.Any]) -> None:
    """A zone with transport https makes its trustStore the one of the whole process when it connects."""
    https = effective["transports"]["https"]
    # An empty one is nothing that can be found, and without a key store the agent does not come as far.
    store = None if https["key_store"] == "" else https["trust_store"]
    others = [zone["id"] for zone in effective["zones"] if zone["transport"].lower() == "https"]
    if store and others:
        entry["certain"] = False
        entry["warning"] = (
            f"zone '{others[0]}' uses transport https; if it connects first, its trustStore '{store}'"
            " becomes the store of the whole process and so of this zone"
        )
