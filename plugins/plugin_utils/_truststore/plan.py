# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a store and what it shall hold: the changes, the new bytes, and what people should know."""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Iterable, Iterator

from .certificates import Facts, distinct, facts
from .desired import Desired, Target, targets
from .entries import KEY, SECRET, TRUSTED, UNKNOWN, Entry, Store, protected
from .errors import StoreError

_DATE = "%Y-%m-%d"


@dataclasses.dataclass(frozen=True)
class Plan:
    """What to do.

    changes: one dictionary per changed alias (action added, replaced, removed or kept_previous; alias, subject,
    not_after, sha256). aliases: the same facts for every certificate that was asked for. content: the bytes of the new
    store, None if nothing changes.
    """

    changes: tuple[dict[str, str], ...]
    aliases: tuple[dict[str, str], ...]
    content: bytes | None
    warnings: tuple[str, ...]
    before: dict[str, bytes]
    after: dict[str, bytes]

    @property
    def changed(self) -> bool:
        """Whether the store has to be written."""
        return self.content is not None

    def diff(self) -> dict[str, str]:
        """Texts for Ansible's diff: one line per trusted certificate with alias, subject, last day, fingerprint."""
        return {"before": _listing(self.before), "after": _listing(self.after)}


def plan(store: Store, desired: Desired, now: datetime.datetime) -> Plan:
    """Compare the store with what it shall hold at the time `now` (with a time zone).

    A certificate counts as present under whatever alias it has. Only trusted certificates are ever changed. Raises
    StoreError for wishes that cannot be fulfilled, for example an alias that holds a private key.
    """
    present, absent = targets(desired.certificates)
    outdated = [target for target in present if desired.remove_expired and facts(target.der).expired(now)]
    present = [target for target in present if target not in outdated]
    if desired.exclusive and not present:
        raise StoreError(
            "exclusive without a certificate that shall be present would empty the store",
            "Name the certificates that shall stay.",
        )
    state = _State(store, {target.der for target in present}, desired, now)
    for target in (*absent, *outdated):
        state.remove(target)
    state.claims = {target.alias: target.der for target in present if target.named}
    names = {target.der: state.install(target) for target in sorted(present, key=lambda item: not item.named)}
    state.clean_up(set(names.values()))
    changes = tuple(_changes(state.before, state.after))
    return Plan(
        changes=changes,
        aliases=tuple(_described(names[target.der], target.der) for target in present),
        content=_content(store, state, now) if changes else None,
        warnings=tuple(_warnings(store, present, outdated, absent, now)),
        before=state.before,
        after=state.after,
    )


class _State:
    """The trusted certificates by alias, before and while the wish is applied."""

    def __init__(self, store: Store, wanted: set[bytes], desired: Desired, now: datetime.datetime) -> None:
        self.before = {entry.alias: entry.certificates[0] for entry in store.entries if entry.kind == TRUSTED}
        self.after = dict(self.before)
        self.claims: dict[str, bytes] = {}
        self._protected = {entry.alias.lower(): entry for entry in store.entries if entry.kind in (KEY, SECRET)}
        self._wanted, self._desired, self._now = wanted, desired, now

    def remove(self, target: Target) -> None:
        """Drop the certificate under every alias; without a certificate, what the alias holds."""
        if target.der is not None:
            self._drop(alias for alias, der in self.after.items() if der == target.der)
        elif target.alias in self._protected:
            raise protected(self._protected[target.alias])
        else:
            self._drop(self._spellings(target.alias))

    def install(self, target: Target) -> str:
        """Make sure that the certificate is there; the alias that holds it."""
        holders = [
            alias
            for alias, der in self.after.items()
            if der == target.der and alias == alias.lower() and self.claims.get(alias, der) == der
        ]
        if holders:
            return target.alias if target.alias in holders else holders[0]
        alias = target.alias if target.named else self._free_alias(target)
        if alias in self._protected:
            raise protected(self._protected[alias])
        for spelling in self._spellings(alias):
            self._keep_previous(alias, self.after.pop(spelling))
        self.after[alias] = target.der
        return alias

    def clean_up(self, aliases: set[str]) -> None:
        """Drop what exclusive and the expiry rules do not allow to stay; `aliases` are those of the wish."""
        for alias, der in list(self.after.items()):
            expired = facts(der).expired(self._now)
            previous = self._desired.keep_previous and _previous_of(alias) in aliases
            unnamed = self._desired.exclusive and der not in self._wanted and not previous
            if unnamed or (expired and (self._desired.remove_expired or (previous and der not in self._wanted))):
                del self.after[alias]

    def _spellings(self, alias: str) -> list[str]:
        """The alias as the store spells it; JKS stores of other tools may have capitals, which no JVM finds."""
        return [spelling for spelling in self.after if spelling.lower() == alias]

    def _drop(self, aliases: Iterable[str]) -> None:
        for alias in list(aliases):
            del self.after[alias]

    def _free_alias(self, target: Target) -> str:
        """The alias from the subject, unless it belongs to something that is not an earlier certificate of it."""
        holder = next((self.after[spelling] for spelling in self._spellings(target.alias)), None)
        renewed = holder is None or facts(holder).subject == facts(target.der).subject
        if target.alias in self._protected or target.alias in self.claims or not renewed or holder in self._wanted:
            return distinct(target.alias, target.der)
        return target.alias

    def _keep_previous(self, alias: str, der: bytes) -> None:
        last_day = facts(der).not_after
        if not self._desired.keep_previous or last_day is None or last_day < self._now:
            return
        if der in self._wanted or der in self.after.values():
            return
        kept_as = f"{alias}-previous-{last_day:%Y%m%d}"
        if kept_as in self.after or kept_as in self._protected:
            kept_as = distinct(kept_as, der)
        self.after[kept_as] = der


def _previous_of(alias: str) -> str | None:
    """The alias whose earlier certificate is kept under this alias, None for every other alias."""
    match = re.fullmatch(r"(.+)-previous-\d{8}(?:-[0-9a-f]{8})?", alias)
    return match and match.group(1)


def _content(store: Store, state: _State, now: datetime.datetime) -> bytes:
    before, after = state.before, state.after
    remove = {alias for alias, der in before.items() if after.get(alias) != der}
    add = [(alias, der) for alias, der in after.items() if before.get(alias) != der]
    return store.with_changes(remove, add, now)


def _changes(before: dict[str, bytes], after: dict[str, bytes]) -> Iterator[dict[str, str]]:
    for alias in sorted({*before, *after}):
        old, new = before.get(alias), after.get(alias)
        if old == new:
            continue
        if new is None:
            yield {"action": "removed", **_described(alias, old)}
        elif old is not None:
            yield {"action": "replaced", **_described(alias, new), "previous_sha256": facts(old).sha256}
        elif _previous_of(alias) and new in before.values():
            yield {"action": "kept_previous", **_described(alias, new)}
        else:
            yield {"action": "added", **_described(alias, new)}


def _described(alias: str, der: bytes) -> dict[str, str]:
    known = facts(der)
    return {"alias": alias, "subject": known.subject, "not_after": day(known.not_after), "sha256": known.sha256}


def day(moment: datetime.datetime | None) -> str:
    """The day (UTC) as YYYY-MM-DD, empty if unknown."""
    return moment.strftime(_DATE) if moment else ""


def _listing(certificates: dict[str, bytes]) -> str:
    lines = []
    for alias, der in sorted(certificates.items()):
        known = facts(der)
        lines.append(f"{alias}: {known.subject}, until {day(known.not_after) or 'unknown'}, SHA256 {known.sha256}\n")
    return "".join(lines)


def _warnings(
    store: Store, present: list[Target], outdated: list[Target], absent: list[Target], now: datetime.datetime
) -> Iterator[str]:
    for target in present:
        known = facts(target.der)
        what = f"{target.where}: the certificate {known.subject}"
        yield from (f"{what} {problem}" for problem in _problems(known, now))
    for target in outdated:
        known = facts(target.der)
        yield f"{target.where}: the certificate {known.subject} expired on {day(known.not_after)} and is not installed"
    gone = {target.der for target in (*absent, *outdated)}
    for entry in store.entries:
        if entry.kind == KEY and entry.certificates[:1] and entry.certificates[0] in gone:
            yield f"the JVM goes on trusting a removed certificate, because it belongs to the private key {entry.alias!r}"
    yield from _invisible(store.entries)


def _problems(known: Facts, now: datetime.datetime) -> Iterator[str]:
    if known.expired(now):
        yield f"expired on {day(known.not_after)}"
    if known.not_before is not None and known.not_before > now:
        yield f"is not valid before {day(known.not_before)}"
    if not known.is_ca:
        yield "is not a CA certificate: the trust ends when the server gets its next certificate; prefer its CA"


def _invisible(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        if entry.kind == TRUSTED and entry.alias != entry.alias.lower():
            yield f"no JVM finds the entry {entry.alias!r}, because its alias is not in lower case; name it to repair it"
    lost = sum(1 for entry in entries if entry.kind == UNKNOWN and entry.certificates)
    if lost:
        yield f"{lost} certificate(s) in the store are not marked as trusted (no trustedKeyUsage), so no JVM trusts them"
