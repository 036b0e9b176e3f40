import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configDocs, EXAMPLE_FILE, sectionsOf } from '../../../src/lib/config/docs.js';
import { loadConfig } from '../../../src/lib/config/load.js';
import { schemaKeys } from '../../../src/lib/config/schema.js';
import { UsageError } from '../../../src/lib/errors.js';
import { maskedText } from '../../../src/lib/masking/secret.js';

const SMALL = 'rooms: {A: {network: 198.18.1.0/24}}\n';

let folder: string;
let home: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'kuafu-config-')));
  home = join(folder, 'home');
  await mkdir(home);
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function write(path: string, text: string): Promise<string> {
  const file = join(folder, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, text);
  return file;
}

async function load(text: string, env: NodeJS.ProcessEnv = {}) {
  return await loadConfig({ file: await write('k.yaml', text), env: { HOME: home, ...env } });
}

describe('the search', () => {
  const search = (env: NodeJS.ProcessEnv = {}) =>
    loadConfig({ cwd: join(folder, 'work', 'deep'), env: { HOME: home, ...env } });

  it('takes --config, then KUAFU_CONFIG, then the nearest folder, then the user’s own', async () => {
    await mkdir(join(folder, 'work', 'deep'), { recursive: true });
    const own = await write(
      'home/.config/kuafu/kuafu.config.json',
      '{"rooms": {"A": {"network": "10.0.0.0/8"}}}',
    );
    expect((await search()).file).toBe(own);
    const xdg = await write('xdg/kuafu/kuafu.config.yml', SMALL);
    expect((await search({ XDG_CONFIG_HOME: join(folder, 'xdg') })).file).toBe(xdg);
    expect((await search({ XDG_CONFIG_HOME: 'relative' })).file).toBe(own);
    const above = await write('work/kuafu.config.yaml', SMALL);
    expect((await search()).file).toBe(above);
    const near = await write('work/deep/kuafu.config.yml', SMALL);
    expect((await search()).file).toBe(near);
    const named = await write('named.yaml', SMALL);
    expect((await search({ KUAFU_CONFIG: '../../named.yaml' })).file).toBe(named);
    const env = { HOME: home, KUAFU_CONFIG: near };
    expect((await loadConfig({ file: 'named.yaml', cwd: folder, env })).file).toBe(named);
  });

  it('says what to do when there is none, or the named one is missing', async () => {
    await mkdir(join(folder, 'work', 'deep'), { recursive: true });
    const none = await search().catch((error: unknown) => error);
    expect(none).toBeInstanceOf(UsageError);
    expect((none as UsageError).hint).toContain('kuafu.config.example.yaml');
  });

  it.each([
    ['gone.yaml', 'no such file', 'Check the path'],
    ['a/b.yaml', 'a part of its path is no folder', 'Check the path'],
    ['.', 'it is a folder', 'Name the file in it'],
  ])('says what is wrong with a named file: %s', async (name, reason, hint) => {
    await write('a', '');
    const bySetting = loadConfig({ cwd: folder, env: { HOME: home, KUAFU_CONFIG: name } });
    await expect(bySetting).rejects.toThrow(`named by KUAFU_CONFIG, cannot be read: ${reason}`);
    const byOption = loadConfig({ cwd: folder, file: name, env: { HOME: home } });
    await expect(byOption).rejects.toMatchObject({ hint: `${hint} (--config).` });
  });

  it('runs no code of the folder it searches', async () => {
    const trace = join(folder, 'trace');
    const code = `require('node:fs').writeFileSync(${JSON.stringify(trace)}, 'x'); module.exports = {};\n`;
    for (const path of ['.config/config.js', '.config/config.cjs', 'kuafu.config.js', 'meta.cjs'])
      await write(`work/deep/${path}`, code);
    await write('work/deep/package.json', '{"cosmiconfig": {"searchPlaces": ["meta.cjs"]}}');
    await write('home/.config/kuafu/config.js', code);
    const before = process.cwd();
    process.chdir(join(folder, 'work', 'deep'));
    try {
      await expect(search()).rejects.toThrow('no configuration');
    } finally {
      process.chdir(before);
    }
    expect(existsSync(trace)).toBe(false);
  });
});

describe('a sound configuration', () => {
  it('has the defaults that the reference promises', async () => {
    await write('home/.ssh/id_ed25519', '');
    const config = await load(SMALL);
    expect(config.ledger.file).toBe(join(home, '.local/state/kuafu/ledger.db'));
    expect(config.ssh).toMatchObject({
      port: 22,
      hostKeys: 'strict',
      connectTimeoutMs: 10_000,
      identityFiles: [join(home, '.ssh/id_ed25519')],
      knownHosts: [
        join(home, '.ssh/known_hosts'),
        join(home, '.ssh/known_hosts2'),
        '/etc/ssh/ssh_known_hosts',
        '/etc/ssh/ssh_known_hosts2',
      ],
    });
    expect(config.apps.size).toBe(0);
  });

  it('keeps the ledger where XDG_STATE_HOME or the file says', async () => {
    expect((await load(SMALL, { XDG_STATE_HOME: '/s' })).ledger.file).toBe('/s/kuafu/ledger.db');
    expect((await load(`${SMALL}ledger: sqlite:/x/l.db`)).ledger.file).toBe('/x/l.db');
    expect((await load(`${SMALL}ledger: sqlite:~/l.db`)).ledger.file).toBe(join(home, 'l.db'));
  });

  it('keeps environment values as they were written, and takes secrets out', async () => {
    const values = [
      'VERSION: 1.10',
      'OCTAL: 007',
      'YES: True',
      'HURTS: \'a "b" $c `d` é\'',
      'LINES: "one\\ntwo"',
      "EMPTY: ''",
      `DB: 'shop:${'$'}{PW}@db$${'$'}{x}$'`,
    ];
    const env = `{file: /etc/shop/env, common: {${values.join(', ')}}}`;
    const config = await load(
      `${SMALL}apps: {shop: {service: shop.service, files: [/opt/shop], env: ${env}}}`,
      {
        PW: 's3cret',
      },
    );
    const common = config.apps.get('shop')?.env?.common ?? new Map();
    expect(Object.fromEntries([...common].map(([key, text]) => [key, config.secrets.resolve(text)]))).toEqual(
      {
        VERSION: '1.10',
        OCTAL: '007',
        YES: 'True',
        HURTS: 'a "b" $c `d` é',
        LINES: 'one\ntwo',
        EMPTY: '',
        DB: `shop:s3cret@db${'$'}{x}$`,
      },
    );
    expect(maskedText(common.get('DB'))).toBe(`shop:[PW]@db${'$'}{x}$`);
    expect(config.secrets.mask('the s3cret is out')).toBe('the [PW] is out');
  });

  it('does without secrets where none is needed', async () => {
    const env = `{file: /etc/shop/env, common: {DB: '${'$'}{KUAFU_TEST_UNSET}'}}`;
    const text = `${SMALL}apps: {shop: {service: shop.service, files: [/opt/shop], env: ${env}}}`;
    await expect(load(text)).rejects.toThrow('KUAFU_TEST_UNSET is not set');
    const file = await write('k.yaml', text);
    const config = await loadConfig({ file, env: { HOME: home }, secrets: 'unneeded' });
    expect(maskedText(config.apps.get('shop')?.env?.common.get('DB') ?? [])).toBe('[KUAFU_TEST_UNSET]');
  });

  it('takes the address of a URL with brackets and without', async () => {
    const app = (url: string) =>
      `apps: {shop: {service: s.service, files: [/opt/s], health: {http: '${url}'}}}`;
    for (const url of ['http://[{address}]:8080/', 'http://{address}:8080/'])
      expect((await load(SMALL + app(url))).apps.get('shop')?.health?.http).toBe(url);
  });

  it('follows anchors', async () => {
    const app = '{service: shop.service, files: &f [/opt/shop]}';
    const config = await load(`${SMALL}apps: {shop: ${app}, mail: {service: mail.service, files: *f}}`);
    expect(config.apps.get('mail')?.files).toEqual(['/opt/shop']);
  });
});

const SECRETS = { SHOP_DB_PASSWORD: 'x', PDNS_API_KEY: 'y', TSIG_SECRET: 'z', ORDERS_REPLICATION: 'r' };

describe('the example', () => {
  it('is a sound configuration', async () => {
    const file = join(folder, 'kuafu.config.yaml');
    await copyFile(EXAMPLE_FILE, file);
    const config = await loadConfig({ file, env: { HOME: home, ...SECRETS } });
    expect([...config.rooms.keys()]).toEqual(['A', 'B']);
    expect(config.rooms.get('B')?.spare.size).toBe(24);
  });

  it('is sound as well with what is commented out in it', async () => {
    await chmod(await write('hosts.py', "#!/bin/sh\necho '{}'\n"), 0o755);
    const file = await write('kuafu.config.yaml', withAllSections(await configDocs()));
    const config = await loadConfig({ file, env: { HOME: home, ...SECRETS } });
    expect([...config.rooms.keys()]).toEqual(['A', 'B']);
  });

  it('has every key of the schema', async () => {
    const example: unknown = parse(withAllSections(await configDocs()));
    expect(schemaKeys().filter((key) => !stands(example, key.split('.')))).toEqual([]);
    expect(schemaKeys()).toContain('apps.*.health.within');
  });

  it('is printed by section', async () => {
    const sections = sectionsOf(await configDocs());
    expect([...sections.keys()]).toEqual(['ssh', 'ledger', 'rooms', 'apps', 'layers', 'inventory']);
    expect(await configDocs('ledger')).toMatch(/^# Where operations .*\nledger: sqlite$/s);
    await expect(configDocs('room')).rejects.toThrow("no section room (did you mean 'rooms'?)");
    expect([...sections.values()].join('\n')).toContain('groups:');
  });
});

it('names all hosts outside the network of their room at once, be they 65,536', async () => {
  const hosts = "{'web-[1-65536]': '10.18.[0-255].[0-255]'}";
  await expect(load(`rooms: {A: {network: 198.18.1.0/24, hosts: ${hosts}}}\n`)).rejects.toThrow(
    '10.18.[0-255].[0-255], of web-[1-65536], is not in the network',
  );
});

/** Takes the # away from sections that are commented out. */
function withAllSections(text: string): string {
  return text.replace(/^#[a-z]\w*:\n(?:# {2}.*\n?)+/gm, (section) => section.replace(/^#/gm, ''));
}

/** Whether a path of the schema is in a value; `*` is any key. */
function stands(value: unknown, [key, ...rest]: string[]): boolean {
  if (key === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  const children =
    key === '*' ? Object.values(value) : Object.entries(value).flatMap(([k, v]) => (k === key ? [v] : []));
  return children.some((child) => stands(child, rest));
}
