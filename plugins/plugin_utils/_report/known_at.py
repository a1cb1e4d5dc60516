# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was learned of a district at one moment, judged at a later one: what is too old or has expired since proves nothing."""

from __future__ import annotations

import dataclasses
import datetime

from .._verify.check import PASS, WARN
from .._verify.trust_checks import NEW_CERTIFICATE
from .districts import NO_YEAR, District
from .words import CONNECTED, UNCHECKED, counted, moment, said_day, said_moment

# Clocks of two controllers may differ by so much.
_SKEW = datetime.timedelta(minutes=10)
_AGAIN = "Run k12.sif.report with this host within --limit; where it has a sif_report_document, have that made again first"
_CLOCK = "Correct the clock of the controller that checked it, then check it again; if sif_report_at is set, correct that"


def known_at(district: District, at: str, max_age_days: int, expiry_days: int) -> District:
    """The district as it stands at a moment.

    Args:
        district: as it was judged when it was checked. One that was checked for this very report stays as it is.
        at: the moment, UTC.
        max_age_days: what is older counts no more.
        expiry_days: a certificate that is valid for fewer days is warned of.
    """
    if district.state == UNCHECKED or district.checked_now:
        return district
    age = moment(at) - moment(district.checked_at)
    if age < -_SKEW:
        reason = f"it was checked at {said_moment(district.checked_at)}, which is later than this report"
        return _forgotten(dataclasses.replace(district, brief="Dated in the future", reason=reason, remedy=_CLOCK))
    if age > datetime.timedelta(days=max_age_days):
        reason = f"it was last checked {counted(age.days, 'day')} ago; what is older than {counted(max_age_days, 'day')} proves nothing"
        return _forgotten(dataclasses.replace(district, brief="Not checked for long", reason=reason, remedy=_AGAIN, last_known=_state(district)))
    return _with_certificates_at(district, moment(at).date(), expiry_days)


def _with_certificates_at(district: District, today: datetime.date, expiry_days: int) -> District:
    """Like C(k12.sif.verify) would judge the same certificates today."""
    if not district.expires:
        return district
    checked, expires = moment(district.checked_at).date(), datetime.date.fromisoformat(district.expires)
    if district.state == CONNECTED and checked <= expires < today:
        reason = f"a certificate that its connection rests on expired on {said_day(expires)}, after it was checked"
        return dataclasses.replace(
            district, state=UNCHECKED, brief="Certificate expired since", reason=reason, remedy=_AGAIN, last_known=_state(district)
        )
    if (expires - today).days >= expiry_days:
        return district
    words = f"a certificate is valid until {expires}, {(expires - today).days} days from the day of the report"
    warning = {"result": WARN, "evidence": words, "remedy": NEW_CERTIFICATE}
    checks = [{**check, **warning} if (check["name"], check["result"]) == ("certificate", PASS) else check for check in district.checks]
    return dataclasses.replace(district, checks=checks)


def _state(district: District) -> dict[str, str]:
    return {"state": district.state, "checked_at": district.checked_at}


def _forgotten(district: District) -> District:
    """Without what may not be true any more."""
    return dataclasses.replace(district, state=UNCHECKED, checks=(), certificates=(), school_year=dict(NO_YEAR))
