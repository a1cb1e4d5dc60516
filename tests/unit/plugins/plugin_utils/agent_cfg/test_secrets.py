# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret in any text that is shown."""

from __future__ import annotations

import time

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.document import Document
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.secrets import (
    REDACTED,
    is_secret,
    redact_document,
    redact_inside,
    redact_value,
)
from desired_settings import FIXTURES, plan


@pytest.mark.parametrize(
    "name",
    [
        "keyStorePassword",
        "trustStorePassword",
        "password",
        "PASSWORD",
        "agent.db.password",
        "passwd",
        "pwd",
        "db.pwd",
        "passphrase",
        "clientSecret",
        "adk.encryption.key",
        "adk.encryption.keys.DISTRICT",
        "apiKey",
        "private-key",
        "token",
        "encryptionKey",
        "proxy.pass",
    ],
)
def test_secret_names(name):
    assert is_secret(name)
    assert redact_value(name, "x") == REDACTED
    assert redact_value(name, None) is None


@pytest.mark.parametrize(
    "name", ["keyStore", "trustStore", "adk.encryption.algorithm", "url", "name", "key", "port", "bypass", "compass"]
)
def test_other_names(name):
    assert not is_secret(name)
    assert redact_value(name, "x") == "x"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://user:pw@host/Z?a=b@c", f"http://{REDACTED}@host/Z?a=b@c"),
        ("https://token@host", f"https://{REDACTED}@host"),
        ("http://host/a@b", "http://host/a@b"),
        ("jdbc:x;user=a;password=b;c=d", f"jdbc:x;user=a;password={REDACTED};c=d"),
        ("jdbc:x?db.pwd=b&c=d", f"jdbc:x?db.pwd={REDACTED}&c=d"),
        ("the Password: hunter2 is old", f"the Password: {REDACTED} is old"),
    ],
)
def test_secrets_inside_text(text, shown):
    assert redact_inside(text) == shown


def test_document():
    document = Document.parse(
        b"""<agent><!-- <property value="s1" name="trustStorePassword"/> password: s2 http://u:s3@h/
 <zone url='http://u:s4@h/'> <password>s5</password> <db password = 's6' -->
<property name="keyStorePassword" value="s7>x"/><property value='s8"' name='a.secret' enabled="false"/>
<property name="jdbc" value="jdbc:x;password=s9;user=a"/><password>s10<![CDATA[s11]]></password>
<property name="adk.encryption.keys.A" value="s12"/><db password='s13' user="ok"/>
<property name="adk.encryption.algorithm" value="AES"/><property name="keyStore" value="a.ks"/> password=s14
<?settings <property name="x.password" value="s15"/>?></agent><!-- <property name='p.pwd' value='s16'/> -->"""
    )
    shown = redact_document(document)
    for number in range(1, 17):
        assert f"s{number}" not in shown
    for kept in ("AES", "a.ks", 'user="ok"', "http://", ";user=a", "trustStorePassword"):
        assert kept in shown


def test_a_diff_and_the_changes_show_no_secret():
    data = (FIXTURES / "district-crlf.cfg").read_bytes()
    desired = {
        "properties": {"jdbc.url": "jdbc:db://dbhost/sis;user=sif;password=n3w-db", "app.secret": "n3w-app"},
        "transports": [
            {"protocol": "https", "properties": {"trustStorePassword": "n3w-trust", "keyStorePassword": None}}
        ],
        "zones": [{"id": "State", "url": "http://me:n3w-zone@state.example.org/State"}],
    }
    planned = plan(data, desired)
    shown = repr((planned.diff(), planned.changes, planned.warnings, planned.mappings))
    for secret in ("n3w-", "hunter2", "oldsecret", "commented-secret", "key-secret", "trust-secret"):
        assert secret not in shown
    content = planned.content.decode()
    for secret in ("n3w-db", "n3w-app", "n3w-trust", "n3w-zone", "commented-secret"):
        assert secret in content
    assert [change.secret for change in planned.changes] == [False, True, True, True, False]


@pytest.mark.parametrize(
    "text",
    ["a" * 200_000 + "pwd", "password" * 25_000, "<a '" * 50_000 + "password", "://" * 70_000 + "@", "<pwd " * 40_000],
)
def test_no_text_takes_long(text):
    start = time.process_time()
    redact_document(Document.parse(f"<agent><![CDATA[{text}]]><!-- {text} --></agent>".encode()))
    assert time.process_time() - start < 5
