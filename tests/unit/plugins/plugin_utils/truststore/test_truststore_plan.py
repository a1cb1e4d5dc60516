# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a wish to the changes: presence, aliases, rotation with overlap, expiry, exclusive, and what is refused."""

from __future__ import annotations

import datetime
import itertools

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.desired import Desired, Wanted
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.errors import StoreError
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.plan import plan
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.store import new_store, open_store
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore import test_jks, test_pkcs12
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore.pki import NOW, PASSWORD, YEAR, issue, name, server

FORMATS = ("jks", "pkcs12")
ALPHA, BETA, GAMMA = issue("Alpha CA"), issue("Beta CA"), issue("Gamma CA")
RENEWED = issue("Alpha CA", end=NOW + 10 * YEAR)
EXPIRED = issue("Old CA", start=NOW - 3 * YEAR, end=NOW - YEAR)
DAY = datetime.timedelta(days=1)


def holding(*named, kind="jks"):
    """A store that holds these (alias, certificate)."""
    empty = new_store(kind, PASSWORD)
    return open_store(empty.with_changes((), [(alias, issued.der) for alias, issued in named], NOW - YEAR), PASSWORD)


def wanted(*items, **flags) -> Desired:
    """Certificates, (certificate, alias) pairs or Wanted."""
    found = []
    for number, item in enumerate(items):
        pair = item if isinstance(item, tuple) and len(item) == 2 and not hasattr(item, "pem") else (item, None)
        where = f"certificates[{number}]"
        found.append(pair[0] if isinstance(pair[0], Wanted) else Wanted(pair[0].pem, pair[1], where=where))
    return Desired(found, **flags)


def gone(issued=None, alias=None) -> Wanted:
    return Wanted(issued and issued.pem, alias, present=False, where="the removal")


def run(store, desired, now=NOW):
    """Plan, and prove on the written bytes that the plan does what it says and that a second run does nothing."""
    planned = plan(store, desired, now)
    after = open_store(planned.content, PASSWORD) if planned.changed else store
    trusted = {entry.alias: entry.certificates[0] for entry in after.entries if entry.kind == "trusted"}
    assert trusted == planned.after
    again = plan(after, desired, now)
    assert (again.changed, again.changes, again.content) == (False, (), None)
    return planned


def actions(planned) -> list[tuple[str, str]]:
    return [(change["action"], change["alias"]) for change in planned.changes]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_missing_certificate_is_added(kind):
    planned = run(holding(("beta", BETA), kind=kind), wanted(ALPHA))
    assert planned.changes == (
        {
            "action": "added",
            "alias": "alpha-ca",
            "subject": "CN=Alpha CA",
            "not_after": f"{NOW + 5 * YEAR:%Y-%m-%d}",
            "sha256": planned.aliases[0]["sha256"],
        },
    )
    assert planned.after == {"beta": BETA.der, "alpha-ca": ALPHA.der}
    assert planned.warnings == ()


def test_nothing_to_do():
    planned = run(holding(("alpha-ca", ALPHA)), wanted(ALPHA))
    assert not planned.changed
    assert planned.aliases[0]["alias"] == "alpha-ca"


def test_the_same_certificate_under_another_alias_is_present():
    planned = run(holding(("by-hand", ALPHA)), wanted((ALPHA, "alpha")))
    assert not planned.changed
    assert planned.aliases[0]["alias"] == "by-hand"


def test_aliases_are_lower_case():
    assert actions(run(holding(), wanted((ALPHA, " Kimono ")))) == [("added", "kimono")]


def test_a_bundle_is_all_its_certificates_whatever_their_order():
    bundles = [Wanted("".join(issued.pem for issued in order)) for order in itertools.permutations([ALPHA, BETA, GAMMA])]
    plans = [run(holding(), wanted(bundle)) for bundle in bundles]
    assert all(planned.after == {"alpha-ca": ALPHA.der, "beta-ca": BETA.der, "gamma-ca": GAMMA.der} for planned in plans)


def test_the_alias_of_a_bundle_begins_those_of_its_certificates():
    planned = run(holding(), wanted(Wanted(ALPHA.pem + BETA.pem, "Kimono")))
    assert set(planned.after) == {"kimono-alpha-ca", "kimono-beta-ca"}


def test_certificates_with_one_subject_get_distinct_aliases_in_any_order():
    first, second = (run(holding(), wanted(*order)) for order in ((ALPHA, RENEWED), (RENEWED, ALPHA)))
    assert first.after == second.after
    assert len(first.after) == 2 and all(alias.startswith("alpha-ca-") for alias in first.after)


def test_an_alias_of_another_subject_is_left_alone():
    planned = run(holding(("alpha-ca", BETA)), wanted(ALPHA))
    assert planned.after["alpha-ca"] == BETA.der
    assert [alias for alias, der in planned.after.items() if der == ALPHA.der][0].startswith("alpha-ca-")


# Rotation


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("alias", [None, "alpha-ca"])
def test_a_renewed_certificate_replaces_the_old_one(kind, alias):
    planned = run(holding(("alpha-ca", ALPHA), ("beta", BETA), kind=kind), wanted((RENEWED, alias)))
    assert actions(planned) == [("replaced", "alpha-ca")]
    assert planned.changes[0]["previous_sha256"] != planned.changes[0]["sha256"]
    assert planned.after == {"alpha-ca": RENEWED.der, "beta": BETA.der}


def test_the_previous_certificate_can_be_kept_until_it_expires():
    desired = wanted((RENEWED, "kimono"), keep_previous=True)
    planned = run(holding(("kimono", ALPHA)), desired)
    last_day = ALPHA.certificate.not_valid_after_utc
    kept = f"kimono-previous-{last_day:%Y%m%d}"
    assert actions(planned) == [("replaced", "kimono"), ("kept_previous", kept)]
    assert planned.after == {"kimono": RENEWED.der, kept: ALPHA.der}
    store = open_store(planned.content, PASSWORD)
    assert not run(store, desired, last_day - DAY).changed
    assert actions(run(store, desired, last_day + DAY)) == [("removed", kept)]


def test_two_rotations_keep_both_previous_certificates():
    third = issue("Alpha CA", end=NOW + 11 * YEAR)
    twin = issue("Alpha CA", end=NOW + 5 * YEAR)
    store = holding(("kimono", ALPHA))
    for successor in (twin, third):
        store = open_store(run(store, wanted((successor, "kimono"), keep_previous=True)).content, PASSWORD)
    assert {entry.certificates[0] for entry in store.entries} == {ALPHA.der, twin.der, third.der}


def test_an_expired_previous_certificate_is_not_kept():
    assert actions(run(holding(("kimono", EXPIRED)), wanted((ALPHA, "kimono"), keep_previous=True))) == [("replaced", "kimono")]


def test_exclusive_leaves_what_the_overlap_keeps():
    planned = run(holding(("kimono", ALPHA), ("beta", BETA)), wanted((RENEWED, "kimono"), keep_previous=True, exclusive=True))
    assert set(planned.after.values()) == {RENEWED.der, ALPHA.der}


def test_aliases_that_swap_their_certificates():
    planned = run(holding(("a", BETA), ("b", ALPHA)), wanted((ALPHA, "a"), (BETA, "b"), keep_previous=True))
    assert planned.after == {"a": ALPHA.der, "b": BETA.der}


def test_a_certificate_that_has_to_give_way_gets_its_own_alias():
    planned = run(holding(("b", ALPHA)), wanted((ALPHA, "a"), (BETA, "b")))
    assert planned.after == {"a": ALPHA.der, "b": BETA.der}


# Removal


@pytest.mark.parametrize("kind", FORMATS)
def test_removal_by_certificate_under_every_alias(kind):
    store = holding(("a", ALPHA), ("b", BETA), ("c", ALPHA), kind=kind)
    assert actions(run(store, wanted(gone(ALPHA)))) == [("removed", "a"), ("removed", "c")]


def test_removal_by_certificate_leaves_its_successor_under_the_alias():
    assert not run(holding(("kimono", RENEWED)), wanted(gone(ALPHA, "kimono"))).changed


def test_removal_by_alias():
    assert actions(run(holding(("a", ALPHA), ("b", BETA)), wanted(gone(alias="A")))) == [("removed", "a")]


@pytest.mark.parametrize("kind", FORMATS)
def test_removal_from_a_store_that_is_missing(kind):
    assert not plan(new_store(kind, PASSWORD), wanted(gone(ALPHA), gone(alias="x")), NOW).changed


def test_exclusive_removes_what_is_not_named():
    planned = run(holding(("a", ALPHA), ("b", BETA)), wanted(ALPHA, GAMMA, exclusive=True))
    assert actions(planned) == [("removed", "b"), ("added", "gamma-ca")]


@pytest.mark.parametrize("items", [[], [gone(ALPHA)]])
def test_exclusive_does_not_empty_a_store(items):
    with pytest.raises(StoreError, match="would empty the store"):
        plan(holding(("a", ALPHA)), wanted(*items, exclusive=True), NOW)


# Expiry


def test_a_desired_certificate_that_expired_is_installed_with_a_warning():
    planned = run(holding(), wanted(EXPIRED))
    assert planned.changed
    assert planned.warnings == (f"certificates[0]: the certificate CN=Old CA expired on {NOW - YEAR:%Y-%m-%d}",)


def test_expired_certificates_can_be_removed():
    planned = run(holding(("old", EXPIRED), ("a", ALPHA)), wanted(remove_expired=True))
    assert actions(planned) == [("removed", "old")]


def test_a_desired_certificate_that_expired_is_not_installed_when_expired_ones_are_removed():
    planned = run(holding(("a", ALPHA)), wanted(EXPIRED, remove_expired=True))
    assert not planned.changed
    assert "expired on" in planned.warnings[0] and "not installed" in planned.warnings[0]


def test_expired_certificates_stay_when_nobody_asks():
    assert not run(holding(("old", EXPIRED), ("a", ALPHA)), wanted(ALPHA)).changed


def test_a_certificate_of_the_future_is_a_warning():
    future = issue("Next CA", start=NOW + DAY)
    assert "not valid before" in run(holding(), wanted(future)).warnings[0]


def test_a_leaf_is_a_warning():
    assert "is not a CA certificate" in run(holding(), wanted(server("zis", ALPHA))).warnings[0]


# Keys and oddities


@pytest.mark.parametrize(
    "store",
    [
        open_store(test_jks.store(test_jks.private_key(b"mine", [GAMMA.der]), test_jks.trusted(b"b", BETA.der)), PASSWORD),
        open_store(test_pkcs12.key_store(), PASSWORD),
    ],
    ids=FORMATS,
)
def test_the_alias_of_a_key_is_never_touched(store):
    for desired in (wanted((ALPHA, "Mine")), wanted(gone(alias="mine"))):
        with pytest.raises(StoreError, match="'mine' holds a private key and is neither replaced nor removed"):
            plan(store, desired, NOW)
    own = issue("Mine")
    planned = run(store, wanted(own, exclusive=True))
    key_before, key_after = (
        [entry for entry in opened.entries if entry.kind == "key"]
        for opened in (store, open_store(planned.content, PASSWORD))
    )
    assert key_before == key_after
    assert [alias for alias, der in planned.after.items() if der == own.der] == [planned.aliases[0]["alias"]]
    assert planned.aliases[0]["alias"].startswith("mine-")


def test_removing_the_certificate_of_a_key_says_that_it_stays_trusted():
    store = open_store(test_jks.store(test_jks.private_key(b"mine", [GAMMA.der])), PASSWORD)
    assert "goes on trusting" in run(store, wanted(gone(GAMMA))).warnings[0]


def test_an_alias_with_capitals_is_repaired_when_it_is_named():
    store = open_store(test_jks.store(test_jks.trusted(b"Kimono", ALPHA.der)), PASSWORD)
    assert "no JVM finds the entry 'Kimono'" in plan(store, wanted(BETA), NOW).warnings[0]
    planned = run(store, wanted((ALPHA, "kimono")))
    assert planned.after == {"kimono": ALPHA.der}


def test_untrusted_certificates_are_told():
    leaf = test_pkcs12.pkcs12.serialize_key_and_certificates(None, None, None, [ALPHA.certificate], test_pkcs12.encryption())
    planned = run(open_store(leaf, PASSWORD), wanted(ALPHA))
    assert actions(planned) == [("added", "alpha-ca")]
    assert "1 certificate(s) in the store are not marked as trusted" in planned.warnings[0]


@pytest.mark.parametrize(
    ("desired", "message"),
    [
        (wanted((ALPHA, "x"), (BETA, "X")), "the alias 'x' is given to two certificates"),
        (wanted((ALPHA, "x"), (ALPHA, "y")), "certificates\\[0\\] and certificates\\[1\\] give one certificate two aliases"),
        (wanted(ALPHA, gone(ALPHA)), "certificates\\[0\\] wants a certificate that the removal wants removed"),
        (wanted((ALPHA, " ")), "the alias of certificates\\[0\\] cannot be used"),
        (wanted((ALPHA, "a\nb")), "the alias of certificates\\[0\\] cannot be used"),
        (wanted((ALPHA, "\U0001f600")), "the alias of certificates\\[0\\] cannot be used"),
        (wanted(Wanted(alias="x")), "the certificate has no certificate"),
        (wanted(gone()), "the removal has no certificate"),
        (wanted(Wanted("nothing", where="certificates[7]")), "certificates\\[7\\] holds no certificate"),
    ],
)
def test_wishes_that_cannot_be_fulfilled(desired, message):
    with pytest.raises(StoreError, match=message) as caught:
        plan(holding(), desired, NOW)
    assert caught.value.remedy


def test_an_alias_wins_over_a_derived_one_for_the_same_certificate():
    assert actions(run(holding(), wanted(ALPHA, (ALPHA, "kimono")))) == [("added", "kimono")]


def test_an_alias_that_somebody_chose_is_not_taken_by_a_derived_one():
    chosen = issue(name("Other", organization_name="o"))
    planned = run(holding(), wanted(ALPHA, (chosen, "alpha-ca")))
    assert planned.after["alpha-ca"] == chosen.der
    assert len(planned.after) == 2


def test_the_diff_names_alias_subject_last_day_and_fingerprint():
    planned = run(holding(("beta", BETA)), wanted(ALPHA))
    diff = planned.diff()
    beta = diff["before"]
    assert beta.startswith("beta: CN=Beta CA, until 20") and ", SHA256 " in beta and beta.count("\n") == 1
    assert diff["after"] == f"alpha-ca: CN=Alpha CA, until {NOW + 5 * YEAR:%Y-%m-%d}, SHA256 {planned.changes[0]['sha256']}\n" + beta
