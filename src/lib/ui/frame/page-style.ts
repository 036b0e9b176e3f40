/** How a page looks: light, dark and on paper. */
export const PAGE_STYLE = `
:root { --text: #1c2430; --soft: #5b6675; --back: #f6f7f9; --card: #ffffff; --line: #dfe3e8; --good: #1f8a4c; --bad: #c8322b; --plain: #2f6fde; --muted: #a9b4c2; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6eaf0; --soft: #98a3b3; --back: #12161c; --card: #1b2129; --line: #303844; --good: #4cc27d; --bad: #ff6b61; --plain: #6ea2ff; --muted: #56616f; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .75rem; }
h2 { font-size: 1.05rem; margin: 0 0 .5rem; }
.when, figcaption span { color: var(--soft); font-weight: normal; }
section, figure { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem 1.25rem; margin: 0 0 1rem; }
section.charts { background: none; border: 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1rem; }
figure { margin: 0; min-width: 0; }
figure div { position: relative; }
figcaption { font-weight: 600; margin-bottom: .5rem; }
.verdict { border-left: 6px solid var(--good); }
.verdict.bad { border-left-color: var(--bad); }
.verdict.muted { border-left-color: var(--muted); }
.verdict ul { list-style: none; margin: 0; padding: 0; font-size: 1.1rem; }
.verdict li.bad { color: var(--bad); font-weight: 600; }
.verdict li.good { color: var(--good); }
.verdict li.muted { color: var(--soft); }
pre { background: var(--back); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; margin: .75rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; }
th.number, td.number { text-align: right; }
.asked { color: var(--soft); margin: 0 0 1rem; }
@page { margin: 12mm; }
@media print {
  :root { color-scheme: light; }
  body { background: none; font-size: 12px; }
  main { max-width: none; padding: 0; }
  section.charts { display: block; }
  figure { margin: 0 0 1rem; }
  canvas { max-width: 100%; }
  .wide { overflow: visible; }
  figure, .verdict, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
}
`;
