# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The look of the pages: one column, values that can be selected with one click, no colour that carries meaning alone."""

from __future__ import annotations

STYLE = """\
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1b1f24; --quiet: #535b66; --line: #d5dae1;
  --value: #f1f4f8; --link: #0a58ca; --caution: #fff4d6; --edge: #9a6700;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181d; --ink: #e6eaf0; --quiet: #a6b0bd; --line: #353d47;
    --value: #222931; --link: #7cb2ff; --caution: #332a12; --edge: #e0b34a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", sans-serif;
}
main { max-width: 58rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .35rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; padding-top: .9rem; border-top: 1px solid var(--line); break-after: avoid; }
p, ul, ol, table { margin: .6rem 0; }
.reader { margin: 0 0 1.4rem; color: var(--quiet); }
.caution { background: var(--caution); border-left: .3rem solid var(--edge); padding: .6rem .9rem; break-inside: avoid; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .45rem .7rem .45rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--quiet); font-size: .85rem; font-weight: 600; }
tbody th { font-weight: 600; width: 22%; }
tbody tr:last-child > * { border-bottom: 0; }
td:nth-child(2):not(:last-child) { width: 44%; }
tr, li { break-inside: avoid; }
p:has(+ ul), p:has(+ ol), p:has(+ table) { break-after: avoid; }
ul, ol { padding-left: 1.4rem; }
li { margin: .25rem 0; }
.checks { list-style: none; padding-left: 0; }
.checks label { display: flex; gap: .65rem; align-items: flex-start; cursor: pointer; padding: .15rem 0; }
.checks input { flex: none; width: 1.1rem; height: 1.1rem; margin: .22rem 0 0; accent-color: var(--link); }
code {
  font: .9em ui-monospace, "Cascadia Mono", Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace;
  background: var(--value); border-radius: .25rem; padding: .1em .35em;
  overflow-wrap: anywhere; white-space: pre-wrap; user-select: all; box-decoration-break: clone; -webkit-box-decoration-break: clone;
}
a { color: var(--link); overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.pairs thead { position: absolute; clip-path: inset(50%); height: 1px; overflow: hidden; }
@media (max-width: 34rem) {
  thead { position: absolute; clip-path: inset(50%); height: 1px; overflow: hidden; }
  tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  tbody th, td, td:nth-child(2):not(:last-child) { display: block; width: auto; padding: .1rem 0; border: 0; }
}
@media print {
  @page { margin: 18mm 16mm; }
  :root {
    color-scheme: light;
    --paper: #fff; --ink: #000; --quiet: #333; --line: #999; --value: transparent; --link: #000; --caution: transparent; --edge: #000;
  }
  body { font-size: 10pt; line-height: 1.45; }
  h2 { margin-top: 1.3rem; padding-top: .6rem; }
  th, td { padding-top: .25rem; padding-bottom: .25rem; }
  main { max-width: none; padding: 0; }
  code { padding: 0; font-weight: 600; }
  .checks input { appearance: none; -webkit-appearance: none; border: 1.5px solid #000; border-radius: 2px; }
  .checks input:checked { background: #000; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
