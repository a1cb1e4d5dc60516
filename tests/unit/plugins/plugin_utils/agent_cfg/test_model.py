# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The model agrees with what the real loader made of the conformance data, and follows its rules beyond them."""

from __future__ import annotations

import json
import pathlib
import re

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.model import load

VARIANTS = pathlib.Path(__file__).parents[3] / "fixtures" / "variants"
EXPECTED = json.loads((VARIANTS / "expected.json").read_text(encoding="utf-8"))
# Below these keys the names are data of the file, not keys of the structure.
DATA_KEYS = {"agentProperties", "properties", "ownProperties", "objects", "valuesets", "rootMappingObjects"}


def snake(value, names_are_data=False):
    """The conformance data with the keys of the structure in snake_case."""
    if isinstance(value, list):
        return [snake(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key if names_are_data else re.sub(r"(?<!^)([A-Z])", r"_\1", key).lower(): snake(item, key in DATA_KEYS)
        for key, item in value.items()
    }


def check(data, expected):
    loaded = load(data)
    assert loaded.loads is expected["ok"], loaded.error
    assert loaded.stage == expected.get("stage")
    if expected["ok"]:
        assert loaded.error is None and loaded.stops == ()
        expected = {key: item for key, item in expected.items() if key != "ok"}
        assert loaded.effective == snake(expected)
    else:
        assert loaded.effective is None
        stop = loaded.stops[0]
        assert stop.exception == expected["exception"]
        assert stop.message and stop.remedy and stop.line is not None
        if stop.element is not None:
            assert stop.log == expected["message"]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_variant(name):
    check((VARIANTS / f"{name}.cfg").read_bytes(), EXPECTED[name])


@pytest.mark.parametrize(
    "name", ["ChameleonAU", "MappingsUS", "MultiVersion", "PublishingAgent", "SASI2.0", "SIDRefDataAgent", "TinySIS"]
)
def test_corpus(conformance, name):
    corpus = conformance / "corpus"
    check((corpus / f"{name}.cfg").read_bytes(), json.loads((corpus / f"{name}.json").read_text(encoding="utf-8")))


def agent(body="", attributes='id="A"'):
    return f"<agent {attributes}>{body}</agent>"


def effective(body="", attributes='id="A"', **options):
    loaded = load(agent(body, attributes).encode(), **options)
    assert loaded.loads, loaded.error
    return loaded.effective


def zone(properties="", **options):
    return effective(f'<zone id="Z" url="http://h/Z">{properties}</zone>', **options)["zones"][0]


def rules(fields):
    (mappings,) = effective(f'<mappings id="M"><object object="O">{fields}</object></mappings>')["mappings"]
    return mappings["objects"]["O"]["rules"]


def entries(values):
    (mappings,) = effective(f'<mappings id="M"><valueset id="V">{values}</valueset></mappings>')["mappings"]
    return [(entry["name"], entry["value"], entry.get("default")) for entry in mappings["valuesets"]["V"]["entries"]]


@pytest.mark.parametrize(
    "text, number",
    [
        ("5000", 5000),
        ("+5", 5),
        ("-5", -5),
        ("007", 7),
        ("\u0663\u0664", 34),
        ("2147483647", 2147483647),
        ("-2147483648", -2147483648),
        ("2147483648", 30000),
        (" 5", 30000),
        ("5 ", 30000),
        ("5s", 30000),
        ("", 30000),
        ("0x5", 30000),
        ("5.0", 30000),
        ("1_000", 30000),
        ("\U0001d7d3", 30000),
        ("\u00b2", 30000),
        ("--5", 30000),
        ("+", 30000),
    ],
)
def test_numbers_are_read_as_java_reads_them(text, number):
    assert zone(f'<property name="adk.messaging.pullFrequency" value="{text}"/>')["pull_frequency"] == number


@pytest.mark.parametrize(
    "version, read",
    [
        ("2.3", "2.3"),
        ("2.0R1", "2.0r1"),
        ("1.5r1", "1.5r1"),
        ("2.3r0", "2.3"),
        ("02.03", "2.3"),
        ("+2.+3", "2.3"),
        ("2.*", "2.6"),
        ("1.*", "1.5r1"),
    ],
)
def test_versions(version, read):
    assert effective(attributes=f'sifVersion="{version}"')["sif_version"] == read


@pytest.mark.parametrize(
    "version", ["", "2", "2.3 ", " 2.3", "2.7", "2.3r1", "2.0r-1", "3.*", "2.", ".3", "2.3.4", "r2.3", "2.r", "v2.3"]
)
def test_versions_that_stop_the_agent(version):
    assert load(agent(attributes=f'sifVersion="{version}"').encode()).stage == "version"


@pytest.mark.parametrize(
    "url, read",
    [
        (" http://h/Z ", "http://h/Z"),
        ("HTTP://Host:80/Z", "http://Host:80/Z"),
        ("http://h", "http://h"),
        ("http:/x", "http:/x"),
        ("http://[::1]:7080/Z?a=b#c", "http://[::1]:7080/Z?a=b#c"),
        ("http://h/a/../b", "http://h/a/../b"),
        ("url:http://h/", "http://h/"),
        ("http://h:/Z", "http://h:/Z"),
        ("ftp://h/x", "ftp://h/x"),
    ],
)
def test_urls_are_read_as_java_reads_them(url, read):
    assert effective(f'<zone id="Z" url="{url}"/>')["zones"][0]["url"] == read


@pytest.mark.parametrize(
    "url",
    [
        "localhost:7080/Z",
        "h/Z",
        "http://h:x/",
        "http://h:-2/",
        "http://[h]/",
        "http://[::1]x/",
        "#http://h",
        "http://a&#9;b/",
    ],
)
def test_urls_that_stop_the_agent(url):
    assert load(agent(f'<zone id="Z" url="{url}"/>').encode()).stage == "apply"
    # A second zone of the same id is not even looked at.
    assert load(agent(f'<zone id="Z" url="http://h/"/><zone id="Z" url="{url}"/>').encode()).loads


def test_properties_come_from_zone_template_option_agent_in_that_order():
    body = (
        '<property name="adk.a" value="agent"/><template id="T"><property name="adk.a" value="template"/></template>'
        '<zone id="1" url="http://h/" template="T"><property name="adk.a" value="zone"/></zone>'
        '<zone id="2" url="http://h/" template="T"/><zone id="3" url="http://h/"/>'
    )
    found = effective(body, system_properties={"adk.a": "option", "user.name": "x", "adk.transport.http.port": "1"})
    assert [item["own_properties"] for item in found["zones"]] == [{"adk.a": "zone"}, {"adk.a": "template"}, {}]
    assert found["agent_properties"] == {"adk.a": "option"}
    assert found["transports"]["http"]["port"] == 1


def test_the_transport_of_the_file_goes_before_the_option():
    body = '<transport protocol="http" enabled="true"><property name="port" value="2"/></transport>'
    assert effective(body, system_properties={"adk.transport.http.port": "1"})["transports"]["http"]["port"] == 2
    # The agent compares only the beginning of the name.
    found = effective(system_properties={"adk.transport.https.port": "3"})["transports"]
    assert (found["https"]["port"], found["http"]["properties"]) == (3, {".port": "3"})


def test_first_wins_in_a_zone_and_last_wins_in_a_transport():
    double = '<property name="p" value="1" enabled="no"/><property name="p" value="2"/><property name="p" value="3"/><property name="p"/>'
    assert zone(double)["own_properties"] == {"p": "2"}
    found = effective(f'<transport protocol="http" enabled="yes">{double}</transport><transport protocol="http"/>')[
        "transports"
    ]["http"]
    assert (found["properties"], found["enabled"]) == ({"p": "3"}, False)


@pytest.mark.parametrize(
    "text, mode", [("push", "PUSH"), ("PUSH", "PUSH"), ("pu\u017fh", "PUSH"), ("Push ", "PULL"), ("", "PULL")]
)
def test_mode(text, mode):
    assert zone(f'<property name="adk.messaging.mode" value="{text}"/>')["mode"] == mode


def test_mappings_are_found_below_any_unknown_element_but_not_in_known_ones():
    def found(body):
        return [item["id"] for item in load(f"<config>{body}</config>".encode()).effective["mappings"]]

    inner = '<mappings id="M"/>'
    assert found(f"<a><b>{inner}</b></a>") == ["M"]
    assert found(f"<zone>{inner}</zone><transport><x>{inner}</x></transport>") == ["M"]
    for name in ("property", "object", "valueset", "Property"):
        assert found(f"<{name}>{inner}</{name}>") == []


def test_nested_mappings_and_their_order():
    body = '<mappings id="Default"><x><mappings id="in"/></x><mappings id="Default"/></mappings><mappings id="TestID"/><mappings/>'
    found = effective(body)["mappings"]
    # The order of a HashMap of Java.
    assert [item["id"] for item in found] == [None, "TestID", "Default"]
    assert [item["id"] for item in found[2]["children"]] == ["in", "Default"]


def test_filters():
    (found,) = effective('<mappings id="M" zoneId=" Z1,,Z2 " sourceId="a,*" sifVersion="2.*,1.*,2.0R1"/>')["mappings"]
    assert (found["zone_id"], found["source_id"], found["sif_version"]) == (" Z1,Z2 ", "", "2.6,1.5r1,2.0r1")
    (found,) = effective('<mappings id="M" zoneId=" " sifVersion="2.3,*,junk"/>')["mappings"]
    assert (found["zone_id"], found["sif_version"]) == ("", "")


def test_the_key_of_a_field():
    found = rules(
        '<field name="a">1</field><FIELD name="a" alias="">2</FIELD><field name="a" direction="INbound">3</field>'
        '<field name="a" alias="b" direction="outbound" sifVersion="-2.0">4</field><field name="a" sifVersion="2.3">5</field>'
    )
    assert [rule["key"] for rule in found] == ["a", "a_", "a_INBOUND", "a_b_OUTBOUND_-2.0", "a_=2.3"]
    assert found[4]["sif_version"] == "=2.3"


def test_a_field_has_only_what_the_agent_understood():
    (found,) = rules(
        '<field name="a" default="" ifnull="DEFAULT" valueset=" " datatype="int" other="x"> A/<!-- c -->B <![CDATA[C]]>\n</field>'
    )
    assert found == {
        "key": "a",
        "name": "a",
        "default": "",
        "ifnull": "default",
        "rule": "A/B C",
        "rule_type": "XPathRule",
    }


def test_an_entity_in_a_rule_is_not_seen_but_in_an_attribute_it_is():
    data = "<!DOCTYPE agent [<!ENTITY e 'E'>]>" + agent(
        '<mappings id="&e;"><object object="O"><field name="&e;">A&e;&#66;&amp;</field></object></mappings>'
    )
    (mappings,) = load(data.encode()).effective["mappings"]
    assert mappings["id"] == "E"
    assert mappings["objects"]["O"]["rules"][0]["rule"] == "AB&"
    assert mappings["objects"]["O"]["rules"][0]["name"] == "E"


def test_a_list_stands_for_its_path_among_the_keys():
    assert rules('<list child="c" xPath="A"/><list/>') == [
        {"list": "List Field: c: XPath: A"},
        {"list": "List Field: : XPath: "},
    ]
    assert (
        load(
            agent(
                '<mappings><object object="O"><list xPath="A"/><field name="A">x</field></object></mappings>'
            ).encode()
        ).stage
        == "read"
    )
    assert load(
        agent('<mappings><object object="O"><field name="A">x</field><list xPath="A"/></object></mappings>').encode()
    ).loads


def test_defaults_of_a_value_set():
    assert entries('<value name="a" default="true">1</value>') == [("a", "1", "both")]
    assert entries('<value name="a" default="both">1</value><value name="b" default="INBOUND">2</value>') == [
        ("a", "1", "outbound"),
        ("b", "2", "inbound"),
    ]
    assert entries('<value name="a" default="both">1</value><value name="b" default="true">2</value>') == [
        ("a", "1", None),
        ("b", "2", "both"),
    ]
    assert entries('<value name="a" default="outbound">1</value><value name="a" default="yes"> 2 </value>') == [
        ("a", "2", "yes")
    ]


def test_a_value_that_is_defined_again_moves_behind_the_others():
    assert [
        name
        for name, _value, _default in entries(
            '<value name="a">1</value><value name="b">2</value><value name="a">3</value>'
        )
    ] == ["b", "a"]


def test_mappings_properties_are_written_back_to_the_first_of_their_name():
    def found(properties):
        return effective(f'<mappings id="M">{properties}</mappings>')["mappings"][0]["properties"]

    assert found('<property name="p" value="1"/><property name="p" value="2"/>') == {"p": "2"}
    assert found('<PROPERTY name="p" value="1"/><property name="p" value="2"/>') == {"p": "1"}
    assert effective('<Mappings id="M"><property name="p" value="1"/></Mappings>')["mappings"][0]["properties"] == {}


def test_the_first_stop_is_the_one_that_counts():
    stopped = load(agent('<zone/><transport/><mappings id="M" sifVersion="x"/>', 'sifVersion="9"').encode())
    assert [stop.stage for stop in stopped.stops] == ["read", "version", "apply", "apply"]
    assert stopped.stage == "read" and stopped.error.startswith("line 1: ")


_NAMELESS = (
    'Cannot invoke "String.equals(Object)" because the return value of'
    ' "openadk.util.XMLUtils.getAttribute(org.w3c.dom.Node, String)" is null'
)
_NO_VALUE = "Node attribute value argument cannot be null"


@pytest.mark.parametrize(
    "inside, exception, log",
    [
        # A field is read as a whole before it is compared with those in front of it.
        (
            '<object object="O"><field name="A">X</field><field name="A"><otherid/></field></object>',
            "openadk.library.tools.cfg.ADKConfigException",
            "Field mapping rule O.A specifies an <OtherId> without a 'type' attribute",
        ),
        # Looking for the property to write z to, the loader comes to one without a name first, or later, or never.
        ('<PROPERTY name="z"/><property/>', "java.lang.NullPointerException", _NAMELESS),
        (
            '<PROPERTY name="z"/><property/><property name="z" value="1"/>',
            "java.lang.NullPointerException",
            _NAMELESS,
        ),
        ('<property name="z"/><property/>', "java.lang.IllegalArgumentException", _NO_VALUE),
        ('<PROPERTY name="z" value="1"/><object/><property/>', "java.lang.NullPointerException", _NAMELESS),
        (
            '<object/><PROPERTY name="z" value="1"/><property/>',
            "openadk.library.tools.cfg.ADKConfigException",
            "<object> element must have an object attribute",
        ),
        ("<PROPERTY/>", "java.lang.IllegalArgumentException", _NO_VALUE),
    ],
)
def test_what_the_loader_meets_first_in_mappings(inside, exception, log):
    stop = load(agent(f'<mappings id="M">{inside}</mappings>').encode()).stops[0]
    assert (stop.stage, stop.exception, stop.log) == ("read", exception, log)


def test_one_stop_for_each_cause_in_mappings_properties():
    stops = load(agent('<mappings id="M"><PROPERTY name="z"/><property/><PROPERTY name="y"/></mappings>').encode()).stops
    assert [stop.code for stop in stops] == [
        "mappings-property-name", "mappings-property-value", "mappings-property-value"
    ]


def test_a_transport_property_without_name_has_the_message_of_the_jdk():
    stop = load(agent('<transport protocol="http"><property value="1"/></transport>').encode()).stops[0]
    assert stop.exception == "java.lang.NullPointerException"
    assert stop.log == 'Cannot invoke "Object.hashCode()" because "key" is null'


def test_a_transport_property_without_value_changes_nothing():
    transport = '<transport protocol="http"><property name="port" value="1"/><property name="port"/></transport>'
    assert effective(transport)["transports"]["http"]["port"] == 1


def test_an_external_dtd_is_not_fetched():
    stopped = load(b'<!DOCTYPE agent SYSTEM "http://example.invalid/agent.dtd"><agent id="A"/>')
    assert (stopped.loads, stopped.stage, stopped.stops[0].refused) == (False, "read", True)
    assert load(b"<!DOCTYPE agent [<!ELEMENT agent ANY>]><agent id='A'/>").loads
