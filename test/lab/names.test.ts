import { afterEach, beforeEach, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

// File names and values that would do harm, or get lost, if a shell or systemd read them in their own way.
const room = new LabRoom();
beforeEach(() => room.open());
afterEach(async () => {
  await room.inHost('web-a-01', `rm -rf /opt/shop/odd "/opt/it's \\$(touch pwned) größe"`);
  await room.close();
});

const TREE =
  'find . -printf "%P|%y|%m|%u|%l\\0" | LC_ALL=C sort -z | sha256sum; find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum';

it('copies files of every name, with their modes, owners and links', async () => {
  await room.inHost(
    'web-a-01',
    `mkdir /opt/shop/odd && cd /opt/shop/odd &&
     for name in "it's" 'two words' '$(touch pwned)' '-rf' '\`id\`' 'größe' '*' '"' '\\'; do mkdir "./$name" && echo "$name" > "./$name/file"; done
     printf 'x' > "$(printf 'line\\nbreak')"; ln -s '$(touch pwned)' dangling; chmod 600 ./-rf/file; chown shop './two words'
     mkdir "/opt/it's \\$(touch pwned) größe" && echo odd > "/opt/it's \\$(touch pwned) größe/-file"`,
  );
  const config = await room.withConfig((edited) => {
    edited.apps.shop.files.push("/opt/it's $(touch pwned) größe");
  });
  const run = await room.scale({ count: 1, start: true }, config);
  expect(run.stderr).toContain('in room B by 1 host');
  expect(run.code).toBe(0);
  const host = run.result.hosts[0]?.host ?? '';
  for (const folder of ['/opt/shop', "/opt/it's \\$(touch pwned) größe"]) {
    const tree = `cd "${folder}" && ${TREE}`;
    expect(await room.inHost(host, tree)).toBe(await room.inHost('web-a-01', tree));
  }
  expect(await room.inHost(host, 'find / -xdev -name pwned')).toBe('');
});

it('writes values that systemd reads back as they are', async () => {
  const values: Record<string, string> = {
    PLAIN: 'value',
    SPACES: ' two  words ',
    QUOTES: `it's "quoted"`,
    DOLLAR: '$HOME ${HOME} `id` $(id)',
    BACKSLASH: 'a\\b\\\\c\\n',
    COMMENT: '# no comment; really',
    UNICODE: 'größe',
    LINES: 'first\nsecond\n',
    EMPTY: '',
  };
  const config = await room.withConfig((edited) => {
    Object.assign(
      edited.apps.shop.env.common,
      Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, value.replaceAll('${', () => '$${')]),
      ),
    );
  });
  const run = await room.scale({ count: 1, start: true }, config);
  expect(run.code).toBe(0);
  const environment = await room.inHost(
    run.result.hosts[0]?.host ?? '',
    'cat /proc/$(systemctl show -p MainPID --value shop.service)/environ',
  );
  const seen = new Map(
    environment
      .split('\0')
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  for (const [name, value] of Object.entries(values)) expect([name, seen.get(name)]).toEqual([name, value]);
});

it('keeps a secret out of plan, ledger and screen', async () => {
  const config = await room.withConfig((edited) => {
    edited.apps.shop.env.common.DB_PASSWORD = 'pre-${TEST_DB_PASSWORD}';
  });
  const secret = 's3cr$t "and" more';
  const process = room.start([...room.scaleWords({ count: 1, start: true }), '--json', '--verbose'], config, {
    TEST_DB_PASSWORD: secret,
  });
  const run = await process.ended;
  expect(run.code).toBe(0);
  const { id, hosts } = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '');
  const show = await room.start(['ops', 'show', id, '--json', '--events'], config, {
    TEST_DB_PASSWORD: secret,
  }).ended;
  for (const text of [run.stdout, run.stderr, show.stdout, await room.ledgerText()])
    expect(text).not.toContain('s3cr');
  expect(await room.inHost(hosts[0].host, 'cat /etc/shop/env')).toContain(
    'DB_PASSWORD="pre-s3cr\\$t \\"and\\" more"',
  );
});
