/** How the report looks: on a phone and a screen, by day and by night, and on A4. */

export const PAGE_STYLES = `
:root { color-scheme: light dark; --page: #f3f5f7; --sheet: #ffffff; --ink: #1b2127; --soft: #56616d; --line: #d9dfe5;
  --a: #0f7a66; --b: #8cc7b9; --c: #d5dbe1; --d: #b4472e; --e: #eceff2; --f: #e0b04c; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14181d; --sheet: #1d232a; --ink: #eef1f4; --soft: #a9b4bf; --line: #353f4a;
    --a: #47b49b; --b: #2a6558; --c: #46515d; --d: #e07a5f; --e: #2a323b; --f: #a1812f; }
}
* { box-sizing: border-box; margin: 0; }
body { background: var(--page); color: var(--ink); font: 15px/1.5 'Segoe UI', 'Helvetica Neue', Arial, sans-serif;
  font-variant-numeric: tabular-nums; padding: 32px 20px; }
header, main, footer { max-width: 1120px; margin: 0 auto; }
header { border-top: 4px solid var(--a); padding: 20px 0 24px; }
h1 { font-size: 32px; line-height: 1.2; letter-spacing: -0.01em; margin: 2px 0 6px; }
h2 { font-size: 19px; line-height: 1.3; margin: 0 0 14px; }
h3 { font-size: 15px; margin: 0 0 8px; }
h1, h3, th:first-child, figcaption, .value { overflow-wrap: anywhere; }
thead th:first-child { overflow-wrap: normal; }
.over { color: var(--a); font-weight: 600; }
.soft, footer p { color: var(--soft); }
section { background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; padding: 22px 24px 24px; margin: 0 0 20px; }
section:first-child { background: none; border: 0; padding: 0; }
section > table + h3 { margin-top: 24px; }
ul, ol { list-style: none; padding: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); gap: 16px; }
.tiles li { background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; }
.tiles .label { color: var(--soft); font-weight: 600; }
.tiles .value { font-size: 27px; line-height: 1.3; font-weight: 650; letter-spacing: -0.01em; }
.tiles .soft { font-size: 13px; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 7px 0 7px 14px; text-align: right; border-bottom: 1px solid var(--line); vertical-align: baseline; }
th:first-child { padding-left: 0; text-align: left; font-weight: 600; }
thead th { color: var(--soft); font-size: 13px; font-weight: 600; }
td { white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; }
.total > * { font-weight: 650; border-top: 2px solid var(--line); }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 20px 36px; }
figure { margin: 0 0 14px; }
figure:last-child { margin-bottom: 0; }
svg { display: block; }
.bar { width: 100%; height: 10px; border-radius: 3px; margin-top: 4px; }
.columns + table { margin-top: 24px; }
table + .soft, .columns + .soft { margin-top: 10px; }
.columns figure { margin: 0; }
.columns figcaption { font-weight: 600; margin-bottom: 8px; }
figure > svg:not(.bar) { width: 100%; height: auto; overflow: visible; }
svg text { font-size: 10px; fill: var(--ink); text-anchor: middle; }
svg text.soft { fill: var(--soft); }
.line { stroke: var(--line); }
.a { fill: var(--a); } .b { fill: var(--b); } .c { fill: var(--c); } .d { fill: var(--d); } .e { fill: var(--e); } .f { fill: var(--f); }
.key { display: flex; flex-wrap: wrap; gap: 4px 18px; color: var(--soft); font-size: 13px; margin: 0 0 10px; }
.columns .key { margin: 8px 0 0; }
.key li { display: flex; align-items: center; gap: 6px; }
.key svg { width: 11px; height: 11px; }
ol li { margin-bottom: 9px; }
.reason { display: flex; justify-content: space-between; gap: 12px; }
.reason span { font-weight: 600; }
ol .bar { height: 5px; }
code { font: 13px/1.5 Consolas, Menlo, 'Liberation Mono', monospace; overflow-wrap: anywhere; }
footer { padding: 4px 0 0; font-size: 13px; }
@media screen and (max-width: 760px) {
  body { padding: 0 14px 24px; }
  h1 { font-size: 26px; }
  section { padding: 18px 16px; }
  .tiles { grid-template-columns: 1fr 1fr; gap: 10px; }
  .tiles li { padding: 12px; }
  .tiles .value { font-size: 18px; }
  thead { display: none; }
  tbody, th { display: block; }
  tr { display: flex; flex-wrap: wrap; gap: 6px 14px; border-bottom: 1px solid var(--line); padding: 12px 0; }
  tr:last-child { border-bottom: 0; }
  th, td { border: 0; padding: 0; text-align: left; }
  th { flex: 1 0 100%; }
  td { flex: 0 0 calc((100% - 28px) / 3); min-width: max-content; font-size: 14px; }
  td::before { content: attr(data-label); display: block; color: var(--soft); font-size: 12px; line-height: 1.3; font-weight: 400; }
  td.blank { display: none; }
  .total > * { border-top: 0; }
}
@media print {
  @page { size: A4; margin: 14mm; }
  :root { color-scheme: light; --page: #ffffff; --sheet: #ffffff; --ink: #1b2127; --soft: #56616d; --line: #c9d0d7;
    --a: #0f7a66; --b: #8cc7b9; --c: #d5dbe1; --d: #b4472e; --e: #eceff2; --f: #e0b04c; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { padding: 0; font-size: 10.5px; }
  h1 { font-size: 22px; } h2 { font-size: 14px; margin-bottom: 8px; } h3 { font-size: 11px; }
  header { padding: 10px 0 12px; }
  section { padding: 0; margin: 0 0 18px; border: 0; }
  .tiles { grid-template-columns: repeat(4, 1fr); gap: 8px; }
  .tiles li { padding: 8px 10px; }
  .tiles .value { font-size: 16px; } .tiles .soft, thead th, .key, code { font-size: 9px; }
  th, td { padding-top: 4px; padding-bottom: 4px; padding-left: 8px; }
  .columns { grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 12px 24px; }
  tr, figure, .columns > div, .tiles { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
`;
