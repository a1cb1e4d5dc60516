# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much faster one task for all certificates is than one task with several JVMs for each.

Measured is CPU time, the controller's and the host's together (both are this machine), because it hardly depends on
what else runs here. From every figure the time of a play that does the same number of M(ansible.builtin.ping) is taken
off, so what is compared is the work of the modules and not of Ansible. K12_SIF_ROUNDS plays each; the medians count.
"""

from __future__ import annotations

import os
import pathlib
import statistics

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.store import new_store
from ansible_collections.k12.sif.tests.unit.plugins.action.playbook import play
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore.pki import NOW, issue
from sides import PASSWORD, Ours, Theirs

ROUNDS = int(os.environ.get("K12_SIF_ROUNDS", "3"))
PING = {"ansible.builtin.ping": {}}
TIMES = 5  # tasks per play, so that the start of a play, and the accidents of measuring it, weigh less


def seconds(directory: pathlib.Path, tasks: list[dict], changed: bool, before=lambda: None) -> float:
    """CPU seconds of the tasks beyond as many pings: the median over the rounds."""
    found = []
    for dummy in range(ROUNDS):
        before()
        outcome = play(directory, *tasks)
        assert all(result["changed"] == changed and not result["failed"] for result in outcome.results), outcome.results
        found.append(outcome.seconds - play(directory, *[PING] * len(tasks)).seconds)
    return statistics.median(found)


def report(record_property, what: str, ours: float, theirs: float) -> None:
    line = f"{what}: {Ours.name} {ours:.2f} s, {Theirs.name} {theirs:.2f} s, 1/{theirs / max(ours, 0.001):.0f}"
    record_property("comparison", line)
    print(line)


@pytest.mark.parametrize("kind", ["jks", "pkcs12"])
def test_nothing_to_do_in_a_store_of_150_entries(tmp_path, record_property, kind):
    authorities = [issue(f"CA {number}") for number in range(150)]
    added = [(f"ca-{number}", authority.der) for number, authority in enumerate(authorities)]
    store, pem = tmp_path / "store", tmp_path / "ca.pem"
    store.write_bytes(new_store(kind, PASSWORD).with_changes((), added, NOW))
    pem.write_text(authorities[75].pem)
    ours = seconds(tmp_path, [Ours.trust(store, pem, "ca-75")] * TIMES, changed=False) / TIMES
    theirs = seconds(tmp_path, [Theirs.trust(store, pem, "ca-75")] * TIMES, changed=False) / TIMES
    report(record_property, f"no-op, 150 entries, {kind}", ours, theirs)
    assert ours <= theirs / 10


def test_ten_certificates(tmp_path, record_property):
    stores = [tmp_path / f"store{number}" for number in range(TIMES)]
    files = [tmp_path / f"ca{number}.pem" for number in range(10)]
    for number, file in enumerate(files):
        file.write_text(issue(f"CA {number}").pem)

    def remove() -> None:
        for store in stores:
            store.unlink(missing_ok=True)

    wish = [{"file": str(file), "alias": file.stem} for file in files]
    one_each = [{Ours.name: {"path": str(store), "password": PASSWORD, "certificates": wish}} for store in stores]
    ours = seconds(tmp_path, one_each, changed=True, before=remove) / TIMES
    ten = [Theirs.trust(stores[0], file, file.stem) for file in files]
    theirs = seconds(tmp_path, ten, changed=True, before=remove)
    report(record_property, "ten new certificates", ours, theirs)
    assert ours <= theirs / 15
