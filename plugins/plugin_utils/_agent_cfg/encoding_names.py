# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of encodings that the agent's parser (the JDK's Xerces) knows, and the Python codec that reads the same characters.

Source: its own table of names, the aliases of the JDK's character sets, and every byte and pair of bytes decoded by both.
Left out are encodings without the characters of ASCII at their places, and those that the two read differently.
"""

from __future__ import annotations

_DOS = (437, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 865, 866, 869)
_ISO = (1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 15)

_SINGLE_BYTE = {
    "ascii": "ASCII ASCII7 US US-ASCII ANSI_X3.4-1968 ANSI_X3.4-1986 ISO646-US ISO-IR-6 CP367 IBM367 IBM-367 CSASCII",
    **{f"iso8859_{part}": f"ISO-8859-{part} ISO_8859-{part} ISO8859-{part} ISO8859_{part}" for part in _ISO},
    "iso8859_16": "ISO-8859-16 ISO_8859-16 ISO8859_16 LATIN10 L10",
    **{f"cp{page}": f"CP{page} IBM{page} IBM-{page}" for page in _DOS},
    **{f"cp{page}": f"WINDOWS-{page} CP{page}" for page in range(1250, 1259)},
    "cp874": "WINDOWS-874 X-WINDOWS-874 MS874 MS-874",
    "koi8_r": "KOI8-R KOI8_R KOI8 CSKOI8R",
    "koi8_u": "KOI8-U KOI8_U",
    "mac_roman": "MACROMAN X-MACROMAN",
}
_MORE = {
    "iso8859_1": "LATIN1 L1 ISO_8859_1 ISO-IR-100 CP819 IBM819 IBM-819 CSISOLATIN1",
    "iso8859_2": "LATIN2 L2 ISO-IR-101 CP912 IBM912 IBM-912 CSISOLATIN2",
    "iso8859_3": "LATIN3 L3 ISO-IR-109 CP913 IBM913 IBM-913 CSISOLATIN3",
    "iso8859_4": "LATIN4 L4 ISO-IR-110 CP914 IBM914 IBM-914 CSISOLATIN4",
    "iso8859_5": "CYRILLIC ISO-IR-144 CP915 IBM915 IBM-915 CSISOLATINCYRILLIC",
    "iso8859_6": "ARABIC ASMO-708 ECMA-114 ISO-IR-127 CP1089 IBM1089 IBM-1089 CSISOLATINARABIC",
    "iso8859_7": "GREEK GREEK8 ELOT_928 ECMA-118 ISO-IR-126 CP813 IBM813 IBM-813 CSISOLATINGREEK",
    "iso8859_8": "HEBREW ISO-8859-8-I ISO-IR-138 CP916 IBM916 IBM-916 CSISOLATINHEBREW",
    "iso8859_9": "LATIN5 L5 ISO-IR-148 CP920 IBM920 IBM-920 CSISOLATIN5",
    "iso8859_15": "LATIN9 LATIN-9 L9 LATIN0 ISO8859_15_FDIS CP923 IBM923 IBM-923 CSISO885915 CSISOLATIN9 CSISOLATIN0",
    "cp437": "CSPC8CODEPAGE437 WINDOWS-437",
    "cp775": "CSPC775BALTIC",
    "cp850": "CSPC850MULTILINGUAL",
    "cp852": "CSPCP852",
    "cp858": "IBM00858 CP00858 CCSID00858",
    "cp862": "CSPC862LATINHEBREW",
    "cp1251": "ANSI-1251",
    "cp1252": "IBM1252 IBM-1252",
}
_MULTI_BYTE = {
    "gbk": "GBK CP936 MS936 WINDOWS-936",
    "gb2312": "GB2312 GB2312-80 GB2312-1980 EUC-CN EUC_CN EUCCN X-EUC-CN CSGB2312",
    "big5": "BIG5 CSBIG5",
    "shift_jis": "SHIFT_JIS SHIFT-JIS SJIS X-SJIS MS_KANJI CSSHIFTJIS",
    "euc_jp": "EUC-JP EUC_JP EUCJP EUCJIS X-EUC-JP X-EUCJP CSEUCPKDFMTJAPANESE EXTENDED_UNIX_CODE_PACKED_FORMAT_FOR_JAPANESE",
    "euc_kr": (
        "EUC-KR EUC_KR EUCKR CSEUCKR KSC5601 KSC_5601 KSC5601-1987 KSC5601_1987 KS_C_5601-1987 KS_C_5601-1989"
        " CSKSC56011987 KOREAN ISO-IR-149"
    ),
}
# What Python and the JDK read as different characters.
_DIFFERENT = {
    "gbk": b"\xa8\x92",
    "big5": b"\xa1\x5a\xa1\xc3\xa1\xc5\xa1\xfe\xa2\x40",
    "shift_jis": b"\x81\x5c",
    "euc_jp": b"\xa1\xbd",
}

CODECS = {
    name: codec for table in (_SINGLE_BYTE, _MORE, _MULTI_BYTE) for codec, names in table.items() for name in names.split()
}
MULTI_BYTE = frozenset(_MULTI_BYTE)
READ_OTHERWISE = {codec: frozenset(data.decode(codec)) for codec, data in _DIFFERENT.items()}
