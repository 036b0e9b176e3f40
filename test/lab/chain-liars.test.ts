import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

// Real hosts on which not kuafu's member of a chain speaks, but a program that lies: the others lose nothing by it, and nobody
// waits for it. The lies that are simulated (test/support/liars.ts) are many more.
const LIAR = 'new-b-01';
const OTHERS = ['new-b-02', 'new-b-03'];
const LONGEST_MS = 100_000;
const room = new LabRoom();
beforeEach(() => room.open());
afterEach(async () => {
  for (const host of [LIAR, ...OTHERS]) await room.inHost(host, 'rm -f /usr/local/bin/sh');
  await room.close();
});

/** In place of the shell of a member; every other command is run as always. `"$@"` is what that shell was told. */
async function speakAsMember(host: string, script: string): Promise<void> {
  const wrapper = `#!/bin/dash
case $* in *'echo ready'*) ;; *) exec /bin/dash "$@" ;; esac
${script}
`;
  await room.inHost(host, `cat > /usr/local/bin/sh <<'END'\n${wrapper}END\nchmod +x /usr/local/bin/sh`);
}

const answering = (answers: string) =>
  `while read -r verb name rest; do case $verb in public) echo ready ;; ${answers} esac; done`;

/** What a process has taken of memory at most, in bytes. */
async function peakBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

// These have no script to receive with either: who feeds them may have found that before.
it.each([
  ['never ready', 'exec cat > /dev/null', /copy: its process of the copy does not begin, for 60 s/],
  [
    'more than there is',
    answering("size) echo '999999999999 bytes' ;;"),
    /copy: (its process of the copy says that it has 999999999999 of \d+ bytes|receiving ended with status 2)/,
  ],
  [
    'a line of 1.5 GB',
    answering("size) head -c 1500000000 /dev/zero | tr '\\\\0' x ;;"),
    /copy: (its process of the copy says more than anybody asked for|receiving ended with status 2)/,
  ],
])('a liar alone is set aside: %s', async (_, script, message) => {
  await speakAsMember(LIAR, script);
  const run = room.start([...room.scaleWords({ count: 3 }), '--json']);
  // Who would wait for ever is ended.
  const end = setTimeout(() => run.process.kill('SIGKILL'), LONGEST_MS);
  let peak = 0;
  while (run.process.exitCode === null && run.process.signalCode === null) {
    peak = Math.max(peak, await peakBytes(run.process.pid));
    await sleep(100);
  }
  clearTimeout(end);
  const { code, stdout } = await run.ended;
  expect(peak).toBeLessThan(300e6);
  expect(code).toBe(0);
  const hosts: { host: string; state: string; message: string }[] = JSON.parse(stdout).hosts;
  expect(hosts.map(({ host, state }) => [host, state])).toEqual([
    [LIAR, 'set-aside'],
    ...['new-b-02', 'new-b-03', 'new-b-04'].map((host) => [host, 'done']),
  ]);
  expect(hosts[0]?.message).toMatch(message);
});

it('a feeder that speaks for those it is to feed ends no more than its own links', async () => {
  // It takes the archive as it should: so it is the first of the chain, and those behind it come to it.
  const answer = 'set -- $line; echo "fed $2 1 No space left on device" >&3';
  await speakAsMember(
    LIAR,
    `exec 3>&1
while IFS= read -r line; do case $line in feed\\ *) (${answer}) ;; *) printf '%s\\n' "$line" ;; esac; done | /bin/dash "$@"`,
  );
  for (const host of OTHERS) await speakAsMember(host, 'sleep 2; exec /bin/dash "$@"');
  const run = await room.scale({ count: 3 });
  expect(run).toMatchObject({ code: 0, result: { state: 'done', done: 3 } });
  const ends = new Map(run.result.hosts.map(({ host, state, message }) => [host, { state, message }]));
  for (const host of OTHERS) expect([host, ends.get(host)]).toEqual([host, { state: 'done', message: '' }]);
  expect(await room.resources('unfit')).toEqual([]);
});

it('the second Ctrl-C is heard while a member says nothing', async () => {
  await speakAsMember(LIAR, 'exec cat > /dev/null');
  const run = room.start(room.scaleWords({ count: 1 }));
  await run.says(/init done/);
  await sleep(1000);
  run.process.kill('SIGINT');
  await sleep(1000);
  run.process.kill('SIGINT');
  const end = setTimeout(() => run.process.kill('SIGKILL'), 15_000);
  expect(await run.ended).toMatchObject({ code: 130 });
  clearTimeout(end);
});
