# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: progress
type: stdout
version_added: 0.1.0
short_description: One line for each host that is done
description:
  - For runs over many hosts. Shows a line for each host when its batch is done, with its number among all hosts of the play, what came of
    it and how long it took; for a host that failed the task and the reason. Messages that a play shows are shown.
  - On a terminal a last line tells which task runs at the moment.
  - Differences of files are not shown; use the C(default) callback with C(--diff).
requirements:
  - Set as C(stdout_callback) in C(ansible.cfg), or by the environment variable C(ANSIBLE_STDOUT_CALLBACK).
author:
  - The k12.sif contributors (@k12-sif)
"""

EXAMPLES = r"""
ansible.cfg: |
  [defaults]
  stdout_callback = k12.sif.progress
"""

import dataclasses
import shutil
import sys
import time
import typing as t

from ansible import constants as C
from ansible.plugins.callback import CallbackBase


@dataclasses.dataclass
class _Host:
    """What is known of a host of the batch at work."""

    changed: bool = False
    failure: str | None = None
    seconds: float = 0.0


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "k12.sif.progress"

    def __init__(self) -> None:
        super().__init__()
        self._play: tuple[str, tuple[str, ...]] | None = None
        self._hosts: dict[str, _Host] = {}
        self._done = 0
        self._begun = self._run_begun = time.monotonic()
        self._task = ""

    def v2_playbook_on_play_start(self, play: t.Any) -> None:
        self._end_batch()
        variables = play.get_variable_manager().get_vars(play=play)
        this = (play.get_name(), tuple(variables.get("ansible_play_hosts_all", ())))
        # A batch is announced as a play of its own.
        if this != self._play:
            self._play, self._done = this, 0
            self._say(f"{this[0]}: {len(this[1])} hosts", C.COLOR_HIGHLIGHT)
        self._begun = time.monotonic()

    def v2_playbook_on_task_start(self, task: t.Any, is_conditional: bool) -> None:
        self._task = task.get_name()
        self._show_task()

    def v2_playbook_on_handler_task_start(self, task: t.Any) -> None:
        self.v2_playbook_on_task_start(task, False)

    def v2_runner_on_ok(self, result: t.Any) -> None:
        host, found = self._note(result)
        host.changed = host.changed or bool(found.get("changed"))
        host.failure = None
        if _task(result).action.split(".")[-1] == "debug" and "msg" in found:
            lines = found["msg"] if isinstance(found["msg"], list) else [found["msg"]]
            self._say("\n".join(str(line) for line in lines))

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        host, found = self._note(result)
        # Whether a rescue follows shows only in what comes after it.
        host.failure = None if ignore_errors else f"{_task(result).get_name()}: {_reason(found)}"

    def v2_runner_on_unreachable(self, result: t.Any) -> None:
        host, found = self._note(result)
        host.failure = f"unreachable: {_reason(found)}"

    def v2_playbook_on_no_hosts_matched(self) -> None:
        self._say("no hosts matched", C.COLOR_ERROR)

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        self._end_batch()
        failed = sorted({*stats.failures, *stats.dark})
        good = len(set(stats.processed) - set(failed))
        words = f", {len(failed)} failed: {', '.join(failed)}" if failed else ""
        self._say(
            f"done in {_duration(time.monotonic() - self._run_begun)}: {good} hosts are good{words}",
            C.COLOR_ERROR if failed else C.COLOR_OK,
        )

    def _note(self, result: t.Any) -> tuple[_Host, dict[str, t.Any]]:
        name = (getattr(result, "host", None) or result._host).get_name()
        host = self._hosts.setdefault(name, _Host())
        host.seconds = time.monotonic() - self._begun
        return host, getattr(result, "result", None) or result._result

    def _end_batch(self) -> None:
        total = len(self._play[1]) if self._play else 0
        for name, host in sorted(self._hosts.items(), key=lambda item: item[1].seconds):
            self._done += 1
            place = f"[{self._done:{len(str(total))}}/{total}] {name}"
            if host.failure is not None:
                self._say(f"{place}: FAILED after {_duration(host.seconds)} - {host.failure}", C.COLOR_ERROR)
            else:
                words, color = ("changed", C.COLOR_CHANGED) if host.changed else ("ok", C.COLOR_OK)
                self._say(f"{place}: {words}, {_duration(host.seconds)}", color)
        self._hosts = {}

    def _say(self, text: str, color: str | None = None) -> None:
        self._wipe()
        self._display.display(text, color=color)
        self._show_task()

    def _show_task(self) -> None:
        if sys.stdout.isatty() and self._task:
            self._wipe()
            width = shutil.get_terminal_size().columns - 1
            sys.stdout.write(f"  ... {self._task}"[:width])
            sys.stdout.flush()

    @staticmethod
    def _wipe() -> None:
        if sys.stdout.isatty():
            sys.stdout.write("\r\x1b[K")


def _task(result: t.Any) -> t.Any:
    return getattr(result, "task", None) or result._task


def _reason(found: dict[str, t.Any]) -> str:
    failed_items = [item for item in found.get("results", []) if item.get("failed")]
    told = (failed_items or [found])[0]
    return " ".join(str(told.get("msg") or told.get("censored") or "no reason given").split())


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
