# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is around a message: XML that must not be trusted, versions, namespaces, encodings, zones."""

from __future__ import annotations

import pytest

from zis_peer import Ack


class TestEnvelope:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"hello",
            b"<SIF_Message>",
            b"<a/>",
            b"<SIF_Message xmlns='http://www.sifinfo.org/infrastructure/2.x' Version='2.3'/>",
            b"<?xml version='1.0' encoding='no-such'?><SIF_Message/>",
            b"\xff\xfe<",
            b"<SIF_Message>\xff</SIF_Message>",
            b"<SIF_Message><a/><b/></SIF_Message>",
            b"<a/><b/>",
            b"\x00" * 100,
            b"<a>" * 100000,
        ],
    )
    def test_not_well_formed_is_1_2_with_http_200(self, lab, body):
        status, _headers, answer = lab.peer().post(body)
        ack = Ack(answer)
        assert (status, ack.error) == (200, (1, 2))
        assert not ack.original_id

    @pytest.mark.parametrize(
        "doctype",
        [
            '<!DOCTYPE SIF_Message [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE SIF_Message SYSTEM "http://127.0.0.1:1/x.dtd">',
            '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        ],
    )
    def test_doctype_is_refused_unread(self, lab, doctype):
        peer = lab.peer()
        refused = peer.send(
            doctype + peer.message(f"<SIF_Register>{peer.header()}<SIF_Name>&x;&c;</SIF_Name></SIF_Register>")
        )
        assert refused.error == (1, 2) and "DOCTYPE" in refused.extended
        assert "root:" not in refused.text and lab.kimono().agents() == []

    def test_undefined_entity(self, lab):
        peer = lab.peer()
        assert peer.send(
            peer.message(f"<SIF_Register>{peer.header()}<SIF_Name>&x;</SIF_Name></SIF_Register>")
        ).error == (1, 2)

    @pytest.mark.parametrize("version", ["", "1.5r1", "2.*", "3.0", "2.7"])
    def test_message_version(self, lab, version):
        peer = lab.peer()
        assert peer.send(
            f'<SIF_Message xmlns="{peer.namespace}" Version="{version}"><SIF_Register>{peer.header()}</SIF_Register>'
            "</SIF_Message>"
        ).error == (12, 3)

    def test_namespace(self, lab):
        peer = lab.peer()
        peer.namespace = "http://www.sifinfo.org/au/infrastructure/2.x"
        accepted = peer.register()
        assert accepted.code == 0 and peer.namespace in accepted.text
        peer.namespace = "http://www.sifinfo.org/infrastructure/1.x"
        assert peer.register().error == (12, 3)
        peer.namespace = ""
        assert peer.register().error == (12, 3)

    def test_prefixes_comments_and_encodings(self, lab):
        text = (
            '<?xml version="1.0" encoding="{0}"?><!-- hello -->'
            '<s:SIF_Message xmlns:s="http://www.sifinfo.org/infrastructure/2.x" Version="2.3"><s:SIF_Register>'
            "<s:SIF_Header><s:SIF_MsgId>1</s:SIF_MsgId><s:SIF_SourceId>Zoë-{0}</s:SIF_SourceId>"
            "</s:SIF_Header><s:SIF_Name>N</s:SIF_Name><s:SIF_Version>2.3</s:SIF_Version><s:SIF_MaxBufferSize>9999"
            "</s:SIF_MaxBufferSize><s:SIF_Mode>Pull</s:SIF_Mode></s:SIF_Register></s:SIF_Message>\n<!-- bye -->"
        )
        for encoding in ("utf-8", "ISO-8859-1", "utf-16"):
            _status, _headers, answer = lab.peer().post(text.format(encoding).encode(encoding))
            assert Ack(answer).code == 0
        assert [a["source_id"] for a in lab.kimono().agents()] == ["Zoë-utf-8", "Zoë-ISO-8859-1", "Zoë-utf-16"]

    @pytest.mark.parametrize(
        "header",
        [
            "",
            "<SIF_Header/>",
            "<SIF_Header><SIF_MsgId>1</SIF_MsgId></SIF_Header>",
            "<SIF_Header><SIF_SourceId>A</SIF_SourceId></SIF_Header>",
        ],
    )
    def test_header_is_required(self, lab, header):
        peer = lab.peer()
        assert peer.send(peer.message(f"<SIF_Register>{header}</SIF_Register>")).error == (1, 6)

    def test_unknown_zone(self, lab):
        refused = lab.peer(zone="Nowhere").register()
        assert refused.error == (12, 1) and "Nowhere" in refused.extended

    def test_secure_zone_over_http(self, lab):
        lab.kimono().configure(require_secure=True)
        assert lab.peer().register().error == (5, 7)

    def test_a_defect_of_the_zis_is_answered_and_shown(self, lab, monkeypatch, capsys):
        peer = lab.peer().joined()
        monkeypatch.setattr(lab.zis.router, "zone_status", lambda zone: 1 / 0)
        assert peer.system("SIF_GetZoneStatus").error == (11, 1)
        assert "ZeroDivisionError" in capsys.readouterr().err
        assert peer.system("SIF_Ping").code == 1
