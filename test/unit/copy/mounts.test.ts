import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { hostScript } from '../../../src/host-script.js';

// The mount points that a script finds at and below a path, in a file as /proc/self/mountinfo.
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'kuafu-mounts-')));
afterAll(() => rmSync(folder, { recursive: true }));

const escaped = (path: string) =>
  path.replaceAll('\\', '\\134').replaceAll(' ', '\\040').replaceAll('\t', '\\011');

function found(path: string, points: readonly string[]): string[] {
  const file = join(folder, 'mountinfo');
  const line = (point: string, index: number) =>
    `${index} 1 0:${index} / ${escaped(point)} rw - tmpfs none rw\n`;
  writeFileSync(file, points.map(line).join(''));
  const script = `${hostScript('copy/rules').replaceAll('/proc/self/mountinfo', `'${file}'`)}\nmounts "$1"`;
  const stdout = execFileSync('sh', ['-euc', script, 'sh', path], { env: { ...process.env, LC_ALL: 'C' } });
  return stdout.toString().split('\n').filter(Boolean);
}

it.each(['shop', 'two words', 'tab\tin it', 'back\\slash \\040 \\\\', '[a-z]*?.&&$1%s', 'ünï-日本', '-n'])(
  'are those at and below, whatever stands in the name: %j',
  (name) => {
    const path = join(folder, name);
    const points = [
      '/',
      folder,
      `${path}/in`,
      `${path}-other`,
      path,
      `${path}.kuafu-old/x`,
      `${path}/in/\\1 &`,
    ];
    expect(found(path, points)).toEqual([`${path}/in`, path, `${path}/in/\\1 &`].map(escaped));
    expect(found(`${path}.kuafu-old`, points)).toEqual([escaped(`${path}.kuafu-old/x`)]);
    expect(found(`${path}/in/x`, points)).toEqual([]);
  },
);

it('are found among thousands', () => {
  const points = Array.from({ length: 5000 }, (_, index) => `${folder}/${index}/of many`);
  expect(found(`${folder}/4321`, points)).toEqual([escaped(`${folder}/4321/of many`)]);
});
