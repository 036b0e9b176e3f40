import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { jsonText } from '../json-text.js';
import { sanitizeLine } from './sanitize.js';

/** By this a file is known as a report of kuafu. */
export const PAGE_MARK = '<meta name="generator" content="kuafu report">';

/** Bars side by side for each label. A line, where there is one, is what the bars are held against. */
export interface BarChart {
  readonly title: string;
  /** What is counted, such as `hosts` or `% of CPUs`. */
  readonly unit: string;
  readonly labels: readonly string[];
  readonly series: readonly BarSeries[];
  readonly limit?: { readonly name: string; readonly value: number };
}

export interface BarSeries {
  readonly name: string;
  readonly tone: Tone | readonly Tone[];
  readonly values: readonly (number | null)[];
}

export type Tone = 'good' | 'bad' | 'plain' | 'muted';

export interface PageTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Page {
  readonly title: string;
  /** What was asked, such as a load and a target, in a sentence: without it an answer tells nothing. */
  readonly asked: string;
  /** Said first, the findings before the rest. */
  readonly verdicts: readonly { readonly text: string; readonly bad: boolean }[];
  readonly commands: readonly string[];
  readonly charts: readonly BarChart[];
  readonly tables: readonly PageTable[];
  readonly notes: readonly string[];
  /** ISO 8601, UTC. */
  readonly at: string;
}

/**
 * One file that needs nothing else: style, chart library and data stand in it, and its policy lets a browser load
 * nothing. Texts may come from hosts; they are made harmless here.
 */
export async function renderPage(page: Page): Promise<string> {
  const library = await readFile(libraryFile(), 'utf8');
  const data = jsonText(page.charts.map(harmlessChart)).replaceAll('<', '\\u003c');
  const scripts = [library.replaceAll('</script', '<\\/script'), `const charts = ${data};${DRAW}`];
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src ${hashes.join(' ')}; img-src data:`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
${PAGE_MARK}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${html(page.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${bodyOf(page)}
</main>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}
</body>
</html>
`;
}

function bodyOf({ title, asked, verdicts, commands, charts, tables, notes, at }: Page): string {
  const isGood = verdicts.every(({ bad }) => !bad);
  return [
    `<header><h1>${html(title)}</h1><p class="when">${html(at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'))}</p></header>`,
    `<p class="asked">${html(asked)}</p>`,
    `<section class="verdict ${isGood ? 'good' : 'bad'}"><ul>`,
    ...[...verdicts]
      .sort((a, b) => Number(b.bad) - Number(a.bad))
      .map(({ text, bad }) => `<li class="${bad ? 'bad' : 'good'}">${html(text)}</li>`),
    '</ul>',
    ...(commands.length === 0 ? [] : [`<pre>${commands.map(html).join('\n')}</pre>`]),
    '</section>',
    '<section class="charts">',
    ...charts.map(chartFigure),
    '</section>',
    ...tables.map(tableSection),
    ...(notes.length === 0
      ? []
      : [`<section><h2>Notes</h2>${notes.map((note) => `<p>${html(note)}</p>`).join('')}</section>`]),
  ].join('\n');
}

function chartFigure({ title, unit, labels, series }: BarChart, index: number): string {
  const heightPx = 90 + labels.length * (18 * series.length + 14);
  const summary = `${title}, ${unit}: ${labels.length} rows; the numbers stand in the table below`;
  return `<figure><figcaption>${html(title)} <span>${html(unit)}</span></figcaption><div style="height:${heightPx}px"><canvas id="chart-${index}" role="img" aria-label="${html(summary)}"></canvas></div></figure>`;
}

/** Also with a unit behind it, or none because nobody knows it. */
const NUMBER = /^(-?\d[\d,]*(\.\d+)?( ?(%|[kMGT]?B|ms|s|m|h|d))?|[-?]|)$/;

function tableSection({ title, head, rows }: PageTable): string {
  const isNumber = head.map(
    (_, column) => rows.length > 0 && rows.every((row) => NUMBER.test(row[column] ?? '')),
  );
  const cells = (row: readonly string[], tag: string) =>
    row
      .map((cell, column) => `<${tag}${isNumber[column] ? ' class="number"' : ''}>${html(cell)}</${tag}>`)
      .join('');
  return `<section><h2>${html(title)}</h2><div class="wide"><table><thead><tr>${cells(head, 'th')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${cells(row, 'td')}</tr>`)
    .join('\n')}</tbody></table></div></section>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function html(text: string): string {
  return sanitizeLine(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

function harmlessChart(chart: BarChart): BarChart {
  return {
    ...chart,
    labels: chart.labels.map(sanitizeLine),
    series: chart.series.map((series) => ({ ...series, name: sanitizeLine(series.name) })),
  };
}

/** Chart.js as one classic script; its exports name only the modules beside it. */
function libraryFile(): string {
  return join(dirname(createRequire(import.meta.url).resolve('chart.js')), 'chart.umd.min.js');
}

// Runs in the browser. Colours are those of the style sheet, read again when the reader's system turns dark or light.
const DRAW = `
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const tone = (name) => css('--' + name);
const limitLine = {
  id: 'limit',
  afterDatasetsDraw({ ctx, chartArea, scales }, _args, limit) {
    if (!limit.name) return;
    const x = scales.x.getPixelForValue(limit.value);
    ctx.save();
    ctx.strokeStyle = tone('bad');
    ctx.setLineDash([4, 4]);
    ctx.beginPath();
    ctx.moveTo(x, chartArea.top);
    ctx.lineTo(x, chartArea.bottom);
    ctx.stroke();
    ctx.fillStyle = tone('bad');
    ctx.font = '12px system-ui, sans-serif';
    ctx.textAlign = 'center';
    ctx.fillText(limit.name, x, chartArea.top - 4);
    ctx.restore();
  },
};
let drawn = [];
function draw() {
  for (const chart of drawn) chart.destroy();
  Chart.defaults.color = tone('text');
  Chart.defaults.borderColor = tone('line');
  Chart.defaults.font.family = 'system-ui, sans-serif';
  drawn = charts.map((chart, index) => new Chart(document.getElementById('chart-' + index), {
    type: 'bar',
    data: {
      labels: chart.labels,
      datasets: chart.series.map(({ name, tone: tones, values }) => ({
        label: name,
        data: values,
        backgroundColor: Array.isArray(tones) ? tones.map(tone) : tone(tones),
        borderRadius: 3,
        maxBarThickness: 18,
      })),
    },
    options: {
      indexAxis: 'y',
      animation: false,
      maintainAspectRatio: false,
      layout: { padding: { top: chart.limit ? 14 : 0 } },
      scales: {
        x: { beginAtZero: true, suggestedMax: chart.limit ? chart.limit.value * 1.1 : undefined, ticks: { precision: 0 } },
        y: { grid: { display: false } },
      },
      plugins: { legend: { display: chart.series.length > 1, position: 'bottom' }, limit: chart.limit || {} },
    },
    plugins: [limitLine],
  }));
}
draw();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
// Paper has another width than the window.
for (const moment of ['beforeprint', 'afterprint'])
  addEventListener(moment, () => { for (const chart of drawn) chart.resize(); });
`;

const STYLE = `
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
.verdict ul { list-style: none; margin: 0; padding: 0; font-size: 1.1rem; }
.verdict li.bad { color: var(--bad); font-weight: 600; }
.verdict li.good { color: var(--good); }
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
