# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of the agent's process and its log."""

from __future__ import annotations

import datetime
import typing as t

from .check import Verdict, failed, passed, unknown, warned
from .facts import Facts, Result, shortened

# Seconds by which a file may seem younger than the process that read it: start times and file times have different clocks.
_TOLERANCE = 1.0
# What restarts an agent that needs no change.
_RESTART = "restart the agent: k12.sif.connect -e sif_agent_restart=true"

# What each finding of the log means, and what to do.
MEANINGS: dict[str, tuple[str, str]] = {
    "duplicate_field": ("a mapping rule is there twice, so the file does not load", "run k12.sif.agent_cfg_info, remove one of the two"),
    "field_rule": ("a mapping names an element that SIF does not have", "correct the path of that field in sif_agent_mappings, then connect"),
    "untrusted": ("the certificate of the ZIS is not trusted", "add the issuing CA to sif_agent_certificates, then connect"),
    "name_mismatch": ("the certificate of the ZIS is for another host name", "use the host name of the certificate in sif_agent_zis_url"),
    "trust_store_password": ("the password of the trust store is wrong", "set sif_agent_trust_store_password, then connect"),
    "trust_store_missing": ("the trust store is not where the agent looks", "set sif_agent_trust_store to an absolute path, then connect"),
    "key_store_missing": ("the key store is not where the agent looks", "set sif_agent_key_store to an absolute path, then connect"),
    "key_store_password": ("the key store cannot be opened", "set sif_agent_key_store_password, then connect"),
    "method_url": ("method HTTPS was used with an http:// URL", "set sif_agent_method or sif_agent_zis_url, then connect"),
    "authentication": (
        "the ZIS does not accept the agent's client certificate (3/x)",
        "put one that the operator of the ZIS accepts into the agent's key store, then restart the agent",
    ),
    "registration_refused": ("the ZIS refused the registration (4/2)", "ask the operator of the ZIS to allow this agent id in the zone"),
    "provide_denied": ("the ZIS does not let the agent provide an object (4/3)", f"ask the operator of the ZIS to allow it, then {_RESTART}"),
    "access_denied": ("the ZIS does not allow the agent what it asked for (4/x)", f"ask the operator of the ZIS to allow it, then {_RESTART}"),
    "agent_id": ("the agent id is not valid in this zone (5/2)", "compare sif_agent_id with what the operator of the ZIS has, then connect"),
    "transport_unsupported": ("the ZIS does not support the method (5/3)", "set sif_agent_method and sif_agent_zis_url, then connect"),
    "buffer_size": ("a buffer is too small (5/6, 8/8, 8/11)", "raise adk.messaging.maxBufferSize in sif_agent_properties, then connect"),
    "not_registered": ("the ZIS does not know the agent (4/9)", "run k12.sif.connect, which restarts the agent so that it registers again"),
    "sif_version": ("the ZIS does not support the SIF version (5/4)", "set sif_agent_sif_version, then connect"),
    "secure_required": ("the ZIS wants HTTPS (5/7)", "use the https:// URL in sif_agent_zis_url, then connect"),
    "registered_push": (
        "the ZIS has the agent registered for Push (5/9), and the agent stopped asking",
        "run k12.sif.connect, which restarts the agent in Pull mode",
    ),
    "other_provider": ("another agent provides the same objects (6/4)", "have the old registration removed at the ZIS"),
    "provision_refused": ("the ZIS refused what the agent wants to provide (6/x)", f"ask the operator of the ZIS why, then {_RESTART}"),
    "no_provider": ("nobody provides what was asked for (8/4)", f"look whether the agent publishes it in this zone, then {_RESTART}"),
    "transport": ("the ZIS or the agent was not reached, or not by a secure channel (10/x)", "compare sif_agent_zis_url, check the firewall"),
    "message_refused": (
        "the ZIS does not accept this message, its SIF version or its zone (12/x)",
        "compare sif_agent_zis_url, path included, and sif_agent_sif_version, then connect",
    ),
    "configuration": ("the agent could not use its agent.cfg", "run k12.sif.agent_cfg_info, or k12.sif.rollback"),
    "database": ("the agent does not reach its database", "look after the database of the student information system"),
}


def agent_running(facts: Facts) -> Verdict:
    """The agent runs."""
    process = facts.result("process", "running")
    if process is None:
        return unknown(facts.reason("process"))
    if process["running"] is None:
        return unknown(process["status"], "correct sif_agent_service or sif_agent_status_command")
    if not process["running"]:
        return failed(f"the agent does not run: {process['status']}", "run k12.sif.connect, or start it and read the end of its log")
    since = f", since {moment(process['started_at'])}" if process["started_at"] else ""
    return passed(process["status"] + since)


def agent_restarted(facts: Facts) -> Verdict:
    """The agent started after the last change of the files that it reads at its start only."""
    process = facts.result("process", "running")
    if process is None or process["started_at"] is None:
        return unknown(process["started_unknown"] if process else facts.reason("process"))
    started = process["started_at"]
    younger = [file for file in process["files"] if file["changed_at"] and file["changed_at"] > started + _TOLERANCE]
    if younger:
        words = [f"{file['path']} was changed {moment(file['changed_at'])}" for file in younger]
        return failed(
            f"the agent runs since {moment(started)}, but {shortened(words)}",
            f"it reads its files at the start only; {_RESTART}",
        )
    unseen = [file["path"] for file in process["files"] if file["error"]]
    if unseen:
        return unknown(f"could not be looked at: {', '.join(unseen)}", "let Ansible read them (become)")
    return passed(f"started {moment(started)}, after the last change of its files")


def log(facts: Facts) -> Verdict:
    """Since its last start the agent logged nothing that keeps it from working, or that was put right since."""
    process = facts.result("process", "log")
    if process is None or process["log"] is None:
        return unknown(facts.reason("process") if process is None else "no log is named", "set sif_agent_log_path")
    seen = process["log"]
    if seen["error"]:
        return unknown(f"{seen['path']} could not be read: {seen['error']}", "set sif_agent_log_path, or let Ansible read it (become)")
    open_findings = [finding for finding in seen["findings"] if not finding["resolved"]]
    ours = [finding for finding in open_findings if not finding["zones"] or facts.zone_id in finding["zones"]]
    if not open_findings:
        return passed(f"{seen['records']} records {_since(process)} without a known error")
    words = shortened([_finding(finding) for finding in ours or open_findings])
    remedy = MEANINGS[(ours or open_findings)[0]["code"]][1]
    if not ours:
        return warned(f"of other zones only: {words}", remedy)
    if process["started_at"] is None:
        return warned(f"{words}; whether it was before the last start is not known ({process['started_unknown']})", remedy)
    return failed(f"{_since(process)}: {words}", remedy)


def _finding(finding: Result) -> str:
    return f"{finding['excerpt']} ({finding['count']} times: {MEANINGS[finding['code']][0]})"


def _since(process: Result) -> str:
    if process["started_at"] is None:
        return "at the end of the log"
    part = "" if process["log"]["covers_start"] is not False else " (the log begins later)"
    return f"since the start {moment(process['started_at'])}{part}"


def moment(seconds: float) -> str:
    """A moment, given in seconds since 1970, in UTC."""
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")


CHECKS: tuple[tuple[str, str, t.Callable[[Facts], Verdict]], ...] = (
    ("agent_running", "Agent runs", agent_running),
    ("agent_restarted", "Restarted since its files changed", agent_restarted),
    ("log", "Nothing pending in the log", log),
)
