// What reading the time of a line costs, and how often it is found and wrong: by the sixteen formats of loghub and five more.
//
//   npm run build && node bench/stamps.mjs [LIBRARY...]
//
// LIBRARY: a bench/library.js of another state of kuafu, to compare with. Method: 2,000 lines of each format from a seed
// (test/support/loghub-shapes.ts), with the time that is right for each; the CPU time of this process over 100 passes, the
// least of 7 such. The states take turns, so that a busy machine slows them alike.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LOGHUB, linesOf, ZONE_MINUTES } from './library.js';

const PASSES = 100;
const TURNS = 7;
const CONTEXT = { zoneMinutes: ZONE_MINUTES, nowMs: Date.parse('2026-11-24T12:00:00Z') };
const AT = Date.parse('2026-11-24T10:00:00.123Z');

/** The same line 2,000 times, but for a number. */
const MORE = {
  'ISO 8601': (n) => `2026-11-24T10:00:00.123Z INFO web-a-01 shop[7]: request ${n} took 12 ms`,
  'access log': (n) =>
    `10.0.0.1 - - [24/Nov/2026:10:00:00.123 +0000] "GET /buy?n=${n} HTTP/1.1" 200 512 "-" "curl/8.0"`,
  'level first': (n) => `[main] INFO  2026-11-24 18:00:00,123 com.example.Shop - request ${n} took 12 ms`,
  JSON: (n) =>
    `{"level":"info","time":"2026-11-24T10:00:00.123Z","msg":"request ${n}","status":200,"took":12.5}`,
  'no time': (n) => `request ${n} was not understood, and so it was left out of the report of the day`,
};

const libraries = ['./library.js', ...process.argv.slice(2).map((path) => pathToFileURL(resolve(path)).href)];
const states = await Promise.all(libraries.map((path) => import(path)));
const formats = [
  ...LOGHUB.map((shape) => ({ name: shape.name, lines: linesOf(shape, 1) })),
  ...Object.entries(MORE).map(([name, text]) => ({
    name,
    lines: Array.from({ length: 2000 }, (_, n) => ({
      text: text(n),
      at: name === 'no time' ? undefined : AT,
    })),
  })),
];

// As they come from a host: parts of a longer text.
for (const { lines } of formats) {
  const texts = Buffer.from(lines.map(({ text }) => text).join('\n'))
    .toString()
    .split('\n');
  for (const [index, line] of lines.entries()) line.text = texts[index];
}

function cpuOf(read, lines) {
  const before = process.cpuUsage();
  for (let pass = 0; pass < PASSES; pass++) for (const { text } of lines) read(text, CONTEXT);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / (PASSES * lines.length) / 1e-6;
}

console.log('format: by state: found of those with a time, wrong, CPU s for 1,000,000 lines');
const sums = states.map(() => 0);
for (const { name, lines } of formats) {
  const least = states.map(() => Number.POSITIVE_INFINITY);
  for (let turn = 0; turn < TURNS; turn++)
    for (const [index, { autoStamps }] of states.entries())
      least[index] = Math.min(least[index], cpuOf(autoStamps(), lines));
  const cells = states.map(({ autoStamps }, index) => {
    const read = autoStamps();
    const all = lines.map(({ text, at }) => ({ at, found: read(text, CONTEXT)?.at }));
    const found = all.filter(({ at, found }) => at !== undefined && found !== undefined).length;
    const wrong = all.filter(({ at, found }) => found !== undefined && !(Math.abs(found - at) < 0.01)).length;
    sums[index] += least[index];
    return `${found}/${all.filter(({ at }) => at !== undefined).length}, ${wrong} wrong, ${least[index].toFixed(3)} s`;
  });
  console.log(`${name}: ${cells.join(' | ')}`);
}
console.log(`mean: ${sums.map((sum) => `${(sum / formats.length).toFixed(3)} s`).join(' | ')}`);
