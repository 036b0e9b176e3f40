// What the live display of an operation costs while it runs on 1,000 hosts, and how much it writes.
//
//   npm run build && node bench/live.mjs [LIBRARY...]
//
// LIBRARY: a bench/library.js of another state of kuafu, to compare with. Method: the events of an expansion by HOSTS hosts
// with eleven steps are fed at the speed of a real one, 20 s in all: every host begins and ends each step at a time of its own
// (from a seed), so that many run at once, their names do not fold into ranges, and a copy tells its progress four times a
// second; every 50th host fails. The terminal has 120 columns and 40 lines, and only counts what it gets. CPU is that of this
// process less what feeding the same events to nobody takes; the states take turns, medians of three.
// Bound: 5 % of a core.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as here from './library.js';

const HOSTS = 1000;
const SECONDS = 20;
const TURNS = 3;
const BOUND = 5;
const STEPS = ['reserve', 'connect', 'init', 'copy', 'configure', 'start', 'enrol', 'health'];
const STAGES = { expand: STEPS, seal: ['unmoved'], join: ['join', 'assign'] };

const others = process.argv.slice(2).map((path) => import(pathToFileURL(resolve(path)).href));
const states = [here, ...(await Promise.all(others))];
const hosts = Array.from({ length: HOSTS }, (_, index) => `new-b-${String(index + 1).padStart(4, '0')}`);
const steps = Object.entries(STAGES).flatMap(([stage, ids]) => ids.map((step) => ({ stage, step })));

const plan = {
  title: `scale shop/web in room B by ${HOSTS} hosts from web-a-01`,
  stages: Object.entries(STAGES).map(([id, ids]) => ({
    id,
    title: id,
    lanes: hosts.map((host) => ({
      host,
      steps: ids.map((step) => ({ id: step, title: step, action: { kind: 'pool.claim' } })),
    })),
    standby: [],
    gate: false,
  })),
};

/** Numbers from 0 to 1, the same every time. */
function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** All events of a run, by when they come. */
function eventsOfRun() {
  const next = random(1);
  const events = [];
  const perStepMs = (SECONDS * 1000) / (steps.length + 1);
  for (const [index, host] of hosts.entries()) {
    let atMs = next() * perStepMs;
    for (const { stage, step } of steps) {
      const address = { stage, host, step, undo: false };
      events.push({ atMs, event: { type: 'step-started', attempt: 1, ...address } });
      const endMs = atMs + perStepMs * (0.5 + next());
      for (let toldMs = atMs; step === 'copy' && toldMs < endMs; toldMs += 250) {
        const doneBytes = Math.round((50e6 * (toldMs - atMs)) / (endMs - atMs));
        events.push({
          atMs: toldMs,
          event: { type: 'progress', doneBytes, totalBytes: 50e6, ...address },
        });
      }
      const fails = index % 50 === 49 && step === steps[index % steps.length]?.step;
      const fault = { failure: 'failed', message: `${host}: reason ${index % 7}`, culprit: host };
      const result = fails ? { status: 'failed', ...fault } : { status: 'done', changed: true, message: '' };
      events.push({
        atMs: endMs,
        event: { type: 'step-finished', result: { ...result, elapsedMs: 1 }, ...address },
      });
      atMs = endMs;
      if (fails) break;
    }
  }
  return events.sort((a, b) => a.atMs - b.atMs);
}

const events = eventsOfRun();

async function feed(listener) {
  const began = performance.now();
  const before = process.cpuUsage();
  listener({ at: new Date().toISOString(), type: 'operation-started', operator: 'li', resumed: false });
  let next = 0;
  while (next < events.length) {
    const nowMs = performance.now() - began;
    for (; next < events.length && events[next].atMs <= nowMs; next += 1) {
      listener({ at: '2026-11-30T00:00:00.000Z', ...events[next].event });
    }
    await new Promise((go) => setTimeout(go, 5));
  }
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() - began };
}

async function measure({ RunScreen, plain }) {
  const screen = { columns: 120, rows: 40, bytes: 0, frames: 0 };
  screen.write = (text) => {
    screen.bytes += text.length;
    screen.frames += 1;
    return true;
  };
  const view = new RunScreen(plan, [], plain, screen);
  const used = await feed(view.listener);
  await view.done();
  return { ...used, ...screen };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

const idle = [];
const runs = states.map(() => []);
for (let turn = 0; turn < TURNS; turn += 1) {
  idle.push((await feed(() => undefined)).cpuMs);
  for (const [index, state] of states.entries()) runs[index].push(await measure(state));
}
console.log(`${HOSTS} hosts, ${events.length} events in ${SECONDS} s, Node.js ${process.version}\n`);
console.log('| state | % of a core | frames a second | bytes a frame |');
console.log('| --- | ---: | ---: | ---: |');
let isOver = false;
for (const [index, all] of runs.entries()) {
  const share = median(all.map(({ cpuMs, wallMs }) => ((cpuMs - median(idle)) / wallMs) * 100));
  const perSecond = median(all.map(({ frames, wallMs }) => (frames * 1000) / wallMs));
  const bytes = median(all.map(({ frames, bytes: all }) => all / frames));
  if (index === 0) isOver = share > BOUND;
  console.log(
    `| ${index === 0 ? 'this' : process.argv[index + 1]} | ${share.toFixed(1)} | ${perSecond.toFixed(1)} | ${bytes.toFixed(0)} |`,
  );
}
console.log(`\nbound ${BOUND} % of a core: ${isOver ? 'exceeded' : 'held'}`);
process.exitCode = isOver ? 1 : 0;
