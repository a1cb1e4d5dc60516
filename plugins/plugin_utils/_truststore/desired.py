# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a store shall hold: certificates and bundles as somebody wrote them, turned into one target per certificate."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable, Sequence

from .certificates import alias_for, distinct, read_certificates
from .errors import StoreError

_LONGEST_ALIAS = 255  # characters; far below the 65,535 bytes of JKS


@dataclasses.dataclass(frozen=True)
class Wanted:
    """One item of the list: a certificate or a bundle, an alias, or both; `where` names the item in errors.

    Without content (only for present=False) the item is whatever certificate has the alias.
    """

    content: str | bytes | None = None
    alias: str | None = None
    present: bool = True
    where: str = "the certificate"


@dataclasses.dataclass(frozen=True)
class Desired:
    """The whole wish.

    exclusive: trusted certificates that are not named go. keep_previous: a certificate that another one replaces under
    its alias stays under an alias of its own until it expires. remove_expired: expired trusted certificates go, and
    expired ones that are named are not installed.
    """

    certificates: Sequence[Wanted] = ()
    exclusive: bool = False
    keep_previous: bool = False
    remove_expired: bool = False


@dataclasses.dataclass(frozen=True)
class Target:
    """One certificate that shall be there (or not). `named`: somebody chose the alias, it is not from the subject."""

    der: bytes | None
    alias: str | None
    named: bool
    where: str


def targets(items: Iterable[Wanted]) -> tuple[list[Target], list[Target]]:
    """The certificates that shall be present, and those that shall be absent.

    Every certificate of a bundle is a target; the alias of a bundle is the beginning of theirs. Each certificate comes
    once, and each alias belongs to one certificate. Raises StoreError if a certificate or an alias cannot be used, or
    if the list contradicts itself.
    """
    present: dict[bytes, Target] = {}
    absent: list[Target] = []
    for item in items:
        found = _targets_of(item)
        if not item.present:
            absent += found
            continue
        for target in found:
            known = present.get(target.der)
            if known is None or (target.named and not known.named):
                present[target.der] = target
            elif target.named and target.alias != known.alias:
                raise StoreError(
                    f"{known.where} and {target.where} give one certificate two aliases, {known.alias!r} and "
                    f"{target.alias!r}",
                    "Name the certificate once.",
                )
    for target in absent:
        if target.der in present:
            raise StoreError(
                f"{present[target.der].where} wants a certificate that {target.where} wants removed",
                "Take one of the two out of the list.",
            )
    return _with_distinct_aliases(list(present.values())), absent


def checked_alias(alias: str, where: str) -> str:
    """The alias in lower case, as every JVM finds it. Raises StoreError if a store cannot hold it."""
    alias = alias.strip().lower()
    usable = all(character.isprintable() and ord(character) < 0x10000 for character in alias)
    if not alias or not usable or len(alias) > _LONGEST_ALIAS:
        raise StoreError(
            f"the alias of {where} cannot be used", f"Give 1 to {_LONGEST_ALIAS} printable characters, best a-z, 0-9, -."
        )
    return alias


def _targets_of(item: Wanted) -> list[Target]:
    alias = None if item.alias is None else checked_alias(item.alias, item.where)
    if item.content is None:
        if item.present or alias is None:
            raise StoreError(
                f"{item.where} has no certificate", "Give content or file (or alias alone, to remove what it holds)."
            )
        return [Target(None, alias, True, item.where)]
    certificates = read_certificates(item.content, item.where)
    if alias is None:
        return [Target(der, alias_for(der), False, item.where) for der in certificates]
    if len(certificates) == 1:
        return [Target(certificates[0], alias, True, item.where)]
    return _with_distinct_aliases(
        [Target(der, f"{alias}-{alias_for(der)}", False, item.where) for der in certificates], named=True
    )


def _with_distinct_aliases(found: list[Target], named: bool | None = None) -> list[Target]:
    """Lengthen derived aliases that two certificates share: both, so that the order of the list does not matter."""
    count = collections.Counter(target.alias for target in found)
    result = []
    for target in found:
        alias = target.alias
        if count[alias] > 1 and not target.named:
            alias = distinct(alias, target.der)
        elif count[alias] > 1 and sum(other.named for other in found if other.alias == alias) > 1:
            raise StoreError(
                f"the alias {alias!r} is given to two certificates ({target.where})", "Give each an alias of its own."
            )
        result.append(dataclasses.replace(target, alias=alias, named=target.named if named is None else named))
    return result
