# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each cause is one problem with its place; a healthy file has none."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.validation import problems

HEALTHY = """<?xml version="1.0"?>
<agent id="SIS" sifVersion="2.3">
  <!-- a comment -->
  <property name="adk.messaging.mode" value="Pull"/>
  <property name="adk.messaging.transport" value="https"/>
  <property name="adk.messaging.pullFrequency" value="30000"/>
  <property name="app.own" value=" anything "/>
  <template id="Default"><property name="adk.messaging.oneObjectPerResponse" value="false"/></template>
  <transport protocol="http" enabled="true"><property name="port" value="25313"/></transport>
  <transport protocol="https" enabled="true">
    <property name="port" value="7443"/>
    <property name="keyStore" value="/srv/Agent.ks"/>
    <property name="keyStorePassword" value="a secret"/>
    <property name="trustStore" value="C:\\SIF\\Trusted.ks"/>
    <property name="trustStorePassword" value="another"/>
  </transport>
  <zone id="Z1" template="Default" url="https://zis.example.org:7443/Z1"/>
  <zone id="Z2" url="http://zis.example.org/Z2"><property name="adk.messaging.transport" value="http"/></zone>
  <product-own><setting x="1">text</setting><object>not a mapping</object></product-own>
  <mappings id="Default">
    <property name="style" value="0"/>
    <object object="StudentPersonal">
      <field name="NUM" sifVersion="+2.0" direction="inbound" valueset="Sex" ifnull="suppress" datatype="int">LocalId<!-- safe --></field>
      <field name="NUM" direction="outbound">Name[@Type='04' and @X="]"]/LastName</field>
      <field name="OTHER"><otherid type="06" prefix=""/></field>
      <list listObjectName="L" child="c" xPath="A/B"><field name="n">X</field></list>
    </object>
    <valueset id="Sex"><value name="M" default="inbound">1</value><value name="F" default="outbound">2</value></valueset>
    <mappings id="Z1" zoneId="Z1" sifVersion="2.3,2.4"><object object="StudentPersonal"><field name="S" valueset="Sex">X</field></object></mappings>
  </mappings>
</agent>
"""


def found(xml, **options):
    return [(problem.severity, problem.code, problem.line) for problem in problems(xml.encode(), **options)]


def agent(body, attributes='id="A"'):
    """A configuration whose line 2 is the body."""
    return f"<agent {attributes}>\n{body}\n</agent>"


def mappings(body):
    return agent(f'<mappings id="Default">{body}</mappings>')


def fields(body):
    return mappings(f'<object object="StudentPersonal">{body}</object>')


def test_a_healthy_file_has_no_problems():
    assert problems(HEALTHY.encode()) == []


HTTPS = (
    '<property name="adk.messaging.transport" value="https"/><zone id="Z" url="https://h/Z"/>'
    '<transport protocol="https" enabled="true">{}</transport>'
)
STORES = {"keyStore": "/k", "keyStorePassword": "x", "trustStore": "/t", "trustStorePassword": "y"}


def http(body):
    return agent(f'<transport protocol="http" enabled="true">{body}</transport>')


def values(body):
    return mappings(f'<valueset id="V">{body}</valueset>')


def https(**changed):
    settings = {**STORES, **changed}
    return agent(
        HTTPS.format("".join(f'<property name="{key}" value="{value}"/>' for key, value in settings.items() if value is not None))
    )


WARNINGS = {
    # agent, templates, zones
    "no agent id": (agent("", ""), "agent-id", 1),
    "root in capitals": ('<Agent id="A"/>', "document-element", 1),
    "root inside another": ('<config><agent id="A"/></config>', "document-element", 1),
    "two zones": (agent('<zone id="Z" url="http://h/"/><zone id="Z" url="http://i/"/>'), "duplicate-zone", 2),
    "two templates": (agent('<template id="T"/><template id="T"/>'), "duplicate-template", 2),
    "template without id": (agent("<template/>"), "template-id", 2),
    "unknown template": (agent('<zone id="Z" url="http://h/" template="T"/>'), "unknown-template", 2),
    "zone switched off": (agent('<zone id="Z" url="http://h/" enabled="false"/>'), "zone-enabled", 2),
    "zone id with blanks": (agent('<zone id=" Z" url="http://h/"/>'), "blanks", 2),
    "zone in capitals": (agent('<Zone id="Z" url="http://h/"/>'), "element-case", 2),
    "zones in a wrapper": (agent('<zones><zone id="Z" url="http://h/"/></zones>'), "misplaced", 2),
    "prefixed zone": (agent('<x:zone xmlns:x="u" id="Z" url="http://h/"/>'), "prefix", 2),
    "ftp URL": (agent('<zone id="Z" url="ftp://h/"/>'), "url-scheme", 2),
    "URL without host": (agent('<zone id="Z" url="http:/Z"/>'), "url-host", 2),
    "stray text": (agent('<template id="T"/>\n/'), "stray-text", 3),
    "transport in a zone": (agent('<zone id="Z" url="http://h/"><transport protocol="http"/></zone>'), "misplaced", 2),
    # properties
    "two properties": (agent('<property name="a" value="1"/><property name="a" value="2"/>'), "duplicate-property", 2),
    "property without value": (agent('<property name="a">1</property>'), "property-value", 2),
    "property with value and text": (agent('<property name="a" value="1">2</property>'), "property-text", 2),
    "property without name": (agent('<property value="1"/>'), "property-name", 2),
    "enabled=1": (agent('<property name="a" value="1" enabled="1"/>'), "enabled", 2),
    "number with blanks": (agent('<property name="adk.messaging.pullFrequency" value=" 5000 "/>'), "number", 2),
    "number with unit": (agent('<property name="adk.messaging.maxBufferSize" value="32k"/>'), "number", 2),
    "boolean yes": (agent('<property name="adk.messaging.oneObjectPerResponse" value="yes"/>'), "boolean", 2),
    "mode with blank": (agent('<property name="adk.messaging.mode" value=" Push"/>'), "choice", 2),
    "unknown transport": (agent('<property name="adk.messaging.transport" value="smoke"/>'), "choice", 2),
    "provisioning mode": (agent('<property name="adk.provisioning.mode" value="none"/>'), "choice", 2),
    "ZIS version": (agent('<property name="adk.provisioning.zisVersion" value="2"/>'), "version", 2),
    "letters of a name": (agent('<property name="adk.messaging.pullfrequency" value="1"/>'), "property-case", 2),
    "nested property": (agent('<group><property name="adk.messaging.mode" value="Push"/></group>'), "misplaced", 2),
    "store of a zone": (
        agent('<zone id="Z" url="http://h/"><property name="trustStore" value="/t"/></zone>'),
        "transport-only",
        2,
    ),
    # transports
    "protocol in capitals": (agent('<transport protocol="HTTP" enabled="false"/>'), "transport-case", 2),
    "transport without enabled": (agent('<transport protocol="http"/>'), "transport-enabled", 2),
    "transport with enabled=1": (agent('<transport protocol="http" enabled="1"/>'), "transport-enabled", 2),
    "the same, in use": (
        agent('<transport protocol="http" enabled="1"/><zone id="Z" url="http://h/"/>'),
        "transport-enabled",
        2,
    ),
    "disabled, in use": (
        agent('<transport protocol="http" enabled="false"/><zone id="Z" url="http://h/"/>'),
        "transport-disabled",
        2,
    ),
    "two transports": (
        agent('<transport protocol="http" enabled="true"/><transport protocol="http" enabled="true"/>'),
        "duplicate-transport",
        2,
    ),
    "no choice": (
        agent(
            '<transport protocol="http" enabled="true"/><transport protocol="https" enabled="true"/><zone id="Z" url="http://h/"/>'
        ),
        "transport-choice",
        2,
    ),
    "two ports": (
        http('<property name="port" value="1"/>\n<property name="port" value="2"/>'),
        "duplicate-property",
        2,
    ),
    "property off in a transport": (
        http('<property name="port" value="1" enabled="false"/>'),
        "transport-property-enabled",
        2,
    ),
    "clientAuth": (https(clientAuth="true"), "read-by-nothing", 2),
    "ciphers": (https(ciphers="X"), "read-by-nothing", 2),
    "port with blank": (https(port="7443 "), "number", 2),
    "timeout": (https(**{"pull-read-timeout": "1m"}), "number", 2),
    "requireClientAuth": (https(requireClientAuth="1"), "boolean", 2),
    "timeout in the agent": (agent('<property name="pull-read-timeout" value="5"/>'), "transport-only", 2),
    "timeout in a template": (
        agent('<template id="T"><property name="pull-connect-timeout" value="x"/></template>'),
        "transport-only",
        2,
    ),
    "pullAckAck in a zone": (
        agent('<zone id="Z" url="http://h/"><property name="adk.messaging.pullAckAck" value="true"/></zone>'),
        "agent-only",
        2,
    ),
    "pullAckAck in a template": (
        agent('<template id="T"><property name="adk.messaging.pullAckAck" value="true"/></template>'),
        "agent-only",
        2,
    ),
    "store with blanks": (https(trustStore="/t "), "blanks", 2),
    "no key store": (https(keyStore=None), "key-store", 2),
    "empty key store": (https(keyStore=""), "key-store", 2),
    "empty trust store": (https(trustStore=""), "trust-store", 2),
    "relative store": (https(trustStore="Trusted.ks"), "relative-path", 2),
    "default password": (https(keyStorePassword="changeit"), "default-password", 2),
    "no trust store password": (https(trustStorePassword=None), "default-password", 2),
    "https to http URL": (https().replace("https://h", "http://h"), "transport-url", 2),
    "http to https URL": (
        https().replace('transport" value="https"', 'transport" value="http"'),
        "trust-store-ignored",
        2,
    ),
    "push without port": (
        agent('<zone id="Z" url="http://h/"><property name="adk.messaging.mode" value="Push"/></zone>'),
        "push-port",
        1,
    ),
    # mappings
    "no Default": (agent('<mappings id="D"/>'), "mappings-default", 2),
    "no id": (agent("<mappings/>"), "mappings-id", 2),
    "two mappings": (agent('<mappings id="Default"/><mappings id="Default"/>'), "duplicate-mappings", 2),
    "two inner mappings": (mappings('<mappings id="x"/><other><mappings id="x"/></other>'), "duplicate-mappings", 2),
    "Mappings": (agent('<Mappings id="Default"><object object="A"/></Mappings>'), "mappings-case", 2),
    "unknown zone": (mappings('<mappings id="x" zoneId="Z9"/>'), "unknown-zone", 2),
    "zone with blank": (agent('<zone id="Z" url="http://h/"/><mappings id="Default" zoneId="Z, Z"/>'), "blanks", 2),
    "source with blank": (agent('<mappings id="Default" sourceId="a ,b"/>'), "blanks", 2),
    "two objects": (mappings('<object object="A"/><object object="A"/>'), "duplicate-object", 2),
    "object outside": (agent('<object object="A"><field name="x">Y</field></object>'), "outside-mappings", 2),
    "value set outside": (agent('<valueset id="A"><value name="x">Y</value></valueset>'), "outside-mappings", 2),
    "field outside": (mappings('<field name="x">Y</field>'), "outside-object", 2),
    "unknown in object": (fields('<fld name="x">Y</fld>'), "unknown-in-object", 2),
    "field without name": (fields("<field>X</field>"), "field-name", 2),
    "field version": (fields('<field name="x" sifVersion=" 2.3">X</field>'), "field-sif-version", 2),
    "ifnull": (fields('<field name="x" ifnull="never">X</field>'), "field-ifnull", 2),
    "datatype": (fields('<field name="x" datatype="uint">X</field>'), "field-datatype", 2),
    "unknown value set": (fields('<field name="x" valueset="V">X</field>'), "unknown-valueset", 2),
    "empty rule": (fields('<field name="x"/>'), "rule-empty", 2),
    "bad path": (fields('<field name="x">A[@B=</field>'), "rule-path", 2),
    "comment in front": (fields('<field name="x"><!-- c -->X</field>'), "spoiled-text", 2),
    "comment inside": (fields('<field name="x">A<!-- c -->B</field>'), "spoiled-text", 2),
    "element in front": (fields('<field name="x"><b/>X</field>'), "spoiled-text", 2),
    "element inside": (fields('<field name="x">Lo<b>x</b>cal</field>'), "spoiled-text", 2),
    "element inside a value": (values('<value name="a">1<b/>2</value>'), "spoiled-text", 2),
    "CDATA": (fields('<field name="x"><![CDATA[A]]></field>'), "spoiled-text", 2),
    "entity": ("<!DOCTYPE agent [<!ENTITY e 'B'>]>" + fields('<field name="x">A&e;</field>'), "entity", 2),
    "in a list": (fields('<list xPath="L"><field name="x" valueset="V">X</field></list>'), "unknown-valueset", 2),
    "two value sets": (mappings('<valueset id="V"/><valueset id="V"/>'), "duplicate-valueset", 2),
    "two values": (values('<value name="a">1</value><value name="a">2</value>'), "duplicate-value", 2),
    "CDATA in a value": (values('<value name="a"><![CDATA[1]]></value>'), "spoiled-text", 2),
    "odd default": (values('<value name="a" default="yes">1</value>'), "value-default", 2),
    "two defaults": (
        values('<value name="a" default="true">1</value><value name="b" default="both">2</value>'),
        "duplicate-default",
        2,
    ),
    "unknown in value set": (values('<val name="a">1</val>'), "unknown-in-valueset", 2),
    "two mappings properties": (
        mappings('<property name="a" value="1"/><property name="a" value="2"/>'),
        "duplicate-property",
        2,
    ),
}

ERRORS = {
    "two fields": (fields('<field name="x">X</field>\n<field name="x">Y</field>'), "duplicate-field", 3),
    "field like a list": (fields('<list xPath="x"/>\n<field name="x">Y</field>'), "duplicate-field", 3),
    "direction": (fields('\n<field name="x" direction="both">X</field>'), "field-direction", 3),
    "direction in a list": (
        fields('<list>\n<anything name="x" direction="both">X</anything></list>'),
        "field-direction",
        3,
    ),
    "otherid": (fields('<field name="x">\n<otherid prefix="P"/></field>'), "otherid", 3),
    "object without name": (mappings("\n<object/>"), "object-name", 3),
    "value set without id": (mappings("\n<valueset/>"), "valueset-id", 3),
    "value without name": (values("\n<value>1</value>"), "value-name", 3),
    "mappings property without name": (mappings('\n<property value="1"/>'), "mappings-property-name", 3),
    "mappings property without value": (mappings('\n<property name="a"/>'), "mappings-property-value", 3),
    "mappings versions": (agent('\n<mappings id="Default" sifVersion="2.3, 2.4"/>'), "mappings-sif-version", 3),
    "version": (agent("", 'id="A" sifVersion="2.7"'), "agent-sif-version", 1),
    "zone without id": (agent('\n<zone url="http://h/"/>'), "zone-id", 3),
    "zone with blank URL": (agent('\n<zone id="Z" url=" "/>'), "zone-url", 3),
    "zone with malformed URL": (agent('\n<zone id="Z" url="localhost:7080/Z"/>'), "zone-url", 3),
    "transport without protocol": (agent('\n<transport enabled="true"/>'), "transport-protocol", 3),
    "unknown protocol": (agent('\n<transport protocol="smoke" enabled="true"/>'), "transport-protocol", 3),
    "transport property without name": (http('\n<property value="1"/>'), "transport-property-name", 3),
    "no XML": ("<agent>\n</zone>", "xml", 2),
    "a DTD elsewhere": ('\n<!DOCTYPE agent SYSTEM "agent.dtd"><agent id="A"/>'.lstrip(), "external", 1),
}


@pytest.mark.parametrize("case", WARNINGS)
def test_warning(case):
    xml, code, line = WARNINGS[case]
    assert found(xml) == [("warning", code, line)]


@pytest.mark.parametrize("case", ERRORS)
def test_error(case):
    xml, code, line = ERRORS[case]
    assert found(xml) == [("error", code, line)]


def test_every_problem_says_where_what_and_what_to_do():
    for xml, _code, _line in (*WARNINGS.values(), *ERRORS.values()):
        for problem in problems(xml.encode()):
            assert problem.location and problem.message and problem.remedy
            assert problem.as_dict()["code"] == problem.code


def test_all_errors_are_listed_in_the_order_of_the_agent():
    xml = agent(
        '<zone url="http://h/"/>\n<transport protocol="x"/>\n<mappings id="Default"><object/></mappings>',
        'id="A" sifVersion="3"',
    )
    assert [code for _severity, code, _line in found(xml)] == [
        "object-name",
        "agent-sif-version",
        "transport-protocol",
        "zone-id",
    ]


@pytest.mark.parametrize(
    "xml",
    [
        agent('<property name="adk.messaging.pullAckAck" value="true"/>'),
        fields('<field name="x">Local<b/></field>'),
        fields('<field name="x">\n<otherid type="06" prefix=""/>\n</field>'),
    ],
)
def test_no_warning(xml):
    assert found(xml) == []


def test_an_option_of_the_jvm_that_goes_before_the_agent():
    xml = agent('<property name="adk.messaging.mode" value="Pull"/>')
    assert found(xml, system_properties={"adk.messaging.mode": "Push"}) == [("warning", "overridden", 2)]
    assert found(xml, system_properties={"adk.messaging.mode": "Pull", "other": "x"}) == []


def test_no_secret_is_told():
    xml = agent(
        '<property name="adk.encryption.key.password" value="s3cret1"/><zone id="Z" url="ftp://u:s3cret2@h/"/>'
        '<zone id="Y" url="u:s3cret4@h"/><zone id="Y2" url="x://u:s3cret5@h"/>'
        '<transport protocol="http" enabled="true"><property name="password">s3cret3</property></transport>'
    )
    listed = problems(xml.encode(), {"adk.encryption.key.password": "s3cret6"})
    assert {"overridden", "url-scheme", "zone-url", "property-value"} <= {problem.code for problem in listed}
    told = " ".join(map(str, listed))
    for number in range(1, 7):
        assert f"s3cret{number}" not in told


def test_the_list_has_an_end():
    listed = problems(agent("<property/>" * 600 + '<zone url="x"/>' * 600).encode())
    assert [problem.severity for problem in listed].count("error") == 500
    assert [problem.code for problem in listed].count("property-name") == 500
    assert (listed[-1].code, listed[-1].message) == ("left-out", "200 more problems are not listed")


def test_places_in_a_deep_file_stay_short():
    deep = agent("<group>" * 100 + '<property name="adk.messaging.mode" value="Push"/>' + "</group>" * 100)
    (problem,) = problems(deep.encode())
    assert problem.location == "<property> 102 levels deep in line 2"


CORPUS = {
    "ChameleonAU": [],
    "MappingsUS": [],
    "MultiVersion": [],
    "PublishingAgent": [],
    "SIDRefDataAgent": [],
    "SASI2.0": ["read-by-nothing", "stray-text"],
    "TinySIS": ["stray-text", "read-by-nothing"],
}


@pytest.mark.parametrize("name", CORPUS)
def test_no_false_alarm_on_real_configurations(conformance, name):
    assert [problem.code for problem in problems((conformance / "corpus" / f"{name}.cfg").read_bytes())] == CORPUS[name]


HTTP_ZONE, HTTPS_ZONE = '<zone id="P" {} url="http://h/P">{}</zone>', '<zone id="S" {} url="https://h/S">{}</zone>'
ON_HTTP = '<property name="adk.messaging.transport" value="http"/>'
ON_HTTPS = ON_HTTP.replace('"http"', '"https"')


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (ON_HTTP + HTTP_ZONE.format("", "") + HTTPS_ZONE.format("", ""), True),
        (ON_HTTP + HTTP_ZONE.format("", "") + HTTPS_ZONE.format("", ON_HTTPS), False),
        (ON_HTTPS + HTTP_ZONE.format("", ON_HTTP) + HTTPS_ZONE.format("", ""), False),
        (f'<template id="D">{ON_HTTP}</template>' + HTTP_ZONE.format('template="D"', "") + HTTPS_ZONE.format('template="D"', ""), True),
        (f'<template id="D">{ON_HTTPS}</template>' + HTTP_ZONE.format("", "") + HTTPS_ZONE.format('template="D"', ""), False),
    ],
    ids=["agent", "own", "other-own", "template", "template-and-agent"],
)
def test_zones_that_need_different_transports_but_share_the_choice(body, expected):
    shared = [problem for problem in problems(agent(body).encode()) if problem.code == "transport-shared"]
    assert bool(shared) is expected
    assert all("zone 'P'" in problem.message and "zone 'S'" in problem.message for problem in shared)
