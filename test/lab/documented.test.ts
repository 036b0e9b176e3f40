import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Documented, documentedIn, PAGES, shapeOf } from '../support/documented.js';
import { BIN } from '../support/kuafu.js';
import { LabRoom } from '../support/lab-room.js';

// Every command line that the documents tell to type, as somebody types it in a terminal: in their order, each once.
const room = new LabRoom();
let folder: string;
let config: string;
beforeAll(async () => {
  await room.open();
  config = await room.withConfig(() => undefined);
  folder = await mkdtemp(join(tmpdir(), 'kuafu-documented-'));
  for (const name of ['first', 'last']) await mkdir(join(folder, name));
  const script = `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`;
  await writeFile(join(folder, 'first/kuafu'), script, { mode: 0o755 });
  // Where it is not installed; what it prints is not looked at.
  await writeFile(join(folder, 'last/jq'), '#!/bin/sh\nexec cat\n', { mode: 0o755 });
  const say = 'echo "$(date -Is) INFO host=$(hostname) upstream timeout" >> /var/log/shop/app.log';
  for (const host of ['web-b-01', 'web-b-02']) await room.inHost(host, `${say}; ${say}`);
});
afterAll(async () => {
  await room.close();
  await rm(folder, { recursive: true, force: true });
});

/** What is not run here, and why. */
const NOT_HERE: readonly (readonly [RegExp, string])[] = [
  [/^kuafu lab /, 'a lab in the lab: test/machine makes and removes them'],
  [/^kuafu dns /, 'this lab has no DNS servers: test/roles/dns-set, dns-steps and dns-health change names'],
];
/** Output that the lab does not have, by its shape: it has no jump hosts. */
const NOT_PRINTED_HERE: ReadonlySet<string> = new Set(['jump gw']);
/** Exit codes that are answers, beside 0: there is a difference, some hosts end with another status, Ctrl-C. */
const FINDINGS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/ env diff | report | traffic status/, [1]],
  [/ exec /, [4]],
  [/ logs tail /, [130]],
];

const lines = PAGES.flatMap(documentedIn).filter(({ isBlock }) => isBlock);
const [here, elsewhere] = [true, false].map((isHere) =>
  lines.filter(({ line }) => NOT_HERE.every(([pattern]) => !pattern.test(line)) === isHere),
) as [Documented[], Documented[]];
const once = here.filter(({ line }, index) => here.findIndex((each) => each.line === line) === index);

/** A terminal in which a line is typed; questions are answered with yes, and what follows a log is ended by Ctrl-C. */
async function type(line: string): Promise<{ readonly code: number | null; readonly screen: string }> {
  const PATH = `${folder}/first:${process.env.PATH}:${folder}/last`;
  const child = spawn('script', ['-qfec', `stty cols 160 rows 60; ${line}`, '/dev/null'], {
    cwd: folder,
    env: {
      ...process.env,
      PATH,
      KUAFU_CONFIG: config,
      NO_COLOR: '1',
      PAGER: 'cat',
      CI: '',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  let asked = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    screen += chunk;
    const questions = screen.split('(y/N)').length - 1;
    if (questions > asked) child.stdin.write('y\r');
    asked = Math.max(asked, questions);
  });
  if (/ logs tail /.test(line)) endSoon(child);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, screen: stripVTControlCharacters(screen) };
}

function endSoon(child: ChildProcess): void {
  const timer = setInterval(() => child.stdin?.write('\x03'), 4000);
  child.once('close', () => clearInterval(timer));
}

/** An expansion that its operator could not see to its end. */
async function interrupted(): Promise<string> {
  const process = room.start(room.scaleWords({ idc: 'A', count: 1, start: true }), config);
  await process.says('connect done');
  process.process.kill('SIGKILL');
  await process.ended;
  return await newest();
}

async function newest(): Promise<string> {
  const { stdout } = await room.kuafu(['ops', 'list', '--limit', '1', '--json'], config);
  return JSON.parse(stdout).operations[0].id;
}

let expansion = '';

/** The line with an operation of ours in the place of the documents', and with files in a folder of ours. */
async function ours(line: string): Promise<string> {
  const local = line.replaceAll(/\/(?:var\/log|tmp)\//g, `${folder}/`);
  if (!/\b\d{6}-[a-z0-9]{4}\b/.test(local)) return local;
  const id = / ops (resume|close) /.test(local) ? await interrupted() : expansion;
  return local.replace(/\b\d{6}-[a-z0-9]{4}\b/, id);
}

describe('what the documents tell to type', () => {
  it.each(once.map((each) => [each.at, each.line, each] as const))(
    '%s: %s',
    async (_at, _line, { line, prints }) => {
      const { code, screen } = await type(await ours(line));
      if (/ scale .*--start/.test(line)) expansion ||= await newest();
      const others = FINDINGS.find(([pattern]) => pattern.test(line))?.[1] ?? [];
      expect([0, ...others], screen).toContain(code);
      // Neither the shell nor kuafu took it for something else.
      expect(screen).not.toMatch(/^(?:sh|bash|kuafu): /m);
      const shown = new Set(screen.split(/[\r\n]+/).map(shapeOf));
      const missing = prints
        .map(shapeOf)
        .filter((shape) => !shown.has(shape) && !NOT_PRINTED_HERE.has(shape));
      expect(missing, screen).toEqual([]);
    },
    300_000,
  );

  it('is run but for what is listed', () => {
    expect(elsewhere.length).toBeLessThan(20);
    for (const [pattern] of NOT_HERE) expect(elsewhere.some(({ line }) => pattern.test(line))).toBe(true);
  });
});
