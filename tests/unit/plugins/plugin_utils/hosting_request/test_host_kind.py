# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Only powerschool.com and names below it are hosted by PowerSchool; what is no URL is an error, never a guess."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.k12.sif.plugins.filter.cloud_hosted import FilterModule
from ansible_collections.k12.sif.plugins.plugin_utils._hosting_request.host_kind import HostKindError, host_of, is_cloud_hosted
from ansible_collections.k12.sif.plugins.test.cloud_hosted import TestModule as JinjaTests
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Undefined

CLOUD = [
    "https://powerschool.com",
    "https://maple.powerschool.com",
    "https://maple.powerschool.com/",
    "https://maple.powerschool.com/admin/home.html?x=1#top",
    "http://maple.powerschool.com:8080/admin",
    "https://maple.powerschool.com:",
    "HTTPS://Maple.PowerSchool.COM/Admin",
    "https://maple.powerschool.com./admin",
    "  https://maple.powerschool.com\n",
    "maple.powerschool.com",
    "maple.powerschool.com/admin",
    "maple.powerschool.com:443",
    "MAPLE.POWERSCHOOL.COM.",
    "powerschool.com",
    "https://a.b.c.powerschool.com",
    "https://maple_ms.powerschool.com",
    "https://sch\u00fcle.powerschool.com",
    "https://xn--schle-lva.powerschool.com",
    "https://maple.\uff50\uff4f\uff57\uff45\uff52\uff53\uff43\uff48\uff4f\uff4f\uff4c.com",  # full width: a browser goes to powerschool.com
    "https://maple\u3002powerschool\u3002com",  # ideographic full stops: the same
    "https://admin@maple.powerschool.com",
]
SELF = [
    "https://powerschool.maple.example.org",
    "https://powerschool.com.evil.org",
    "https://maple.powerschool.com.evil.org/",
    "https://notpowerschool.com",
    "https://maple-powerschool.com",
    "https://powerschool.com-maple.org",
    "https://evil.org/?u=powerschool.com",
    "https://evil.org/maple.powerschool.com",
    "https://evil.org#maple.powerschool.com",
    "https://evil.org?https://maple.powerschool.com",
    "https://maple.powerschool.com@evil.org",
    "https://maple.powerschool.com:443@evil.org/",
    "https://maple.powerschool.com:secret@evil.org/",
    "https://powerschool.co",
    "https://powerschool.com.au",
    "https://powerschool.org",
    "https://powerschool",
    "http://localhost:8080/admin",
    "http://10.1.2.3/admin",
    "10.1.2.3:8443",
    "http://[2001:db8::1]:8080/admin",
    "[2001:db8::1]",
    "ps.maple.k12.mn.us",
    "https://m\u00e4ple.p\u00f6werschool.com",
    "https://maple.p\u043ewerschool.com",  # a Cyrillic o
    "https://maple.xn--pwerschool-o9g.com",
]
NO_URL = [
    None,
    "",
    "   ",
    42,
    True,
    [],
    {"url": "https://maple.powerschool.com"},
    "n/a",
    "none",
    "TBD",
    "-",
    "powerschool",
    "hosted by PowerSchool",
    "https://",
    "https:///admin",
    "https:/maple.powerschool.com",
    "https:maple.powerschool.com",
    "//maple.powerschool.com",
    "ftp://maple.powerschool.com",
    "mailto:admin@maple.powerschool.com",
    "javascript:alert(1)",
    "admin@maple.powerschool.com",
    "https://a@b@maple.powerschool.com",
    "https://maple.powerschool.com:admin",
    "https://maple.powerschool.com:0",
    "https://maple.powerschool.com:65536",
    "https://maple.powerschool.com:" + "4" * 5000,
    "https://maple.powerschool.com:443:443",
    "https://maple..powerschool.com",
    "https://.powerschool.com",
    "https://-maple.powerschool.com",
    "https://maple.powerschool.com..",
    "https://maple powerschool.com",
    "https://maple.powerschool.com\nhttps://evil.org",
    "https://evil.org\\.powerschool.com",
    "https://%70owerschool.com",
    "https://1.2.3",
    "https://1.2.3.256",
    "https://[::g]/",
    "https://[::1",
    "https://[::1]8080",
    "https://" + "a" * 64 + ".powerschool.com",
    "https://" + "a." * 130 + "powerschool.com",
    "maple.powerschool.com, oak.powerschool.com",
]


@pytest.mark.parametrize("url", CLOUD)
def test_hosted_by_powerschool(url):
    assert is_cloud_hosted(url) is True


@pytest.mark.parametrize("url", SELF)
def test_hosted_by_somebody_else(url):
    assert is_cloud_hosted(url) is False


@pytest.mark.parametrize("url", NO_URL, ids=lambda url: repr(url)[:60])
def test_no_url_is_one_clear_error(url):
    with pytest.raises(HostKindError) as caught:
        is_cloud_hosted(url)
    message = str(caught.value)
    assert message.count("Remedy: ") == 1 and "\n" not in message


def test_a_password_in_the_url_is_not_told():
    with pytest.raises(HostKindError) as caught:
        is_cloud_hosted("https://admin:geheim@maple powerschool.com")
    assert "geheim" not in str(caught.value) and "********@maple" in str(caught.value)


@given(st.text())
def test_any_text_is_a_host_or_one_error(text):
    try:
        host = host_of(text)
    except HostKindError:
        return
    assert host.isascii() and host == host.lower() and host
    assert is_cloud_hosted(text) == (host == "powerschool.com" or host.endswith(".powerschool.com"))


@given(st.from_regex(r"[a-z][a-z0-9]{0,20}(\.[a-z][a-z0-9]{0,10}){0,3}", fullmatch=True), st.integers(1, 65535))
def test_what_stands_around_the_host_does_not_matter(name, port):
    for host, expected in ((f"{name}.powerschool.com", True), (f"powerschool.com.{name}", False), (f"{name}powerschool.com", False)):
        for url in (host, f"https://{host}", f"http://{host.upper()}:{port}/a?b=powerschool.com", f"https://{host}.#powerschool.com"):
            assert is_cloud_hosted(url) is expected, url


@pytest.mark.parametrize("plugin", [FilterModule().filters()["cloud_hosted"], JinjaTests().tests()["cloud_hosted"]], ids=["filter", "test"])
def test_test_and_filter_say_the_same(plugin):
    assert plugin("https://maple.powerschool.com") is True
    assert plugin("https://powerschool.com.evil.org") is False
    with pytest.raises(AnsibleFilterError, match=r"cloud_hosted: 'n/a' .* Remedy: "):
        plugin("n/a")
    with pytest.raises(AnsibleFilterError, match="is not set"):
        plugin(Undefined(name="sif_agent_powerschool_url"))
