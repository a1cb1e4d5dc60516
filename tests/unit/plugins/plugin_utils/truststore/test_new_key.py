# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A new key store is one that a real JVM opens, key included."""

from __future__ import annotations

import datetime
import subprocess

from ansible_collections.k12.sif.plugins.plugin_utils._truststore.entries import KEY
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.new_key import ALIAS, new_key_store
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.store import open_store

PASSWORD = "chänge-it"
NOW = datetime.datetime(2026, 11, 23, tzinfo=datetime.timezone.utc)


def test_it_holds_one_private_key_and_nothing_else():
    store = open_store(new_key_store(PASSWORD, "PowerSchool", 365, NOW), PASSWORD)
    assert [(entry.alias, entry.kind, entry.created) for entry in store.entries] == [(ALIAS, KEY, NOW)]


def test_a_jvm_uses_the_key(tmp_path):
    """keytool can convert a store only when it can decrypt the key."""
    source, target = tmp_path / "agent.ks", tmp_path / "agent.p12"
    source.write_bytes(new_key_store("changeit", "PowerSchool", 365, NOW))
    command = ["keytool", "-importkeystore", "-noprompt", "-srckeystore", str(source), "-srcstoretype", "JKS"]
    command += ["-srcstorepass", "changeit", "-destkeystore", str(target), "-deststoretype", "PKCS12", "-deststorepass", "changeit"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    listed = subprocess.run(
        ["keytool", "-list", "-v", "-keystore", str(target), "-storepass", "changeit"], capture_output=True, text=True, check=True
    ).stdout
    assert "PrivateKeyEntry" in listed and "CN=PowerSchool" in listed
