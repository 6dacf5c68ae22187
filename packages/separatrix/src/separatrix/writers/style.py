"""The style sheet of HTML reports: light and dark, screen and paper, wide and narrow."""

from __future__ import annotations

from separatrix.document.labels import LABELS

__all__ = ["STYLE"]

_BASE = """\
:root {
  --page: #fdfdfb; --ink: #1d2024; --muted: #5c6268; --line: #d8dadd; --panel: #f1f4f2; --accent: #0b6e4f;
  --warn: #8a5200; --warn-page: #fff6e5;
LIGHT}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15181b; --ink: #e8e8e4; --muted: #a3a9af; --line: #3a4046; --panel: #1e2427; --accent: #35c796;
    --warn: #f0ad4e; --warn-page: #2b2416;
DARK  }
}
* { box-sizing: border-box; }
html { font-size: 106%; }
body {
  margin: 0; background: var(--page); color: var(--ink); line-height: 1.55;
  font-family: "Helvetica Neue", Arial, "Noto Sans", "Liberation Sans", "DejaVu Sans", "PingFang SC",
    "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif;
}
:lang(zh) body { line-height: 1.75; }
:lang(zh) :is(p, li) > math:not(wbr + math) { margin-left: .12em; }
:lang(zh) :is(p, li) > math:not(:has(+ wbr)) { margin-right: .12em; }
:lang(zh) thead th { word-break: keep-all; }
:lang(zh) :is(em, i, .word) { font-style: normal; }
main { max-width: 64rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; overflow-wrap: break-word; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .4rem; }
h2 { font-size: 1.25rem; margin: 2.4rem 0 .6rem; padding-top: .6rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.02rem; margin: 1.4rem 0 .4rem; }
p, ul, ol { margin: .5rem 0 .8rem; max-width: 46rem; }
ul { padding-left: 1.3rem; }
ol { padding-left: 1.8rem; }
.source, .muted, figcaption, .caption { color: var(--muted); }
.source { margin-top: 0; font-size: .93rem; }
.contents { font-size: .93rem; columns: 16rem 2; margin: 1.2em 0; }
.contents strong { column-span: all; }
.contents ul { list-style: none; margin: .4em 0 0; padding: 0; }
.contents .below { margin-left: 1.2em; }
.answer {
  margin: 1.2rem 0; padding: .8rem 1rem; border-left: 4px solid var(--accent); background: var(--panel);
  font-size: 1.08rem;
}
.note { padding: .6rem 1rem; border-left: 4px solid var(--warn); background: var(--warn-page); }
.note strong { margin-right: .5em; }
code, pre {
  font-family: ui-monospace, Consolas, Menlo, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace;
}
code { font-size: .9em; }
pre {
  margin: .5rem 0 1rem; padding: .7rem 1rem; background: var(--panel); border-radius: 6px;
  font-size: .86rem; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere;
}
.scroll { overflow-x: auto; margin: .6rem 0 1rem; }
table { border-collapse: collapse; font-size: .95rem; }
.caption { margin: 1.2rem 0 0; font-size: .93rem; }
.name { color: var(--ink); font-weight: 600; }
th, td { padding: .38rem .9rem .38rem 0; text-align: left; vertical-align: baseline; }
thead th { color: var(--muted); font-weight: 600; font-size: .86rem; border-bottom: 2px solid var(--line); }
thead td { border-bottom: 2px solid var(--line); }
tbody tr { border-bottom: 1px solid var(--line); }
tbody th { font-weight: inherit; }
tbody tr:has(> .wide) > th { min-width: 5em; }
.wide:is(td, th) { min-width: 14rem; }
.who:is(td, th) { min-width: 11rem; }
.right:is(td, th) { text-align: right; font-variant-numeric: tabular-nums; }
.whole:is(td, th) { white-space: nowrap; }
.center { text-align: center; }
math { font-size: 1.08em; }
math .word { font-style: italic; }
.equations {
  display: grid; grid-template-columns: max-content max-content 1fr; column-gap: .4rem; row-gap: .55rem;
  margin: .8rem 0 1rem; align-items: baseline;
}
.equations.numbered { grid-template-columns: max-content max-content 1fr max-content; }
.equations .left { text-align: right; }
.equations .number { color: var(--muted); padding-left: .8rem; font-variant-numeric: tabular-nums; }
.equations .right { line-height: 1.9; min-width: 0; overflow-x: auto; }
.badge { white-space: nowrap; font-weight: 600; }
details { margin: .8rem 0; border: 1px solid var(--line); border-radius: 6px; padding: .5rem .9rem; }
summary { cursor: pointer; font-weight: 600; }
summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
figure { margin: .8rem 0; }
figure svg {
  display: block; max-width: 100%; min-width: 32rem; height: auto; background: #fff; border-radius: 6px;
}
figcaption { font-size: .93rem; max-width: 46rem; margin-top: .4rem; }
a.sourced { color: inherit; text-decoration: underline dotted var(--accent); text-underline-offset: .18em; }
sup { line-height: 0; font-size: .72em; }
.notes { font-size: .82rem; color: var(--muted); max-width: none; columns: 26rem 2; column-gap: 2rem; }
.notes li { margin: 0 0 .25em; break-inside: avoid; }
.notes li:target { background: var(--panel); color: var(--ink); }
.below { font-size: .82rem; color: var(--muted); }
.sheet main { max-width: 52rem; }
.sheet :is(p, ul, ol) { max-width: none; }
.sheet main > ol:not(.notes) > li { margin: .55em 0; }
@media (max-width: 34rem) {
  main { padding: 1.2rem .9rem 3rem; }
  h1 { font-size: 1.4rem; }
  .equations { grid-template-columns: max-content 1fr; }
  .equations .left { text-align: left; }
  .equations .right { grid-column: 1 / -1; padding-left: 1.2rem; }
  .equations.numbered { grid-template-columns: max-content 1fr max-content; }
  .equations.numbered .number { grid-column: 3; text-align: right; }
  .equations.numbered .right { grid-column: 1 / 3; }
}
@media print {
  :root { --page: #fff; --panel: #f4f6f5; }
  @page { margin: 18mm 16mm; }
  html { font-size: 10pt; }
  :lang(zh) body {
    font-family: "Times New Roman", "Liberation Serif", "Songti SC", SimSun, "Noto Serif CJK SC",
      "Noto Serif SC", "Source Han Serif SC", serif;
  }
  main { max-width: none; padding: 0; }
  p, ul, ol, figcaption { max-width: none; }
  .scroll, .equations .right { overflow: visible; }
  table { width: auto; max-width: 100%; }
  thead { display: table-header-group; }
  th, td { padding: .22rem .6rem .22rem 0; }
  .wide:is(td, th) { min-width: 0; }
  .who:is(td, th) { min-width: 9rem; }
  mtable { font-size: .82em; }
  h2, h3, summary, .caption { break-after: avoid; }
  figure, tr, pre, .answer, .note, .equations > div { break-inside: avoid; }
  figure svg { min-width: 0; max-width: 15cm; max-height: 20cm; margin: 0 auto; }
  details { border: 0; padding: 0; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  summary { list-style: none; }
  summary::-webkit-details-marker { display: none; }
  :root:has(.sheet) { font-size: var(--points); }
  body.sheet { font-size: var(--points); line-height: 1.3; }
  :lang(zh) body.sheet { line-height: 1.45; }
  .sheet h1 { font-size: 1.5em; margin: 0; }
  .sheet .answer { margin: .6em 0; padding: .5em .8em; font-size: 1.1em; }
  .sheet .note { margin: .5em 0; padding: .35em .8em; }
  .sheet main > ol:not(.notes) > li { margin: .38em 0; }
  .sheet .notes { font-size: .78em; columns: 2; border-top: 1px solid var(--line); padding-top: .5em; }
  .sheet .below { font-size: .78em; margin: .3em 0 0; }
  a.sourced { text-decoration: none; }
}
@page { size: A4; }
"""

_LIGHT = "".join(f"  --{n.replace(' ', '-')}: {look.light};\n" for n, look in LABELS.items())
_DARK = "".join(f"    --{n.replace(' ', '-')}: {look.dark};\n" for n, look in LABELS.items())
_BADGES = "".join(
    f".badge.{n.replace(' ', '-')} {{ color: var(--{n.replace(' ', '-')}); }}\n" for n in LABELS
)

STYLE = _BASE.replace("LIGHT", _LIGHT).replace("DARK", _DARK) + _BADGES
