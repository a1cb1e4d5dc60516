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
    it and how long it took. A host that failed is shown at once, with the task and the reason. Messages that a play shows are shown.
  - On a terminal a last line tells which task runs at the moment, and how many hosts of the batch have answered it. Elsewhere such a
    line follows an answer when nothing was shown for O(interval) seconds.
  - The last line counts the hosts and names those that failed, by Ansible's own count, those that a play went on without because they could
    not be reached, and plays that were never begun.
  - Says nothing of hosts for which a play had only to be sorted or to check what is given (the actions C(assert), C(group_by) and
    C(set_fact), and tasks with C(run_once)).
  - Differences of files are not shown; use the C(default) callback with C(--diff).
options:
  interval:
    description: After so many seconds without a line, one tells where the run is. Not on a terminal; V(0) shows none.
    type: int
    default: 30
    env:
      - name: K12_SIF_PROGRESS_INTERVAL
    ini:
      - section: callback_progress
        key: interval
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

# What the controller does for itself, not for a host.
_SORTING = ("assert", "group_by", "include_role", "include_tasks", "set_fact")


@dataclasses.dataclass
class _Host:
    """What is known of a host of the batch at work."""

    changed: bool = False
    lost: str | None = None
    seconds: float = 0.0


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "k12.sif.progress"

    def __init__(self) -> None:
        super().__init__()
        self._begun = self._spoken = self._run_begun = time.monotonic()
        # The run
        self._plays_left: dict[str, str] = {}
        self._seen: set[str] = set()
        self._lost: set[str] = set()
        self._failures: dict[str, str] = {}
        self._undecided: set[str] = set()
        self._told: set[str] = set()
        self._not_begun: set[str] = set()
        # The play
        self._play: t.Any = None
        self._total = self._done = 0
        self._is_titled = False
        self._waiting: set[str] = set()
        # The batch, and its task
        self._batch: set[str] = set()
        self._hosts: dict[str, _Host] = {}
        self._task = ""
        self._asked = self._answers = 0
        self._failed_items: dict[str, str] = {}

    def v2_playbook_on_start(self, playbook: t.Any) -> None:
        # A play with the tag never is not missed.
        self._plays_left.update({play._uuid: play.get_name() for play in playbook.get_plays() if "never" not in play.tags})

    def v2_playbook_on_play_start(self, play: t.Any) -> None:
        self._end_batch()
        variables = play.get_variable_manager().get_vars(play=play)
        # A batch is announced as a play of its own.
        if self._play is None or play._uuid != self._play._uuid:
            self._end_play()
            self._plays_left.pop(play._uuid, None)
            self._waiting = set(variables.get("ansible_play_hosts_all", ()))
            self._total, self._done, self._is_titled = len(self._waiting), 0, False
        self._play = play
        self._batch = set(variables.get("ansible_play_batch", ())) - self._told
        self._begun = time.monotonic()

    def v2_playbook_on_task_start(self, task: t.Any, is_conditional: bool) -> None:
        self._decide()
        self._task, self._answers = task.get_name(), 0
        self._asked = 1 if task.run_once else len(self._batch - self._told)
        if not _is_sorting(task):
            self._title()
        self._show_task()

    def v2_playbook_on_handler_task_start(self, task: t.Any) -> None:
        self.v2_playbook_on_task_start(task, False)

    def v2_runner_on_ok(self, result: t.Any) -> None:
        host, found = self._note(result)
        host.changed = host.changed or bool(found.get("changed"))
        if _task(result).action.split(".")[-1] == "debug" and "msg" in found:
            lines = found["msg"] if isinstance(found["msg"], list) else [found["msg"]]
            self._say("\n".join(str(line) for line in lines))

    def v2_runner_on_skipped(self, result: t.Any) -> None:
        self._count(result)

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        # What a loop says itself is only that one of its items failed.
        item = self._failed_items.pop(_name(result), None)
        _host, found = self._note(result)
        if not ignore_errors:
            self._fail(_name(result), f"{_task(result).get_name()}: {item or _reason(found)}")

    def v2_runner_item_on_failed(self, result: t.Any) -> None:
        self._failed_items.setdefault(_name(result), _reason(_found(result)))

    def v2_runner_on_unreachable(self, result: t.Any) -> None:
        host, found = self._note(result)
        if self._is_given_up(_name(result)):
            self._fail(_name(result), f"unreachable: {_reason(found)}")
        else:
            host.lost = host.lost or _reason(found)
            self._lost.add(_name(result))

    def v2_playbook_on_no_hosts_matched(self) -> None:
        self._title()

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        self._end_batch()
        self._end_play()
        failed = {name for counts in (stats.failures, stats.dark) for name, count in counts.items() if count}
        for name in sorted(failed - self._told):
            self._say(f"{name}: FAILED - {self._failures.get(name, 'no reason given')}", C.COLOR_ERROR)
        lost, not_begun = self._lost - failed, self._not_begun - failed
        words = [f"{len(self._seen - failed - lost - not_begun)} hosts are good"]
        words += [f"{len(lost)} could not be reached: {', '.join(sorted(lost))}"] if lost else []
        words += [f"{len(failed)} failed: {', '.join(sorted(failed))}"] if failed else []
        words += [f"{len(not_begun)} not begun"] if not_begun else []
        words += [f"never begun: {', '.join(self._plays_left.values())}"] if self._plays_left else []
        self._task = ""
        self._say(
            f"done in {_duration(time.monotonic() - self._run_begun)}: {', '.join(words)}",
            C.COLOR_ERROR if failed else C.COLOR_OK,
        )

    def _note(self, result: t.Any) -> tuple[_Host, dict[str, t.Any]]:
        """The host's notes, which are kept when the task was about the host, and what it answered."""
        self._count(result)
        name = _name(result)
        host = self._hosts.get(name, _Host())
        if not _is_sorting(_task(result)) and name not in self._told:
            self._hosts[name] = host
        host.seconds = time.monotonic() - self._begun
        return host, _found(result)

    def _count(self, result: t.Any) -> None:
        if not _task(result).run_once:
            self._seen.add(_name(result))
            self._waiting.discard(_name(result))
        self._answers += 1
        self._show_task()

    def _is_given_up(self, name: str) -> bool:
        """Whether Ansible itself does no more with the host in this play; it alone knows what is rescued and what is ignored."""
        return self._play is not None and name in self._play._removed_hosts

    def _fail(self, name: str, reason: str) -> None:
        if name in self._told:
            return
        self._failures[name] = reason
        if self._is_given_up(name):
            self._tell_failure(name)
        else:
            # Rescued, or of a file that was to be included, which Ansible decides about after this.
            self._undecided.add(name)

    def _decide(self) -> None:
        for name in sorted(self._undecided):
            if self._is_given_up(name):
                self._tell_failure(name)
        self._undecided = set()

    def _tell_failure(self, name: str) -> None:
        self._told.add(name)
        self._hosts.pop(name, None)
        self._tell(name, f"FAILED after {_duration(time.monotonic() - self._begun)} - {self._failures[name]}", C.COLOR_ERROR)

    def _end_batch(self) -> None:
        self._decide()
        # Hosts of which nothing is said are done, too.
        self._done += len(self._batch - self._told - self._waiting - set(self._hosts))
        for name, host in sorted(self._hosts.items(), key=lambda item: item[1].seconds):
            if host.lost is not None:
                self._tell(name, f"could not be reached, {_duration(host.seconds)} - {host.lost}", C.COLOR_UNREACHABLE)
            else:
                words, color = ("changed", C.COLOR_CHANGED) if host.changed else ("ok", C.COLOR_OK)
                self._tell(name, f"{words}, {_duration(host.seconds)}", color)
        self._hosts, self._batch = {}, set()

    def _end_play(self) -> None:
        # Of a play that only looked whether there is anything to do, no host misses anything.
        if len(self._waiting) < self._total:
            self._not_begun |= self._waiting
        self._waiting = set()

    def _title(self) -> None:
        if not self._is_titled and self._play is not None:
            self._is_titled = True
            self._say(f"{self._play.get_name()}: {self._total} hosts", C.COLOR_HIGHLIGHT)

    def _tell(self, name: str, words: str, color: str) -> None:
        self._title()
        self._done += 1
        self._say(f"[{self._done:{len(str(self._total))}}/{self._total}] {name}: {words}", color)

    def _say(self, text: str, color: str | None = None) -> None:
        self._wipe()
        self._display.display(text, color=color)
        self._spoken = time.monotonic()
        self._show_task()

    def _show_task(self) -> None:
        if not self._task:
            return
        count = f" ({self._answers}/{self._asked})" if self._asked > 1 else ""
        if sys.stdout.isatty():
            self._wipe()
            width = shutil.get_terminal_size().columns - 1
            sys.stdout.write(f"  ... {self._task}"[: width - len(count)] + count)
            sys.stdout.flush()
        elif 0 < self.get_option("interval") <= time.monotonic() - self._spoken:
            self._spoken = time.monotonic()
            self._display.display(f"  ... {self._task}{count}, {_duration(self._spoken - self._run_begun)}")

    @staticmethod
    def _wipe() -> None:
        if sys.stdout.isatty():
            sys.stdout.write("\r\x1b[K")


def _task(result: t.Any) -> t.Any:
    return getattr(result, "task", None) or result._task


def _name(result: t.Any) -> str:
    return (getattr(result, "host", None) or result._host).get_name()


def _is_sorting(task: t.Any) -> bool:
    return bool(task.run_once) or task.action.split(".")[-1] in _SORTING


def _found(result: t.Any) -> dict[str, t.Any]:
    return getattr(result, "result", None) or result._result


def _reason(found: dict[str, t.Any]) -> str:
    return " ".join(str(found.get("msg") or found.get("reason") or found.get("censored") or "no reason given").split())


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
