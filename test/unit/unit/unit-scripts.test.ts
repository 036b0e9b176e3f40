import { uptime } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SpyHost } from '../../support/spy-host.js';

let host: SpyHost;
beforeEach(() => {
  host = new SpyHost();
});
afterEach(() => host.close());

/** systemctl(1) by its words: each case is a pattern of sh, blanks in it as they are, and what is done there. */
function systemctl(cases: Readonly<Record<string, string>>): void {
  const lines = Object.entries(cases).map(([words, does]) => `${words.replaceAll(' ', '\\ ')}) ${does} ;;`);
  host.program('systemctl', `case "$*" in\n${lines.join('\n')}\nesac`);
}

const RUNS = { 'is-active*': 'echo active' };
const IS_DOWN = { 'is-active*': 'echo inactive; exit 3' };

describe('unit/last-line', () => {
  const BEGAN = { 'show*': 'echo 5000000' };
  const lastLine = () => host.run('unit/last-line', ['shop.service']);

  it('prints what the present run of a unit wrote last', () => {
    systemctl(BEGAN);
    host.program('journalctl', "printf 'one\\nlast words\\n'");
    const { calls, ...ended } = lastLine();
    expect(ended).toEqual({ status: 0, stdout: 'last words\n', stderr: '' });
    expect(calls[0]).toBe('systemctl show --property=ConditionTimestampMonotonic --value -- shop.service');
    const [, since] =
      /^journalctl _SYSTEMD_UNIT=shop\.service --since=@(\d+\.\d{6}) /.exec(calls.at(-1) ?? '') ?? [];
    // Five seconds after this machine was started.
    const bootedAt = Date.now() / 1000 - uptime();
    expect(Math.abs(Number(since) - bootedAt - 5)).toBeLessThan(2);
  });

  it('prints nothing of an entry that has no end', () => {
    systemctl(BEGAN);
    host.program('journalctl', 'yes secret | tr -d "\\n" | head -c 30000000');
    expect(lastLine()).toMatchObject({ status: 0, stdout: 'an entry of more than 16 KiB\n' });
  });

  it.each([
    ['is not known', ''],
    ['is nonsense', 'echo n/a'],
    ['never was', 'echo 0'],
    ['cannot be asked for', 'echo 5000000; exit 1'],
  ])('prints nothing where the beginning of the run %s', (_, shows) => {
    systemctl({ 'show*': shows });
    host.program('journalctl', "echo 'of an earlier run'");
    expect(lastLine()).toMatchObject({ stdout: '', stderr: '' });
  });

  it('waits for a run that has just begun', () => {
    systemctl(BEGAN);
    const said = host.file('/run/kuafu/said', '');
    host.program('journalctl', `[ -s '${said}' ] && echo words || echo words >'${said}'`);
    expect(lastLine()).toMatchObject({ status: 0, stdout: 'words\n' });
  });
});

describe('unit/enable', () => {
  const words = ['shop.service', 'multi-user.target.wants', 'shop.target.requires'];
  const linked = [
    'systemctl enable --quiet -- shop.service',
    'systemctl add-wants --quiet -- multi-user.target shop.service',
    'systemctl add-requires --quiet -- shop.target shop.service',
    'systemctl is-active --quiet -- shop.service',
  ];

  it('links a unit as on the template, and starts it', () => {
    systemctl(IS_DOWN);
    const { status, stdout, calls } = host.run('unit/enable', words);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'inactive\n' });
    expect(calls).toEqual([...linked, 'systemctl start -- shop.service']);
  });

  it('starts none that runs', () => {
    systemctl({ 'is-active*': '' });
    const { status, stdout, calls } = host.run('unit/enable', words);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'unchanged\n' });
    expect(calls).toEqual(linked);
  });

  it('goes no further where it cannot be enabled', () => {
    systemctl({ 'enable*': 'exit 1' });
    const { status, calls } = host.run('unit/enable', words);
    expect({ status, calls }).toEqual({ status: 1, calls: linked.slice(0, 1) });
  });
});

describe('unit/disable', () => {
  const asked = [
    'systemctl daemon-reload',
    'systemctl show --property=LoadState,ActiveState -- shop.service',
  ] as const;
  const disabled = 'systemctl disable --no-reload -- shop.service';
  const stopped = 'systemctl stop -- shop.service';
  const looked = asked[1];
  const forgotten = 'systemctl reset-failed --quiet -- shop.service';
  /** How systemd says that the unit is, and how it is once it was stopped or disabled. */
  const state = (load: string, active: string, later = 'inactive') => ({
    'show*': `echo LoadState=${load}; [ -e ${host.folder}/seen ] && echo ActiveState=${later} || echo ActiveState=${active}; : > ${host.folder}/seen`,
  });

  it('stops a unit for good', () => {
    systemctl({ ...state('loaded', 'active'), 'reset-failed*': 'exit 1' });
    const { status, stdout, calls } = host.run('unit/disable', ['shop.service']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(calls).toEqual([...asked, disabled, stopped, looked, forgotten]);
  });

  it('has systemd forget a link that is taken away', () => {
    systemctl({ ...state('loaded', 'inactive'), 'disable*': 'echo Removed link >&2' });
    const { stdout, calls } = host.run('unit/disable', ['shop.service', 'down']);
    expect(stdout).toBe('');
    expect(calls).toEqual([...asked, disabled, 'systemctl daemon-reload', looked, forgotten]);
  });

  it.each(['active', 'activating', 'deactivating', 'reloading'])(
    'changes nothing at a unit that is %s, if only one that is down may be disabled',
    (active) => {
      systemctl(state('loaded', active));
      const { stdout, calls } = host.run('unit/disable', ['shop.service', 'down']);
      expect({ stdout, calls }).toEqual({ stdout: 'up\n', calls: asked });
    },
  );

  it('says that a unit runs which was started while it was disabled', () => {
    systemctl(state('loaded', 'inactive', 'active'));
    const { status, stdout } = host.run('unit/disable', ['shop.service', 'down']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'up\n' });
  });

  it('fails where something starts the unit again', () => {
    systemctl(state('loaded', 'active', 'activating'));
    const { status, stderr } = host.run('unit/disable', ['shop.service']);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'it runs again: something on this host starts it\n',
    });
  });

  it('stops a unit that runs, though its file is gone', () => {
    systemctl(state('not-found', 'active'));
    const { status, stdout, calls } = host.run('unit/disable', ['shop.service']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(calls).toEqual([...asked, stopped, looked, forgotten]);
  });

  it('tells why it cannot be disabled', () => {
    systemctl({ ...state('loaded', 'inactive'), 'disable*': 'echo no such link >&2; exit 1' });
    const { status, stderr, calls } = host.run('unit/disable', ['shop.service', 'down']);
    expect({ status, stderr, calls }).toEqual({
      status: 1,
      stderr: 'no such link\n',
      calls: [...asked, disabled],
    });
  });

  it('leaves one alone that is not there', () => {
    systemctl(state('not-found', 'inactive'));
    const { stdout, calls } = host.run('unit/disable', ['shop.service']);
    expect({ stdout, calls }).toEqual({ stdout: 'unchanged\n', calls: asked });
  });
});

describe('unit/stop', () => {
  const RUN = '--property=InvocationID --value';

  it.each([
    ['inactive', 'unchanged\n'],
    ['failed', 'unchanged\n'],
  ])('stops none that is %s', (state, stdout) => {
    systemctl({ 'is-active*': `echo ${state}` });
    expect(host.run('unit/stop', ['shop.service', 'r1'])).toMatchObject({
      status: 0,
      stdout,
      calls: ['systemctl is-active -- shop.service'],
    });
  });

  it('stops no run but the one that is meant', () => {
    systemctl({ ...RUNS, [`*${RUN}*`]: 'echo r2' });
    const { stdout, calls } = host.run('unit/stop', ['shop.service', 'r1']);
    expect(stdout).toBe('restarted\n');
    expect(calls).not.toContain('systemctl stop -- shop.service');
  });

  it('writes down before it who goes down with it, and that alone', () => {
    systemctl({
      'is-active -- shop.service': 'echo active',
      'is-active -- worker.service cron.timer': 'echo active; echo inactive',
      [`*${RUN}*`]: 'echo r1',
      '*RequiredBy* shop.service': "printf 'RequiredBy=worker.service cron.timer\\n'",
    });
    const { status, calls } = host.run('unit/stop', ['shop.service', 'r1']);
    expect(status).toBe(0);
    expect(calls.at(-1)).toBe('systemctl stop -- shop.service');
    expect(host.read('/run/kuafu/down/shop.service')).toBe('r1\nworker.service\n');
  });

  it('leaves nothing written where nobody goes down', () => {
    host.file('/run/kuafu/down/shop.service', 'r0\nworker.service\n');
    systemctl({ 'is-active*': 'echo active', 'is-failed*': 'exit 1', [`*${RUN}*`]: 'echo r1' });
    expect(host.run('unit/stop', ['shop.service', '']).status).toBe(0);
    expect(host.read('/run/kuafu/down/shop.service')).toBeUndefined();
  });
});

describe('unit/start', () => {
  it('starts one whose failures are forgotten first', () => {
    systemctl(IS_DOWN);
    const { status, calls } = host.run('unit/start', ['shop.service', '']);
    expect(status).toBe(0);
    expect(calls).toEqual([
      'systemctl is-active --quiet -- shop.service',
      'systemctl reset-failed -- shop.service',
      'systemctl start -- shop.service',
    ]);
  });

  it.each([
    ['a run that is not good is made anew', 'r1', 'again\n', 'systemctl restart -- shop.service'],
    [
      'one that was made anew meanwhile is left',
      'r0',
      'unchanged\n',
      'systemctl is-active --quiet -- shop.service',
    ],
  ])('%s', (_, sick, stdout, last) => {
    systemctl({ 'is-active --quiet*': '', '*InvocationID*': 'echo r1' });
    const run = host.run('unit/start', ['shop.service', sick]);
    expect(run).toMatchObject({ status: 0, stdout });
    expect(run.calls.at(-1)).toBe(last);
  });
});

describe('unit/sidecars', () => {
  const memory = '/run/kuafu/down/shop.service';

  it('starts who went down again, and forgets them once all are up', () => {
    host.file(memory, 'r1\nworker.service\njobs.target\n');
    host.program(
      'systemctl',
      `state='${host.folder}'/up
case "$*" in
"is-active -- worker.service jobs.target") echo failed; echo inactive; exit 3 ;;
is-active*) [ -e "$state" ] && echo active || echo inactive ;;
start*) : >"$state" ;;
"show --property=Type --value"*) echo simple ;;
esac`,
    );
    const run = host.run('unit/sidecars', ['shop.service', 'forget']);
    expect(run.stdout).toBe('up worker.service\nup jobs.target\n');
    expect(run.calls.filter((call) => call.startsWith('systemctl start'))).toEqual([
      'systemctl start -- worker.service',
      'systemctl start --job-mode=ignore-requirements -- jobs.target',
    ]);
    expect(host.read(memory)).toBeUndefined();
  });

  it('remembers one that does not come up', () => {
    host.file(memory, 'r1\nworker.service\n');
    systemctl({ ...IS_DOWN, 'show*': 'echo simple' });
    expect(host.run('unit/sidecars', ['shop.service', 'forget']).stdout).toBe('down worker.service\n');
    expect(host.read(memory)).toBe('r1\nworker.service\n');
  });

  it('has nothing to say where nobody went down', () => {
    systemctl({});
    expect(host.run('unit/sidecars', ['shop.service', 'forget'])).toMatchObject({
      status: 0,
      stdout: '',
      calls: [],
    });
  });
});

describe('unit/look', () => {
  it('prints how long units may take, and no word of their commands', () => {
    systemctl({
      '*RequiredBy* shop.service': "printf 'RequiredBy=worker.service\\n'",
      '*RequiredBy*': '',
      'is-active*': 'echo active',
      '*ExecStart*':
        'printf \'Id=%s\\nType=simple\\nExecStart={ path=/bin/shop ; argv[]=/bin/shop --password hunter2 }\\n\' "${4}"',
    });
    const { status, stdout } = host.run('unit/look', ['stop', 'shop.service']);
    expect(status).toBe(0);
    expect(stdout).toBe(
      '= self\nId=shop.service\nType=simple\nExecStart\n= up\nId=worker.service\nType=simple\nExecStart\n= remembered\n',
    );
  });
});
