import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

// What logrotate leaves behind: packed files, and copies of logs that were cut to nothing.
const room = new LabRoom();
const HOST = 'new-b-01';
const FOLDER = '/var/log/kuafu-rotated';
const LOG = `${FOLDER}/app.log`;
let local = '';

beforeEach(async () => {
  await room.open();
  local = await mkdtemp(join(tmpdir(), 'kuafu-rotated-test-'));
  await onHost('true');
});

afterEach(async () => {
  await room.inHost(
    HOST,
    `[ -e /usr/bin/zstd.away ] && mv /usr/bin/zstd.away /usr/bin/zstd; rm -rf ${FOLDER}`,
  );
  await rm(local, { recursive: true, force: true });
  await room.close();
});

async function onHost(script: string): Promise<string> {
  return await room.inHost(HOST, `mkdir -p ${FOLDER} && cd ${FOLDER} && { ${script}\n}`);
}

const lines = (from: number, to: number) => `seq -f 'line %02g' ${from} ${to}`;
const all = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${String(from + index).padStart(2, '0')}`);

const PACK = `
printf '2026-11-24T10:00:00Z needle gz\\n' | gzip > app.log.5.gz; touch -d '5 hours ago' app.log.5.gz
python3 -c 'import lzma; lzma.open("app.log.4.xz", "w").write(b"2026-11-24T10:00:01Z needle xz\\n")'; touch -d '4 hours ago' app.log.4.xz
python3 -c 'import bz2; bz2.open("app.log.3.bz2", "w").write(b"2026-11-24T10:00:02Z needle bz2\\n")'; touch -d '3 hours ago' app.log.3.bz2
printf '2026-11-24T10:00:03Z needle zst\\n' | zstd -qc > app.log.2.zst; touch -d '2 hours ago' app.log.2.zst
printf '2026-11-24T10:00:04Z needle\\n' > app.log`;

describe('packed logs', () => {
  it('are searched and fetched', async () => {
    await onHost(PACK);
    const missing = await onHost('for tool in xz bzip2; do command -v $tool >/dev/null || echo $tool; done');
    const grep = await room.kuafu(['logs', 'grep', 'needle', HOST, '--file', LOG, '--template', '{line}']);
    const found = grep.stdout
      .trim()
      .split('\n')
      .map((line) => line.replace(/^.*needle ?/, ''));
    const wanted = ['gz', 'xz', 'bz2', 'zst', ''].filter(
      (end) => !(missing.includes('xz') && end === 'xz') && !(missing.includes('bzip2') && end === 'bz2'),
    );
    expect({ code: grep.code, found }).toEqual({ code: missing === '' ? 0 : 4, found: wanted });
    const fetch = await room.kuafu(['logs', 'fetch', HOST, '--file', LOG, '--to', local, '--json']);
    expect(fetch.code).toBe(0);
    const { files } = JSON.parse(fetch.stdout);
    expect(files.map(({ path }: { path: string }) => path).sort()).toEqual(
      ['', '.2.zst', '.3.bz2', '.4.xz', '.5.gz'].map((end) => `${LOG}${end}`),
    );
    const magic = (await readFile(join(local, HOST, `${LOG}.2.zst`))).subarray(0, 4);
    expect(magic.toString('hex')).toBe('28b52ffd');
  });

  it('are named, with exit code 4, where the host cannot unpack them', async () => {
    await onHost(`${PACK}; mv /usr/bin/zstd /usr/bin/zstd.away`);
    const grep = await room.kuafu(['logs', 'grep', 'needle zst', HOST, '--file', LOG]);
    expect(grep).toMatchObject({ code: 4, stdout: '' });
    expect(grep.stderr).toContain(`${LOG}.2.zst was not searched: there is no zstd on the host to unpack it`);
  });
});

describe('a log that is copied and cut', () => {
  async function follow(during: string): Promise<{ seen: string[]; stderr: string }> {
    await onHost(`${lines(1, 3)} > app.log`);
    const tail = room.start(['logs', 'tail', HOST, '--file', LOG, '--json', '-n', '10']);
    await tail.prints(/line 03/);
    await room.cutLink(HOST);
    await onHost(during);
    await tail.says(/the connection was lost/);
    await room.mendLink(HOST);
    await tail.prints(/line 31/);
    await sleep(1000); // what is doubled would come now
    tail.process.kill('SIGINT');
    const { stdout, stderr } = await tail.ended;
    return {
      seen: stdout
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text).line),
      stderr,
    };
  }

  it('while the link is cut loses no line', async () => {
    const { seen, stderr } = await follow(
      `${lines(4, 9)} >> app.log; cp app.log app.log.1; : > app.log; ${lines(10, 31)} >> app.log`,
    );
    expect(seen).toEqual(all(1, 31));
    expect(stderr).toContain(`${LOG} was cut to nothing; the rest of what it had is read from ${LOG}.1`);
  });

  it('says so where the copy is packed already', async () => {
    const { seen, stderr } = await follow(
      `${lines(4, 9)} >> app.log; cp app.log app.log.1; gzip app.log.1; : > app.log; ${lines(10, 31)} >> app.log`,
    );
    expect(seen).toEqual([...all(1, 3), ...all(10, 31)]);
    expect(stderr).toContain(
      `${LOG} was cut to nothing, and no copy of it is there: what may have come after byte 24`,
    );
  });
});

it('a FIFO in the place of a log, or of a rotated one, is said to be none, and nobody waits for it', async () => {
  await onHost(`mkfifo app.log app.log.1; ${lines(1, 2)} > other.log`);
  const files = ['--file', LOG, '--file', `${FOLDER}/other.log`];
  for (const words of [
    ['tail', HOST, '--no-follow'],
    ['grep', 'line', HOST],
  ]) {
    const { code, stdout, stderr } = await room.kuafu(['logs', ...words, ...files, '--template', '{line}']);
    expect(stdout).toBe('line 01\nline 02\n');
    expect(stderr).toContain(`${LOG} is left out: it is a FIFO`);
    expect(stderr).toContain(`${LOG}.1 is left out: it is a FIFO`);
    expect(code).toBe(words[0] === 'grep' ? 4 : 0);
  }
});
