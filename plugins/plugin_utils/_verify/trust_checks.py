# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of certificates: the store that the agent really reads, and what the ZIS presents."""

from __future__ import annotations

import typing as t

from .._agent_cfg.host_path import same_path
from .check import Verdict, failed, passed, skipped, unknown, warned
from .facts import Facts, shortened
from .file_checks import CONNECT

NEW_CERTIFICATE = "get the new certificate from the operator of the ZIS, add it to sif_agent_certificates, and connect"
_PLAIN = "the URL is plain http://, so no certificate is checked"


def trust_store(facts: Facts) -> Verdict:
    """The inventory's certificates are in the store that the agent reads."""
    reads = facts.reads
    if not facts.https:
        return skipped(_PLAIN)
    if reads is None:
        return unknown("which store the agent reads is not known without a zone that loads")
    if reads["path"] is None:
        if reads.get("relative"):
            return unknown(reads["reason"], "set sif_agent_directory to the folder that relative paths begin in")
        why = reads.get("warning") or reads["reason"]
        return unknown(why, "set sif_agent_java_home and sif_agent_system_properties as the agent is started")
    named = facts.wanted.get("trust_store")
    if named and not same_path(named, reads["path"]):
        return failed(
            f"the agent reads {reads['path']} ({reads['reason']}), the inventory names {named}",
            "use method HTTPS, or leave sif_agent_trust_store out",
        )
    file = facts.file(reads["path"])
    if file is not None and file["exists"] is False:
        return failed(f"the agent reads {reads['path']}, which is not there", CONNECT)
    if not facts.wanted.get("certificates"):
        return passed(f"the agent reads {reads['path']}; the inventory names no certificates")
    plan = facts.result("store_plan", "changes")
    if plan is None:
        return unknown(f"{reads['path']} could not be compared: {facts.reason('store_plan')}")
    if plan["changes"]:
        missing = [f"{change['alias']} ({change['subject']})" for change in plan["changes"]]
        return failed(f"not in {reads['path']}, which the agent reads: {shortened(missing)}", CONNECT)
    return passed(f"{len(plan['aliases'])} of the inventory's certificates, all that it names, in {reads['path']}, which the agent reads")


def certificate(facts: Facts) -> Verdict:
    """The store that the agent reads trusts the certificate that the ZIS presents, also in some weeks."""
    if not facts.https:
        return skipped(_PLAIN)
    chain = facts.result("chain", "chain")
    if chain is None:
        return unknown(f"the certificate of the ZIS could not be fetched: {facts.reason('chain')}", "see the check zis_reachable")
    store = facts.result("store", "verification")
    if store is None or store["verification"] is None:
        return unknown(f"the agent's trust store could not be asked: {facts.reason('store')}", "see the check trust_store")
    verification = store["verification"]
    server = chain["chain"][0]
    if not verification["verified"]:
        return failed(
            f"{server['subject']}, issued by {server['issuer']}, valid until {server['not_after']}: {verification['reason']}",
            f"add the issuing CA to sif_agent_certificates and {CONNECT}; if the certificate has expired, tell the operator of the ZIS",
        )
    ends = [(item["days_left"], item["subject"], item["not_after"]) for item in chain["chain"]]
    ends += [
        (entry["days_left"], f"{entry['subject']} in the store", entry["not_after"])
        for entry in store["entries"]
        if entry["alias"] == verification["anchor"] and "days_left" in entry
    ]
    days, subject, last = min(ends)
    words = f"trusted by {verification['anchor']}; {subject} is valid until {last}, {days} days"
    if days < facts.wanted["expiry_days"]:
        return warned(words, NEW_CERTIFICATE)
    return passed(words)


def key_store(facts: Facts) -> Verdict:
    """Method HTTPS has the key store without which it does not connect."""
    reads = facts.reads
    if reads is None or reads["key_store"] is None:
        return skipped("the agent needs none" if reads else "no zone that loads")
    path = reads["key_store"]
    if not path:
        return failed(reads["warning"], "set sif_agent_key_store to the agent's own key store")
    file = facts.file(path)
    if file is None or file["exists"] is None:
        why = (file or {}).get("error") or "its path depends on the agent's account"
        return unknown(f"{path} could not be looked at: {why}", "set sif_agent_key_store to an absolute path")
    if not file["exists"]:
        return failed(f"method HTTPS needs the key store {path}, which is not there", "set sif_agent_key_store to the agent's own key store")
    return passed(path)


CHECKS: tuple[tuple[str, str, t.Callable[[Facts], Verdict]], ...] = (
    ("trust_store", "Trust store the agent reads", trust_store),
    ("certificate", "Certificate of the ZIS", certificate),
    ("key_store", "Key store for method HTTPS", key_store),
)
