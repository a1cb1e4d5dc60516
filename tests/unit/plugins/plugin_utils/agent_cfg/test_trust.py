# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The trust store a zone really uses, case by case of the table in the reference."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.model import load
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.trust import trust_stores

OPTION = {"javax.net.ssl.trustStore": "/opt/zis.jks"}


def agent(transport="https", url="https://zis/Z1", store="Trusted.ks", password=None, key_store="Agent.ks", more=""):
    settings = {"trustStore": store, "trustStorePassword": password, "keyStore": key_store}
    properties = "".join(
        f'<property name="{name}" value="{value}"/>' for name, value in settings.items() if value is not None
    )
    return load(
        f'<agent id="A"><property name="adk.messaging.transport" value="{transport}"/>'
        f'<transport protocol="https" enabled="true">{properties}</transport>'
        f'<zone id="Z1" url="{url}"/>{more}</agent>'.encode()
    ).effective


def only(effective, **options):
    (entry,) = trust_stores(effective, **options)
    return entry


def test_the_file_beats_the_option_and_the_jvm():
    entry = only(agent(), system_properties=OPTION, java_home="/jvm", working_directory="/srv/agent")
    assert entry["path"] == "/srv/agent/Trusted.ks"
    assert entry["source"] == "agent.cfg trustStore"
    assert entry["key_store"] == "/srv/agent/Agent.ks"
    assert entry["certain"] is True
    assert "no effect" in entry["warning"]


def test_the_password_of_the_file_or_its_default():
    assert only(agent(password="x"), working_directory="/a")["password_source"] == "agent.cfg trustStorePassword"
    assert "default" in only(agent(), working_directory="/a")["password_source"]


@pytest.mark.parametrize("transport", ["http", "HTTP"])
def test_transport_http_with_https_url_ignores_the_file(transport):
    entry = only(agent(transport), system_properties=OPTION, java_home="/jvm", working_directory="/srv")
    assert (entry["path"], entry["source"], entry["key_store"]) == ("/opt/zis.jks", "-Djavax.net.ssl.trustStore", None)
    assert "not looked at" in entry["reason"]


def test_cacerts_is_the_last_resort():
    for effective in (agent("http"), agent(store=None)):
        entry = only(effective, java_home="/usr/lib/jvm/jre-17", working_directory="/srv")
        assert (entry["path"], entry["source"]) == ("/usr/lib/jvm/jre-17/lib/security/cacerts", "cacerts of the JVM")
        assert entry["certain"] is True


def test_cacerts_of_an_unknown_jvm_has_no_path():
    entry = only(agent(store=None))
    assert entry["path"] is None and entry["certain"] is False and "which JVM" in entry["warning"]


@pytest.mark.parametrize(
    "transport, url",
    [("http", "http://zis/Z1"), ("https", "http://zis/Z1"), ("smoke", "https://zis/Z1"), ("http", "ftp://zis/")],
)
def test_no_store_where_none_is_used(transport, url):
    entry = only(agent(transport, url), system_properties=OPTION, java_home="/jvm", working_directory="/srv")
    assert (entry["path"], entry["source"], entry["password_source"], entry["key_store"]) == (None, None, None, None)
    assert entry["reason"]


def test_a_relative_path_needs_the_working_directory():
    entry = only(agent())
    assert entry["path"] is None and entry["certain"] is False and "working directory" in entry["reason"]
    assert only(agent(store="/etc/x.jks"))["path"] == "/etc/x.jks"


@pytest.mark.parametrize(
    "store, path",
    [
        ("Trusted.ks", "C:\\SIF\\Trusted.ks"),
        ("D:\\k\\t.ks", "D:\\k\\t.ks"),
        ("D:/k/t.ks", "D:/k/t.ks"),
        ("\\k\\t.ks", "C:\\k\\t.ks"),
        ("\\\\server\\share\\t.ks", "\\\\server\\share\\t.ks"),
    ],
)
def test_windows_paths(store, path):
    entry = only(agent(store=store), working_directory="C:\\SIF", windows=True)
    assert entry["path"] == path


def test_windows_cacerts():
    entry = only(agent("http"), java_home="C:\\jre", working_directory="C:\\SIF", windows=True)
    assert entry["path"] == "C:\\jre\\lib\\security\\cacerts"


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("windows", [False, True], ids=["posix", "windows"])
def test_the_jvm_takes_the_first_of_its_own_stores_that_is_there(windows, number):
    home, slash = ("C:\\jdk", "\\") if windows else ("/jdk", "/")
    usual = ["lib/security/jssecacerts", "lib/security/cacerts", "jre/lib/security/jssecacerts", "jre/lib/security/cacerts"]
    candidates = [f"{home}/{name}".replace("/", slash) for name in usual]
    there, asked = candidates[number], []

    def first_there(paths):
        asked.append(paths)
        return there

    other = '<zone id="Z2" url="https://zis/Z2"/>'
    entries = trust_stores(agent("http", more=other), java_home=home, windows=windows, first_there=first_there)
    assert [(entry["path"], entry["certain"]) for entry in entries] == [(there, True)] * 2
    assert ("jssecacerts before cacerts" in entries[0]["reason"]) == there.endswith("jssecacerts")
    assert asked == [candidates], "not asked once, in Java's order"


def test_a_home_without_a_store_is_none():
    entry = only(agent("http"), java_home="/jdk", first_there=lambda _paths: None)
    assert (entry["path"], entry["certain"]) == (None, False) and "no cacerts in /jdk" in entry["warning"]


def test_nobody_is_asked_where_the_jvm_own_store_does_not_matter():
    def first_there(paths):
        raise AssertionError(paths)

    for effective in (agent(), agent("http", url="http://zis/Z1")):
        only(effective, java_home="/jdk", first_there=first_there)
    only(agent("http"), java_home="/jdk", system_properties=OPTION, first_there=first_there)


def test_relative_paths_that_begin_nowhere_are_named():
    assert only(agent())["relative"] == ["Trusted.ks", "Agent.ks"]
    assert only(agent(store="/x.ks", key_store=None))["relative"] == []
    assert only(agent("http"), system_properties={"javax.net.ssl.trustStore": "t.jks"})["relative"] == ["t.jks"]
    assert only(agent(), working_directory="/srv")["relative"] == []


def test_key_store_of_the_account_when_none_is_named():
    assert only(agent(key_store=None), working_directory="/srv")["key_store"] == "~/.keystore"


def test_an_empty_trust_store_is_a_file_that_is_not_found():
    entry = only(agent(store=""), system_properties=OPTION, java_home="/jvm", working_directory="/srv")
    assert (entry["path"], entry["source"], entry["password_source"]) == (None, None, None)
    assert entry["certain"] is True and "'Truststore file not found'" in entry["reason"]
    assert entry["key_store"] == "/srv/Agent.ks"
    # With transport http nothing looks at it.
    assert only(agent("http", store=""), java_home="/jvm")["source"] == "cacerts of the JVM"


def test_an_empty_key_store_is_a_file_that_is_not_found():
    entry = only(agent(key_store=""), working_directory="/srv")
    assert (entry["path"], entry["key_store"]) == ("/srv/Trusted.ks", "")
    assert "'Keystore file not found'" in entry["warning"]
    other = '<zone id="Z2" url="https://zis/Z2"><property name="adk.messaging.transport" value="https"/></zone>'
    for empty in ({"store": ""}, {"key_store": ""}):
        first, _second = trust_stores(agent("http", more=other, **empty), java_home="/jvm", working_directory="/srv")
        assert first["certain"] is True and first["warning"] is None


def test_transport_https_looks_at_its_stores_before_it_fails_at_an_http_url():
    assert "makes its stores ready and fails then" in only(agent(url="http://zis/Z1"))["reason"]


def test_a_zone_with_transport_https_changes_the_store_of_the_whole_process():
    other = '<zone id="Z2" url="https://zis/Z2"><property name="adk.messaging.transport" value="https"/></zone>'
    first, second = trust_stores(agent("http", more=other), java_home="/jvm", working_directory="/srv")
    assert first["certain"] is False and "'Z2'" in first["warning"] and "Trusted.ks" in first["warning"]
    assert second["path"] == "/srv/Trusted.ks" and second["certain"] is True
    first, second = trust_stores(agent("http", store=None, more=other), java_home="/jvm", working_directory="/srv")
    assert first["certain"] is True and first["warning"] is None
