# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds in the end of an agent's log what keeps it from working. Of the log's text only known error words come out.

A log can hold students' data, because agents log whole messages at high levels; so lines are judged where they are, and a
finding has nothing but what its pattern allows. The texts are those of the ADK (see the project's reference on agent.cfg).
"""

from __future__ import annotations

import calendar
import re
import time
import typing as t

_STAMP = re.compile(r"\W?(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:[.,](\d{1,3}))?")
_REGISTERED = "SIF_Register successful"
# With adk.provisioning.legacy an agent says SIF_Provide.
_PROVISIONED = "SIF_Provision successful|SIF_Provide successful"
_SUCCESS = re.compile("{0}|{1}|Connected to zone".format(_REGISTERED, _PROVISIONED))
# Seconds: how exactly the start of a process is known.
_TOLERANCE = 0.05
# Seconds in which an agent writes its first record; a log that begins later was begun anew since (rotated).
_FIRST_RECORD = 60.0


def _sif_error(category: int, code: str = r"\d{1,3}") -> str:
    return (
        r"Category={0}; ?Code={1}\b|SIF_Error {0}/{1}\b|<SIF_Category>{0}</SIF_Category>\s*<SIF_Code>{1}</SIF_Code>"
    ).format(category, code)


# The first that fits names the record, so what is more specific stands first.
PATTERNS = tuple(
    (code, re.compile(pattern))
    for code, pattern in (
        ("duplicate_field", r"Duplicate field mapping(?:: [\w.@/\[\]-]{1,80})?"),
        ("field_rule", r"Unable to evaluate field rule(?:: Field: [\w.@/\[\]-]{1,80})?"),
        ("untrusted", r"PKIX path (?:building|validation) failed"),
        ("name_mismatch", r"No subject alternative (?:DNS )?names?|No name matching \S{1,100} found"),
        ("trust_store_password", r"No X509TrustManager implementation available"),
        ("trust_store_missing", r"(?i:truststore file not found)(?:: [^\s:]{1,200})?"),
        ("key_store_missing", r"(?i:keystore file not found)(?:: [^\s:]{1,200})?"),
        ("key_store_password", r"Failed to load keystore|Keystore was tampered with"),
        ("method_url", r"cannot be cast to (?:class )?[\w.]*HttpsURLConnection|java\.lang\.ClassCastException"),
        ("authentication", _sif_error(3)),
        ("registration_refused", _sif_error(4, "2")),
        ("provide_denied", _sif_error(4, "3")),
        ("not_registered", _sif_error(4, "9")),
        ("access_denied", _sif_error(4)),
        ("agent_id", _sif_error(5, "2")),
        ("transport_unsupported", _sif_error(5, "3")),
        ("sif_version", _sif_error(5, "4")),
        ("buffer_size", "{0}|{1}".format(_sif_error(5, "6"), _sif_error(8, "(?:8|11)"))),
        ("secure_required", _sif_error(5, "7")),
        ("registered_push", _sif_error(5, "9")),
        ("other_provider", _sif_error(6, "4")),
        ("provision_refused", _sif_error(6)),
        ("no_provider", _sif_error(8, "4")),
        ("transport", _sif_error(10)),
        ("message_refused", _sif_error(12, "[1-4]")),
        ("configuration", r"ADKConfigException|ADKMappingException|ADKNotSupportedException"),
        ("database", r"SIF Database not accessible|Database unavailable"),
    )
)


def words_pattern(zone_ids: t.Sequence[str]) -> str:
    """A regular expression for all that C(scan) looks at: times, line ends, known words and the ids of zones.

    For hosts where C(scan) itself cannot run: what is searched with this there, joined with blanks, is enough for it here. It
    keeps to what Python and .NET have in common.
    """
    parts = ["^" + _STAMP.pattern, "\\n", _SUCCESS.pattern, *(pattern.pattern for _code, pattern in PATTERNS)]
    return "(?m)" + "|".join("(?:{0})".format(part) for part in parts + [_zone_pattern(zone) for zone in zone_ids])


def _zone_pattern(zone: str) -> str:
    return r"(?<![\w-]){0}(?![\w-])".format(re.escape(zone))


def scan(
    text: str, since: t.Optional[float], zone_ids: t.Sequence[str], utc_offset: t.Optional[float] = None
) -> t.Dict[str, t.Any]:
    """Judge the end of a log.

    Args:
        text: the end of the log.
        since: only records from this time on count, in seconds since 1970; None for all.
        zone_ids: zones that a record may name.
        utc_offset: seconds by which the log's times are ahead of UTC; None for those of the system this runs on.
    Returns:
        C(records), how many counted; C(covers_start), whether what was read reaches back to C(since), None when the log
        has no times or C(since) is None; C(findings), one for each kind and zone: C(code), C(count), C(excerpt), C(zones)
        and C(resolved), whether the log tells of a success of the same zones afterwards; C(registered) and C(provisioned), the
        zones of which it says that a SIF_Register, a SIF_Provision succeeded.
    """
    names = {zone: re.compile(_zone_pattern(zone)) for zone in zone_ids}
    records = _records(text, utc_offset)
    times = [stamp for stamp, _record in records if stamp is not None]
    counted = [record for stamp, record in records if since is None or stamp is None or stamp >= since - _TOLERANCE]
    findings: t.Dict[t.Tuple[str, t.Tuple[str, ...]], t.Dict[str, t.Any]] = {}
    succeeded: t.Dict[str, t.List[str]] = {_REGISTERED: [], _PROVISIONED: []}
    for record in counted:
        zones = tuple(zone for zone, name in names.items() if name.search(record))
        for words, those in succeeded.items():
            if re.search(words, record):
                those.extend(zone for zone in zones if zone not in those)
        if _SUCCESS.search(record):
            for finding in findings.values():
                finding["resolved"] = finding["resolved"] or set(finding["zones"]) <= set(zones)
        code, excerpt = _judge(record)
        if code is None:
            continue
        finding = findings.setdefault((code, zones), {"code": code, "count": 0, "zones": list(zones)})
        finding.update(count=finding["count"] + 1, excerpt=excerpt, resolved=False)
    covers = None if since is None or not times else times[0] <= since + _FIRST_RECORD
    return {
        "records": len(counted),
        "covers_start": covers,
        "findings": list(findings.values()),
        "registered": succeeded[_REGISTERED],
        "provisioned": succeeded[_PROVISIONED],
    }


def _judge(record: str) -> t.Tuple[t.Optional[str], str]:
    for code, pattern in PATTERNS:
        match = pattern.search(record)
        if match:
            return code, re.sub(r"\s+", " ", match.group(0))
    return None, ""


def _records(text: str, utc_offset: t.Optional[float]) -> t.List[t.Tuple[t.Optional[float], str]]:
    """Each record with its time; the lines of a stack trace or message belong to the record before them."""
    found: t.List[t.Tuple[t.Optional[float], str]] = []
    for line in text.splitlines():
        match = _STAMP.match(line)
        if match:
            found.append((_seconds(match, utc_offset), line))
        elif found and found[-1][0] is not None:
            found[-1] = (found[-1][0], found[-1][1] + "\n" + line)
        else:
            found.append((None, line))
    return found


def _seconds(match: t.Match[str], utc_offset: t.Optional[float]) -> t.Optional[float]:
    """Agents log in the local time of their host."""
    try:
        told = time.strptime("{0} {1}".format(match[1], match[2]), "%Y-%m-%d %H:%M:%S")
        whole = time.mktime(told) if utc_offset is None else calendar.timegm(told) - utc_offset
    except (ValueError, OverflowError):
        return None
    # Without a fraction the record may be of any moment of its second.
    return whole + (float("0." + match[3]) if match[3] else 0.999)
