import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expandNodeSet } from '../../src/lib/names/nodeset.js';
import { itOnce } from '../support/it-once.js';
import type { Kuafu } from '../support/kuafu.js';
import { LabRoom } from '../support/lab-room.js';

// Logs on real hosts, and what happens to them: rotation, cut links, floods, garbage, wrong clocks.
const room = new LabRoom();
const touched = new Set<string>();
let local = '';
const FOLDER = '/var/log/kuafu-test';
const LOG = `${FOLDER}/app.log`;

beforeEach(async () => {
  await room.open();
  local = await mkdtemp(join(tmpdir(), 'kuafu-logs-test-'));
});

afterEach(async () => {
  await Promise.all(
    [...touched].map((host) => room.inHost(host, `systemctl stop 'kuafu-gen-*'; rm -rf ${FOLDER}`)),
  );
  touched.clear();
  await rm(local, { recursive: true, force: true });
  await room.close();
});

/** Runs a script in the test's log folder on a host. */
async function onHost(host: string, script: string): Promise<string> {
  touched.add(host);
  return await room.inHost(host, `mkdir -p ${FOLDER} && cd ${FOLDER} && { ${script}\n}`);
}

// Opens its file anew for each handful, as programs do that know of rotation. It ends by itself.
const GENERATOR = `
import sys, time, datetime
path, rate, seconds, host, ahead = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4], float(sys.argv[5])
began, n, total = time.time(), 0, int(rate * seconds)
while n < total:
    due = min(total, int((time.time() - began) * rate) + 1)
    with open(path, 'a') as file:
        while n < due:
            n += 1
            at = datetime.datetime.fromtimestamp(time.time() + ahead, datetime.timezone.utc)
            file.write(f"{at.isoformat(timespec='microseconds')} {host} n={n:06d} something happened here and is told\\n")
    time.sleep(0.02)
`;

async function generate(host: string, rate: number, seconds: number, aheadSeconds = 0): Promise<void> {
  const args = `${LOG} ${rate} ${seconds} ${host} ${aheadSeconds}`;
  await onHost(
    host,
    `touch ${LOG}; cat > gen.py <<'EOF'\n${GENERATOR}\nEOF\nsystemd-run -q --collect --unit=kuafu-gen-${Date.now()} python3 ${FOLDER}/gen.py ${args}`,
  );
}

interface Seen {
  readonly host: string;
  readonly line: string;
  readonly time: string | null;
}

function linesOf(stdout: string): Seen[] {
  return stdout
    .split('\n')
    .filter((text) => text.startsWith('{') && text.endsWith('}'))
    .map((text) => JSON.parse(text));
}

function numbersOf(seen: readonly Seen[], host: string): number[] {
  return seen.filter((line) => line.host === host).map(({ line }) => Number(/ n=(\d+)/.exec(line)?.[1]));
}

/** 1 to `count`, each once and in order; what is not so is told in few words. */
function expectEachOnce(numbers: readonly number[], count: number, host: string): void {
  const present = new Set(numbers);
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter((each) => !present.has(each));
  const outOfOrder = numbers.filter((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0));
  expect({ host, missing: fewOf(missing), outOfOrder: fewOf(outOfOrder), count: numbers.length }).toEqual({
    host,
    missing: '0: ',
    outOfOrder: '0: ',
    count,
  });
}

/**
 * What `logs tail` promises of the order of lines of several hosts: each after all that are older, but by a second at most;
 * and of hosts of which it said that their lines came too late, wherever they are.
 */
function expectInOrder(seen: readonly Seen[], hosts: readonly string[], stderr: string): void {
  const late = [...stderr.matchAll(/^(\S+): lines of it came too late/gm)].flatMap(([, names]) =>
    expandNodeSet(names ?? ''),
  );
  const times = seen
    .filter(({ host }) => hosts.includes(host) && !late.includes(host))
    .map(({ host, line }) => ({ host, line, ms: Date.parse(line.slice(0, 32)) }));
  let newest = Number.NEGATIVE_INFINITY;
  const misplaced = times.filter(({ ms }) => {
    newest = Math.max(newest, ms);
    return ms < newest - 1000;
  });
  expect(misplaced.slice(0, 3).map(({ host, line }) => `${host}: ${line}`)).toEqual([]);
}

function fewOf(numbers: readonly number[]): string {
  return `${numbers.length}: ${numbers.slice(0, 5).join(' ')}`;
}

/** Waits until stdout has so many lines, stops the tail, and gives all it said. */
async function stopAfter(tail: Kuafu, lines: number, withinMs: number) {
  const deadline = Date.now() + withinMs;
  while (tail.linesOut < lines && Date.now() < deadline && tail.process.exitCode === null) await sleep(50);
  await sleep(1000); // what is doubled would come now
  tail.process.kill('SIGINT');
  return await tail.ended;
}

async function followers(host: string): Promise<number> {
  return Number(await room.inHost(host, `ps -eo args | grep -c '^sh -c .*# Reads log [f]iles' || true`));
}

const HOSTS = [
  ...Array.from({ length: 2 }, (_, index) => `new-a-${String(index + 1).padStart(2, '0')}`),
  ...Array.from({ length: 18 }, (_, index) => `new-b-${String(index + 1).padStart(2, '0')}`),
];
const NODESET = 'new-a-[01-02],new-b-[01-18]';

describe('logs tail', () => {
  itOnce(
    'gives every line of 20 hosts × 200 lines/s once and in order, though links are cut and files rotated',
    async () => {
      const [short, long, dropped] = ['new-b-03', 'new-b-07', 'new-b-11'];
      await Promise.all(HOSTS.map((host) => onHost(host, `echo begin > ${LOG}`)));
      const words = ['logs', 'tail', NODESET, '--file', LOG, '--json', '--window', '5s', '-n', '1'];
      const tail = room.start(words);
      while (tail.linesOut < HOSTS.length) await sleep(20);
      await Promise.all(HOSTS.map((host) => generate(host, 200, 20)));
      await sleep(4000);
      await Promise.all([short, long].map((host) => room.cutLink(host)));
      await room.inHost(dropped, "pkill -f 'sshd: root@notty'");
      await sleep(3000);
      await room.mendLink(short);
      await room.inHost(
        long,
        `mv ${LOG} ${LOG}.1; until [ -s ${LOG} ]; do sleep 0.1; done; mv ${LOG}.1 ${LOG}.2; mv ${LOG} ${LOG}.1`,
      );
      await room.inHost('new-b-12', `mv ${LOG} ${LOG}.1`);
      await tail.says(/new-b-07: the connection was lost/);
      await room.mendLink(long);
      const run = await stopAfter(tail, HOSTS.length * 4001, 60_000);
      expect(run.code).toBe(130);
      const seen = linesOf(run.stdout).filter(({ line }) => line !== 'begin');
      for (const host of HOSTS) expectEachOnce(numbersOf(seen, host), 4000, host);
      const undisturbed = HOSTS.filter((host) => ![short, long, dropped].includes(host));
      expectInOrder(seen, undisturbed, run.stderr);
      expect(run.stderr).toMatch(/new-b-07: the connection is back after \d+ s/);
      console.log(`${seen.length} lines of ${HOSTS.length} hosts, each once;\n${run.stderr}`);
    },
  );

  it('goes on with the rest of the old file after a rotation, also one that was copied and cut', async () => {
    await onHost('new-b-01', `echo 'n=1' > ${LOG}`);
    const tail = room.start(['logs', 'tail', 'new-b-01', '--file', `${FOLDER}/*.log`, '--json']);
    await tail.prints(/n=1/);
    await onHost(
      'new-b-01',
      `exec 7>>${LOG}; mv ${LOG} ${LOG}.1; echo n=2 >&7; sleep 1; echo n=3 > ${LOG}; echo n=4 >&7`,
    );
    await tail.prints(/n=4/);
    // What is cut away before it was read is gone.
    await tail.prints(/n=3/);
    await onHost('new-b-01', `cp ${LOG} ${LOG}.0; : > ${LOG}; sleep 1; echo n=5 >> ${LOG}`);
    await tail.prints(/n=5/);
    await onHost('new-b-01', `echo n=6 > ${FOLDER}/new.log`);
    const run = await stopAfter(tail, 6, 5000);
    const lines = linesOf(run.stdout).map(({ line }) => line);
    expect(lines.sort()).toEqual(['n=1', 'n=2', 'n=3', 'n=4', 'n=5', 'n=6']);
    expect(run.stderr).toContain(`${LOG} was cut to nothing`);
  });

  it('filters on the host, with any pattern, and stays exact when the link is cut', async () => {
    await generate('new-b-01', 500, 10);
    const tail = room.start([
      'logs',
      'tail',
      'new-b-01',
      '--file',
      LOG,
      '--json',
      '--since',
      '1h',
      '--grep',
      'n=[0-9]*[05] ',
      '--exclude',
      'n=[0-9]*0 |\'"$(x)',
    ]);
    await tail.prints(/n=000105/);
    await room.inHost('new-b-01', "pkill -f 'sshd: root@notty'");
    const run = await stopAfter(tail, 500, 30_000);
    const wanted = Array.from({ length: 500 }, (_, index) => 10 * index + 5);
    expect(numbersOf(linesOf(run.stdout), 'new-b-01')).toEqual(wanted);
  });

  it('follows a journal and goes on where it was', async () => {
    const unit = 'kuafu-gen-journal.service';
    const log = (from: number, to: number) =>
      onHost(
        'new-b-01',
        `systemd-run -q --collect --wait --unit=${unit} sh -c 'for i in $(seq ${from} ${to}); do echo "[n=$i]"; done'; journalctl --sync`,
      );
    await log(1, 3);
    const tail = room.start([
      'logs',
      'tail',
      'new-b-01',
      '--unit',
      unit,
      '--json',
      '--grep',
      '\\[n=[0-9]',
      '-n',
      '100',
    ]);
    await tail.prints(/\[n=3\]/);
    await room.inHost('new-b-01', "pkill -f 'sshd: root@notty'");
    await log(4, 5000);
    const run = await stopAfter(tail, 5000, 30_000);
    const numbers = linesOf(run.stdout).map(({ line }) => Number(/\[n=(\d+)\]/.exec(line)?.[1]));
    // Other tests may have used the unit before.
    expect(numbers.slice(-5000)).toEqual(Array.from({ length: 5000 }, (_, index) => index + 1));
    const last = await room.kuafu(['logs', 'tail', 'new-b-01', '--unit', unit, '--no-follow', '-n', '1']);
    expect(last).toMatchObject({ code: 0, stderr: '' });
  });

  it('leaves no process on the host, whether it ends in order, is killed, or its host is cut off', async () => {
    await onHost('new-b-01', `echo x > ${LOG}`);
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const tail = room.start(['logs', 'tail', 'new-b-01', '--file', LOG]);
      await tail.prints(/x/);
      expect(await followers('new-b-01')).toBeGreaterThan(0);
      tail.process.kill(signal);
      await tail.ended;
      for (let wait = 0; wait < 100 && (await followers('new-b-01')) > 0; wait++) await sleep(100);
      expect(await followers('new-b-01')).toBe(0);
    }
    const tail = room.start(['logs', 'tail', 'new-b-01', '--file', LOG]);
    await tail.prints(/x/);
    await room.cutLink('new-b-01');
    tail.process.kill('SIGKILL');
    for (let wait = 0; wait < 600 && (await followers('new-b-01')) > 0; wait++) await sleep(100);
    expect(await followers('new-b-01')).toBe(0);
    expect(await room.inHost('new-b-01', "ps -eo args | grep '^[s]leep 5' || true")).toBe('');
  });

  it('says what is missing where, and ends when it is missing everywhere', async () => {
    await onHost('new-b-01', `echo here > ${LOG}`);
    const words = ['logs', 'tail', 'new-b-[01-03]', '--file', LOG, '--no-follow'];
    const some = await room.kuafu(words);
    expect(some).toMatchObject({ code: 4, stdout: 'new-b-01 | here\n' });
    // Together, where the machine is not busy.
    expect(some.stderr).toMatch(new RegExp(`new-b-(\\[02-03\\]|02): there is no ${LOG}`));
    const none = await room.kuafu(['logs', 'tail', 'new-b-[02-03]', '--file', LOG]);
    expect(none.code).toBe(4);
    expect(none.stderr).toContain('nothing of what was asked for is on any host');
  });

  itOnce('goes on when a host dies, and ends with 5 when none can be reached', async () => {
    for (const host of ['new-b-01', 'new-b-02']) await onHost(host, `echo begin > ${LOG}`);
    const tail = room.start(['logs', 'tail', 'new-b-[01-02]', '--file', LOG]);
    await tail.prints(/new-b-01 \| begin\n/);
    await room.powerOff('new-b-01');
    touched.delete('new-b-01');
    await onHost('new-b-02', `echo still >> ${LOG}`);
    await tail.prints(/new-b-02 \| still/);
    await tail.says(/new-b-01: the connection was lost/);
    tail.process.kill('SIGINT');
    expect((await tail.ended).code).toBe(130);
    const none = await room.kuafu(['logs', 'tail', 'new-b-01', '--file', LOG, '--no-follow']);
    expect(none.code).toBe(5);
  });

  it('shows nothing that a terminal would obey, and the head of a line of 1 MB', async () => {
    const hostile = String.raw`2026-11-24T10:00:00Z \033]0;title\007\033[2Jred\377\376\000 end\nno end yet`;
    await onHost(
      'new-b-01',
      `printf '${hostile}' > ${LOG}; head -c 1000000 /dev/zero | tr '\\0' x > big.log; echo >> big.log; head -c 300000 /dev/urandom > garbage.log`,
    );
    const run = await room.kuafu(['logs', 'tail', 'new-b-01', '--file', `${FOLDER}/*.log`, '--no-follow']);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('new-b-01 | 2026-11-24T10:00:00Z red��\\x00 end\n');
    expect(run.stdout).toMatch(/\| x{16384}… 983616 bytes cut\n/);
    expect(run.stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    const filtered = await room.kuafu([
      'logs',
      'tail',
      'new-b-01',
      '--file',
      `${FOLDER}/*.log`,
      '--no-follow',
      '--grep',
      'xxx',
    ]);
    expect(filtered.stdout).toMatch(/\| x{16384}… 983616 bytes cut\n/);
    expect(filtered.stdout.split('\n').filter((line) => line.includes('red'))).toEqual([]);
  });

  itOnce('is not held up by a clock that is an hour off, and says so', async () => {
    await Promise.all([
      generate('new-b-01', 50, 8, 3600),
      generate('new-b-02', 50, 8, -3600),
      generate('new-b-03', 50, 8),
    ]);
    const tail = room.start(['logs', 'tail', 'new-b-[01-03]', '--file', LOG, '--json', '--lines', '1000']);
    const run = await stopAfter(tail, 1200, 30_000);
    const seen = linesOf(run.stdout);
    for (const host of ['new-b-01', 'new-b-02', 'new-b-03'])
      expect(numbersOf(seen, host)).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
    expect(run.stderr).toMatch(/new-b-01: its clock seems to be about 60 min ahead/);
    expect(run.stderr).toMatch(/new-b-02: its clock seems to be about 60 min behind/);
    expect(run.stderr).not.toMatch(/new-b-03/);
    // They run side by side: none begins after another has ended.
    const hosts = seen.map(({ host }) => host);
    const names = [...new Set(hosts)];
    const lastBegin = Math.max(...names.map((name) => hosts.indexOf(name)));
    expect(lastBegin).toBeLessThan(Math.min(...names.map((name) => hosts.lastIndexOf(name))));
  });

  itOnce('drops a flood, counts what it dropped, and stays small', async () => {
    await onHost('new-b-01', `echo begin > ${LOG}`);
    const tail = room.start(['logs', 'tail', 'new-b-01', '--file', LOG, '--json', '--max-rate', '2000']);
    await tail.prints(/begin/);
    await onHost(
      'new-b-01',
      `for i in $(seq 8); do seq -f 'n=%08.0f' $((i * 100000)) $((i * 100000 + 99999)) >> ${LOG}; sleep 0.5; done`,
    );
    await tail.prints(/log-gap/);
    await sleep(4000);
    const { VmHWM = 0 } = await memoryOf(tail);
    tail.process.kill('SIGINT');
    const run = await tail.ended;
    const documents = run.stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    const dropped = documents.reduce((sum, document) => sum + (document.dropped ?? 0), 0);
    const shown = documents.filter(({ kind }) => kind === 'kuafu.log-line').length;
    expect(dropped).toBeGreaterThan(0);
    expect(shown + dropped).toBe(800_001);
    expect(VmHWM).toBeLessThan(200_000);
  });

  itOnce('ends quietly with its reader', async () => {
    await generate('new-b-01', 500, 5);
    const tail = room.start(['logs', 'tail', 'new-b-01', '--file', LOG]);
    await tail.prints(/n=/);
    tail.process.stdout?.destroy();
    expect(await tail.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
  });
});

async function memoryOf(tail: Kuafu): Promise<Record<string, number>> {
  const status = await readFile(`/proc/${tail.process.pid}/status`, 'utf8');
  return Object.fromEntries(
    [...status.matchAll(/^(Vm\w+):\s+(\d+) kB/gm)].map(([, name, size]) => [name, Number(size)]),
  );
}

describe('logs grep', () => {
  const write = `
    printf '2026-11-24T10:00:00Z one -x "q" it'\\''s\\n2026-11-24T10:00:01Z before\\n' > app.log.2; touch -d '3 hours ago' app.log.2; gzip app.log.2
    printf '2026-11-24T10:00:02Z ERROR lost\\n    at trace\\n' > app.log.1; touch -d '2 hours ago' app.log.1
    printf '2026-11-24T10:00:04Z one again\\n' > app.log`;

  it('searches rotated and packed files from the oldest on, with any pattern', async () => {
    await onHost('new-b-01', write);
    const grep = (...words: string[]) => room.kuafu(['logs', 'grep', ...words, 'new-b-01', '--file', LOG]);
    expect(await grep('one')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: 'new-b-01 | 2026-11-24T10:00:00Z one -x "q" it\'s\nnew-b-01 | 2026-11-24T10:00:04Z one again\n',
    });
    for (const pattern of ['-x', '"q"', "it's", 'ne [-]x "q" it'])
      expect((await grep('-e', pattern)).stdout).toContain('one -x');
    expect((await grep('ERROR', '-C', '1')).stdout).toContain('|     at trace\n');
    expect(await grep('nothing')).toMatchObject({ code: 1, stdout: '' });
    expect(await grep('(')).toMatchObject({ code: 2, stdout: '' });
    const times = ['--since', '2026-11-24T10:00:01Z', '--until', '2026-11-24T10:00:03Z'];
    expect((await grep('one|lost', ...times)).stdout).toBe('new-b-01 | 2026-11-24T10:00:02Z ERROR lost\n');
  });

  itOnce('merges hosts by time and folds what is equal', async () => {
    for (const host of ['new-b-01', 'new-b-02', 'new-b-03'])
      await onHost(
        host,
        `echo "2026-11-24T10:00:0$(hostname | tail -c 2 | tr 123 312)Z $(hostname) lost db" > ${LOG}`,
      );
    const merged = await room.kuafu(['logs', 'grep', 'lost', 'new-b-[01-03]', '--file', LOG]);
    expect([...merged.stdout.matchAll(/^(\S+) /gm)].map(([, host]) => host)).toEqual([
      'new-b-02',
      'new-b-03',
      'new-b-01',
    ]);
    const folded = await room.kuafu(['logs', 'grep', 'lost', 'new-b-[01-03]', '--file', LOG, '--fold']);
    expect(folded.stdout).toBe('lost db × new-b-[01-03]\n');
  });

  itOnce('has exit code 4 when a host could not be searched, though others had matches', async () => {
    await onHost('new-b-01', write);
    await room.powerOff('new-b-02');
    const run = await room.kuafu(['logs', 'grep', 'one', 'new-b-[01-02]', '--file', LOG]);
    expect(run.code).toBe(4);
    expect(run.stdout).toContain('one again');
    expect(run.stderr).toContain('new-b-02');
  });
});

describe('logs fetch', () => {
  it('fetches rotated files, goes on with what was cut off, and costs nothing the second time', async () => {
    await onHost(
      'new-b-01',
      `head -c 3000000 /dev/urandom > app.log; head -c 1000 /dev/urandom > app.log.1; gzip app.log.1`,
    );
    const words = ['logs', 'fetch', 'new-b-01', '--file', LOG, '--to', local, '--json'];
    const first = await room.kuafu(words);
    expect(first.code).toBe(0);
    const target = join(local, 'new-b-01', LOG);
    const digest = (await onHost('new-b-01', 'sha256sum < app.log')).slice(0, 64);
    const manifest = JSON.parse(await readFile(join(local, 'manifest.json'), 'utf8'));
    expect(JSON.parse(first.stdout)).toEqual(manifest);
    expect(manifest.files).toHaveLength(2);
    expect(manifest.files).toContainEqual(
      expect.objectContaining({ host: 'new-b-01', path: LOG, size: 3_000_000, sha256: digest }),
    );

    const inode = (await stat(target)).ino;
    await truncate(target, 1_000_000);
    await onHost('new-b-01', 'echo more >> app.log');
    expect((await room.kuafu(words)).code).toBe(0);
    const whole = await readFile(target);
    expect(whole.length).toBe(3_000_005);
    expect((await stat(target)).ino, 'what was there was kept').toBe(inode);

    await writeFile(target, 'something else');
    expect((await room.kuafu(words)).code).toBe(0);
    expect((await readFile(target)).equals(whole)).toBe(true);
  });

  itOnce('says what is needed before it begins, where it does not fit', async () => {
    await onHost('new-b-01', 'truncate -s 10000000000000 app.log');
    const run = await room.kuafu(['logs', 'fetch', 'new-b-01', '--file', LOG, '--to', local]);
    expect(run.code).toBe(3);
    expect(run.stderr).toMatch(/10\.0 TB are needed in .*, [\d.]+ GB are free; nothing was fetched/);
  });
});
