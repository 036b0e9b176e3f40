import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { jsonText } from '../../json-text.js';
import { PAGE_STYLE } from './page-style.js';
import { sanitizeLine } from './sanitize.js';

/** This mark identifies a file as a report of kuafu. */
export const PAGE_MARK = '<meta name="generator" content="kuafu report">';

/** Bars side by side for each label. The bars are compared with the line, if there is one. */
export interface BarChart {
  readonly title: string;
  /** The unit of the values, such as `hosts` or `% of CPUs`. */
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

/** `muted`: it could not be judged, so it is neither. */
export interface Verdict {
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'muted';
}

export interface Page {
  readonly title: string;
  /** The question in a sentence, such as a load and a target: without it the answer has no meaning. */
  readonly asked: string;
  /** Shown first, the findings before the rest. */
  readonly verdicts: readonly Verdict[];
  readonly commands: readonly string[];
  readonly charts: readonly BarChart[];
  readonly tables: readonly PageTable[];
  readonly notes: readonly string[];
  /** ISO 8601, UTC. */
  readonly at: string;
}

/**
 * One file that needs no other: it contains style, chart library and data, and its policy lets a browser load nothing. Texts
 * may come from hosts; they are made harmless here.
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
<style>${PAGE_STYLE}</style>
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

const WORST_FIRST: readonly Verdict['tone'][] = ['bad', 'muted', 'good'];

function bodyOf({ title, asked, verdicts, commands, charts, tables, notes, at }: Page): string {
  const found = WORST_FIRST.filter((tone) => verdicts.some((verdict) => verdict.tone === tone));
  return [
    `<header><h1>${html(title)}</h1><p class="when">${html(at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'))}</p></header>`,
    `<p class="asked">${html(asked)}</p>`,
    `<section class="verdict ${found[0] ?? 'muted'}"><ul>`,
    ...found.flatMap((tone) =>
      verdicts
        .filter((verdict) => verdict.tone === tone)
        .map(({ text }) => `<li class="${tone}">${html(text)}</li>`),
    ),
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

/** Also with a unit after it, and the marks for an unknown value. */
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

/** Chart.js as one classic script; its package exports name only the modules beside it. */
function libraryFile(): string {
  return join(dirname(createRequire(import.meta.url).resolve('chart.js')), 'chart.umd.min.js');
}

// Runs in the browser. Colours are those of the style sheet, read again when the reader's system changes to dark or light.
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
