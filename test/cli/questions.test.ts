import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kuafu } from '../support/kuafu.js';
import { KEYS, onTerminal } from '../support/terminal.js';

const ROOMS = `
ssh: {hostKeys: accept-new, connectTimeout: 1s}
rooms:
  A: {network: 127.0.1.0/24, hosts: {web-a-01: 127.0.1.11}}
  B: {network: 127.0.2.0/24, hosts: {web-b-01: 127.0.2.11}, spare: {'new-b-[1-2]': '127.0.2.[21-22]'}}
`;
const APPS =
  'apps: {shop: {service: shop.service, files: [/opt/shop], groups: {web: {A: web-a-01, B: web-b-01}}}}';
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kuafu-asked-'));
  await writeFile(join(folder, 'with apps.yaml'), `${ROOMS}${APPS}\n`);
  await writeFile(join(folder, 'none.yaml'), ROOMS);
  env = { HOME: folder, XDG_STATE_HOME: folder, SSH_AUTH_SOCK: '' };
});
afterAll(() => rm(folder, { recursive: true }));

const file = (name: string) => ['--config', join(folder, name)];

describe('kuafu scale on a terminal', () => {
  it('offers no room without spares, and shows the command line that says the same', async () => {
    const config = file('with apps.yaml');
    const { screen } = await onTerminal(['scale', '--batch', '1,1', '--dry-run', ...config], env, [
      ['Application', KEYS.enter],
      ['Group', KEYS.enter],
      ['Room that', KEYS.enter],
      ['How many', `2${KEYS.enter}`],
      ['Address of', KEYS.enter],
      ['Init template', KEYS.enter],
      ['Start the service', `y${KEYS.enter}`],
    ]);
    expect(screen).toMatch(/- A .*0 spare hosts free/);
    expect(screen).toMatch(/❯ B .*2 spare hosts free/);
    const same = `kuafu scale --app shop --group web --idc B --count 2 --template-ip 127.0.2.11 --start --batch 1,1 --config '${join(folder, 'with apps.yaml')}' --dry-run`;
    expect(screen).toContain(`\n${same}\r\n`);
    // Nobody is there; what it would have asked, it has been told.
    const run = await kuafu(['scale', ...words(same)], env);
    expect(run.stderr).toContain('the template cannot be read, nothing was changed');
  });

  it('breaks no word of a question at 40 columns, nor what it offers', async () => {
    const asked = ['scale', '--app=shop', '--group=web', '--idc=B', '--count=1'];
    const { screen } = await onTerminal(
      [...asked, '--dry-run', ...file('with apps.yaml')],
      env,
      [
        ['Address of', KEYS.enter],
        ['Init template', KEYS.enter],
        ['/N', KEYS.escape],
      ],
      40,
    );
    expect(screen).toMatch(/Start the service and join\s+traffic\? \(y\/N\)/);
  });

  it('takes Enter pressed again and again as the answer to one question', async () => {
    const { screen, code } = await onTerminal(['scale', ...file('with apps.yaml')], env, [
      ['Application', KEYS.enter.repeat(9)],
      ['Group', KEYS.escape],
    ]);
    expect(code).toBe(130);
    expect(screen).not.toContain('Room that');
  });

  it.each([
    ['Escape', KEYS.escape],
    ['Ctrl-C', KEYS.ctrlC],
  ])('leaves at %s with exit code 130', async (_, key) => {
    const { screen, code } = await onTerminal(['scale', ...file('with apps.yaml')], env, [
      ['Application', key],
    ]);
    expect(code).toBe(130);
    expect(screen).toContain('interrupted at a question; nothing was changed');
  });

  it.each([
    [['--app', 'shpo'], 2, 'there is no application "shpo"'],
    [['--group', 'wbe'], 2, 'there is no group of application shop "wbe"'],
    [['--idc', 'C'], 2, 'there is no room "C"'],
    [['--idc', 'A'], 3, 'a host is asked for, but none is free in room A'],
    [['--idc', 'B', '--count', '3'], 3, '3 hosts are asked for, but only 2 are free in room B'],
    [['--count', 'x'], 2, 'the count is "x"'],
    [['--template-ip', '127.0.2.21'], 2, 'is a spare host: there is nothing on it to copy'],
    [['--init', 'bsae'], 2, 'bsae'],
    [['--limit-rate', 'x'], 2, '--limit-rate is "x"'],
    [['--max-failed', 'x'], 2, '--max-failed is "x"'],
    [['--to', '3', '--idc', 'C'], 2, 'there is no room "C"'],
    [['--to', '3', '--keep', 'x'], 2, '--keep is "x"'],
  ])('tells what is wrong with a flag before it asks anything: %j', async (flags, exitCode, message) => {
    const { screen, code } = await onTerminal(['scale', ...flags, ...file('with apps.yaml')], env, []);
    expect(code).toBe(exitCode);
    expect(screen.replaceAll(/\s+/g, ' ')).toContain(message);
    expect(screen).not.toMatch(/\? (Application|Group|Room|How many)/);
  });

  it('says what is missing where there is no application', async () => {
    const { screen, code } = await onTerminal(['scale', ...file('none.yaml')], env, []);
    expect(code).toBe(2);
    expect(screen).toContain('has no application, so there is nothing to scale');
    expect(screen).toContain('kuafu config docs apps');
  });
});

/** The words of a line behind the command, as a shell takes them. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '').slice(2);
}
