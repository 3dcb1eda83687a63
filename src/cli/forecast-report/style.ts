/** The style of a report: dark, light, printable; series differ by shape, only then by colour. */
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --paper: #ffffff; --panel: #f6f8fa;
  --good: #1a5e2a; --bad: #8a2c0d;
  --s0: #0072b2; --s1: #b85c00; --s2: #00785a; --s3: #8f3f71; --s4: #5b5b00; --s5: #4b4bb8;
  --s6: #6a6a6a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6edf3; --soft: #9aa5b1; --line: #3d444d; --paper: #0d1117; --panel: #161b22;
    --good: #7ee2a8; --bad: #ffb59a;
    --s0: #56b4e9; --s1: #f0a030; --s2: #3fd0a4; --s3: #e59ac4; --s4: #d9d24a; --s5: #aab0ff;
    --s6: #b8b8b8;
  }
}
body {
  margin: 0 auto; max-width: 1160px; padding: 24px;
  background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif;
}
h1 { font-size: 1.5rem; margin: 0 0 .2em; }
h2 { font-size: 1.15rem; margin: 2em 0 .4em; }
p { max-width: 75ch; }
.soft { color: var(--soft); }
.sentence {
  font-size: 1.2rem; border-left: 6px solid var(--soft); padding: .4em .8em;
  background: var(--panel);
}
.sentence.proven { border-color: var(--good); }
.sentence.unproven { border-color: var(--bad); }
.status { font-weight: 700; text-transform: uppercase; letter-spacing: .05em; }
.proven .status { color: var(--good); }
.unproven .status { color: var(--bad); }
.scroll { overflow-x: auto; }
table {
  border-collapse: collapse; margin: .6em 0 1em; font-size: .86rem;
  font-variant-numeric: tabular-nums;
}
caption { text-align: left; font-weight: 600; padding: .3em 0; white-space: nowrap; }
th, td {
  border-bottom: 1px solid var(--line); padding: .25em .7em; text-align: right;
  white-space: nowrap;
}
thead th { vertical-align: bottom; border-bottom: 2px solid var(--soft); white-space: normal; }
th:first-child { text-align: left; }
tbody th { font-weight: 500; }
svg { max-width: 100%; height: auto; }
svg text { fill: var(--ink); font: 11px system-ui, sans-serif; }
.row { display: flex; flex-wrap: wrap; gap: 8px; }
.row svg { width: 290px; }
.axis { stroke: var(--soft); }
.grid { stroke: var(--line); }
.zero { stroke: var(--soft); stroke-dasharray: 5 4; }
.bar { stroke: currentColor; stroke-width: 1.6; }
.curve { fill: none; stroke: var(--s0); stroke-width: 1.6; }
.legend { margin: .4em 0; }
.key {
  display: inline-flex; align-items: center; gap: .35em; margin-right: 1.1em; font-size: .86rem;
}
.key svg { width: 14px; height: 14px; }
.s0 { color: var(--s0); fill: var(--s0); }
.s1 { color: var(--s1); fill: var(--s1); }
.s2 { color: var(--s2); fill: var(--s2); }
.s3 { color: var(--s3); fill: var(--s3); }
.s4 { color: var(--s4); fill: var(--s4); }
.s5 { color: var(--s5); fill: var(--s5); }
.s6 { color: var(--s6); fill: var(--s6); }
@media print {
  body { max-width: none; padding: 0; font-size: 11px; }
  h2 { break-after: avoid; }
  svg, tr { break-inside: avoid; }
  .scroll { overflow: visible; }
  table { font-size: 8px; }
  th, td { white-space: normal; padding: .15em .35em; }
}
`;
