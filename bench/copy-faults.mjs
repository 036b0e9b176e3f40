// What becomes of a chain of 12 hosts of which, half-way, one dies, one gets slow and one runs out of disk: when each of the
// nine others has the tree.
//
//   npm run build && sudo node bench/copy-faults.mjs [--mbit 50] [--megabytes 60]
//
// Method: a lab with 15 spares in room B, shaped as in bench/copy.mjs, and kuafu scale --count 12 without --start. Once the
// last of the three holds a quarter of the archive, all at once: the power of the 4th is cut, the link of the 6th gets 1 %
// of its speed, and the file system that the 9th keeps the archive on is filled. Times are those of the copy step's events,
// since the first copy began. Floor: bytes of the archive / speed of a link. Bounds: the nine within floor + 5 s; the
// count is met from the pool; every host that is done has the template's tree.
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { sparesOfB, TEMPLATE, withLab } from './bench-lab.mjs';
import { parseOptions, positive } from './bench-options.mjs';
import { archiveBytes, differing, makeTree, newTreeConfig } from './bench-tree.mjs';

const COUNT = 12;
const POOL = sparesOfB(15);
const FAULTS = { 'new-b-04': 'power cut', 'new-b-06': 'link at 1 %', 'new-b-09': 'disk full' };
const BOUND_S = 5;
const options = parseOptions({ mbit: '50', megabytes: '60' });
const bitsPerSecond = positive(options.mbit) * 1e6;
const megabytes = positive(options.megabytes);

async function harm(lab) {
  const [killed, slow, full] = Object.keys(FAULTS);
  const size = 'stat -c %s /var/lib/kuafu/*/part 2>/dev/null || echo 0';
  while (Number(await lab.inHost(full, size)) < megabytes * 250_000) await sleep(50);
  await Promise.all([
    lab.powerOff(killed),
    lab.shape([slow], bitsPerSecond / 100),
    lab.inHost(full, 'cat /dev/zero > /var/lib/kuafu/ballast 2>/dev/null || true'),
  ]);
}

async function run(lab) {
  await lab.shape(['ctl', TEMPLATE.name, ...POOL], bitsPerSecond);
  await makeTree(lab, megabytes);
  const floor = ((await archiveBytes(lab)) * 8) / bitsPerSecond;
  const [, , full] = Object.keys(FAULTS);
  // Room for the archive and what comes out of it, which is what the plan asks for.
  const room = `size=${Math.ceil(megabytes * 3.5)}m`;
  await lab.inHost(full, `mkdir -p /var/lib/kuafu && mount -t tmpfs -o ${room} tmpfs /var/lib/kuafu`);
  const [{ document, copies }] = await Promise.all([lab.scale(COUNT, newTreeConfig(lab)), harm(lab)]);
  return { floor, document, copies };
}

function describe({ host, state, message }, first) {
  if (FAULTS[host] !== undefined) return `${FAULTS[host]}; ${state}: ${message}`;
  return first.has(host) ? state : `${state}, stands in`;
}

await withLab({ name: 'bench-faults', spares: POOL.length }, async (lab) => {
  console.log(`Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}\n`);
  const { floor, document, copies } = await run(lab);
  console.log(`${megabytes} MB at ${options.mbit} Mbit/s: floor ${floor.toFixed(2)} s\n`);
  console.log('| host | copy ended after s | over the floor s | what happened |');
  console.log('| --- | ---: | ---: | --- |');
  const first = new Set(POOL.slice(0, COUNT));
  for (const row of [...document.hosts].sort((a, b) => a.host.localeCompare(b.host))) {
    const seconds = copies.has(row.host) ? copies.get(row.host) / 1000 : undefined;
    const cells = [seconds?.toFixed(1) ?? '', seconds === undefined ? '' : (seconds - floor).toFixed(1)];
    console.log(`| ${[row.host, ...cells, describe(row, first)].join(' | ')} |`);
  }
  const nine = [...first].filter((host) => FAULTS[host] === undefined);
  const last = Math.max(...nine.map((host) => copies.get(host) ?? Number.POSITIVE_INFINITY)) / 1000;
  const done = document.hosts.filter(({ state }) => state === 'done').map(({ host }) => host);
  const others = await differing(lab, done);
  const bounds = [
    [
      `bound ${(floor + BOUND_S).toFixed(1)} s for the nine, the last after ${last.toFixed(1)} s`,
      last <= floor + BOUND_S,
    ],
    [`bound ${COUNT} hosts done: ${done.length}`, done.length === COUNT],
    ['bound equal trees on all of them', others.length === 0],
  ];
  console.log(`\n${bounds.map(([text, isHeld]) => `${text}: ${isHeld ? 'held' : 'exceeded'}`).join('\n')}`);
  return bounds.every(([, isHeld]) => isHeld);
});
