import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseFenceLook, parseThreads } from '../../../src/lib/layers/database/mariadb/forced-look.js';
import { SpyHost } from '../../support/spy-host.js';

const FENCE = '/etc/mysql/mariadb.conf.d/zz-kuafu-fence.cnf';

let host: SpyHost;
let server: ChildProcess;
beforeEach(() => {
  host = new SpyHost();
  host.file('/etc/mysql/mariadb.conf.d/50-server.cnf', '[mariadbd]\n');
  server = spawn('sleep', ['60'], { stdio: 'ignore' });
  host.program('mariadb', `[ -e '${host.folder}/up' ] && cat '${host.folder}/up'`);
  systemd();
});
afterEach(() => {
  server.kill('SIGKILL');
  host.close();
});

/** @param change what systemctl does in place of its own */
function systemd(change = ''): void {
  const main = `if [ -e "${host.folder}/killed" ]; then echo 0; else echo ${server.pid}; fi`;
  host.program(
    'systemctl',
    `case $* in
    ${change}
    *LoadState*) echo loaded ;;
    *MainPID*) ${main} ;;
    *ActiveState*) echo active ;;
    kill*) kill -9 ${server.pid}; : > "${host.folder}/killed" ;;
    restart*) echo 1 > '${host.folder}/up' ;;
    esac`,
  );
  // What stands in the files of the folder, as the server reads them.
  host.program('my_print_defaults', `sed -n 's/^[a-z_]*=/--&/p' '${host.folder}'/server/*.cnf`);
}

const fence = () => host.run('database/mariadb-fence');

describe('a fence', () => {
  it('puts its file first, kills the server, and starts it again; never does it stop it', () => {
    const { status, stdout, calls } = fence();
    expect([status, stdout]).toEqual([0, 'read-only\n']);
    expect(host.read(FENCE)).toMatch(
      /^# kuafu: a fence\..*\n\[mariadbd\]\nread_only=1\ninit_rpl_role=SLAVE\n$/,
    );
    const changes = calls.filter((call) => /^systemctl (?!show)/.test(call));
    expect(changes).toEqual([
      'systemctl kill -s KILL mariadb.service',
      'systemctl reset-failed mariadb.service',
      'systemctl restart --no-block mariadb.service',
    ]);
    expect(calls.indexOf('my_print_defaults --mysqld')).toBeLessThan(calls.indexOf(changes[0] ?? ''));
    expect(fence()).toMatchObject({ status: 0, stdout: 'read-only\n' });
  });

  it('leaves the server alone where a person has a file of that name, or a link', () => {
    host.file(FENCE, '[mariadbd]\nread_only=0\n');
    expect(fence()).toMatchObject({ status: 69, stderr: expect.stringContaining('is not a file of kuafu') });
    expect(host.read(FENCE)).toBe('[mariadbd]\nread_only=0\n');
    const linked = new SpyHost();
    linked.file('/etc/mysql/mariadb.conf.d/x.cnf', '');
    linked.program('systemctl', 'echo loaded').program('my_print_defaults');
    symlinkSync('/nowhere', join(linked.folder, 'server', 'zz-kuafu-fence.cnf'));
    expect(linked.run('database/mariadb-fence').stderr).toContain('is not a file of kuafu');
    linked.close();
    expect(server.signalCode).toBeNull();
  });

  it.each([
    ['systemd does not answer', '*LoadState*) exit 1 ;;', 'systemd does not answer'],
    ['there is no such unit', '*LoadState*) echo not-found ;;', 'this host has no mariadb.service'],
    ['systemd says no process', '*MainPID*) exit 1 ;;', 'systemd does not say which process the server is'],
    ['systemd says no number', '*MainPID*) echo "1 2" ;;', 'systemd does not say which process'],
    ['it cannot be killed', 'kill*) exit 1 ;;', 'it cannot be killed'],
  ])('restarts nothing where %s', (_, change, message) => {
    systemd(change);
    const { status, stderr, calls } = fence();
    expect([status, stderr]).toEqual([69, expect.stringContaining(message)]);
    expect(calls.join('\n')).not.toContain('restart');
  });

  it('restarts nothing where another file says otherwise, or none can be read', () => {
    host.file('/etc/mysql/mariadb.conf.d/zzz.cnf', '[mariadbd]\nread_only=0\n');
    expect(fence()).toMatchObject({ status: 69, stderr: expect.stringContaining('and says otherwise') });
    host.program('my_print_defaults', 'exit 1');
    expect(fence()).toMatchObject({ status: 69, stderr: expect.stringContaining('could not be read') });
    expect(server.signalCode).toBeNull();
  });

  it('is none where the server takes writes after it', () => {
    systemd(`restart*) echo 0 > '${host.folder}/up' ;;`);
    expect(fence()).toMatchObject({ status: 69, stderr: expect.stringContaining('it takes writes, though') });
  });

  it('one that was killed before, and recovers, is waited for and not killed again', () => {
    fence();
    rmSync(join(host.folder, 'up'));
    systemd('*ActiveState*) echo activating ;;');
    host.program('sleep', `echo 1 > '${host.folder}/up'`);
    const { status, stdout, calls } = fence();
    expect([status, stdout]).toEqual([0, 'read-only\n']);
    expect(calls.filter((call) => /^systemctl (?!show)/.test(call))).toEqual([]);
  });

  it('a server that does not start is stopped', () => {
    systemd('restart*) ;; *ActiveState*) echo failed ;;');
    expect(fence()).toMatchObject({ status: 0, stdout: 'stopped\n' });
  });

  it('a server that does not answer, and of which systemd knows nothing, is not stopped', () => {
    systemd('restart*) ;; *ActiveState*) echo failed ;;');
    host.file('/etc/mysql/mariadb.conf.d/50-server.cnf', '[mariadbd]\n');
    mkdirSync(join(host.folder, 'proc/7'), { recursive: true });
    writeFileSync(join(host.folder, 'proc/7/comm'), 'mariadbd\n');
    host.program('sleep', `echo 0 > '${host.folder}/up'`);
    expect(fence()).toMatchObject({ status: 69, stderr: expect.stringContaining('it takes writes, though') });
  });
});

describe('its file is taken away', () => {
  const unfence = () => host.run('database/mariadb-unfence');

  it('where the server starts read-only without it', () => {
    fence();
    host.file('/etc/mysql/mariadb.conf.d/99-host.cnf', '[mariadbd]\nread_only=ON\n');
    expect(unfence()).toMatchObject({ status: 0, stdout: 'removed\n' });
    expect(host.read(FENCE)).toBeUndefined();
    expect(unfence()).toMatchObject({ status: 0, stdout: 'none\n' });
  });

  it('else it stays; and so does one of a person', () => {
    fence();
    expect(unfence()).toMatchObject({ status: 0, stdout: 'kept\n' });
    expect(host.read(FENCE)).toContain('read_only=1');
    host.file(FENCE, 'mine\n');
    expect(unfence()).toMatchObject({
      status: 69,
      stderr: expect.stringContaining('is not a file of kuafu'),
    });
  });
});

describe('a look', () => {
  const look = () => parseFenceLook(host.run('database/mariadb-fence-look', ['3']).stdout);

  it('says how commits wait, or that the server does not say', () => {
    expect(look()).toMatchObject({ file: 'none', hasUnit: true, waits: undefined });
    fence();
    host.program(
      'mariadb',
      "printf 'Variable_name\\tValue\\nrpl_semi_sync_master_enabled\\tON\\nrpl_semi_sync_master_timeout\\t10000\\nrpl_semi_sync_master_wait_point\\tAFTER_SYNC\\n'",
    );
    expect(look()).toMatchObject({
      file: 'ours',
      waits: { isEnabled: true, beforeCommit: true, timeoutMs: 10_000 },
    });
    host.file(FENCE, 'mine\n');
    expect(look()).toMatchObject({ file: 'foreign' });
  });

  it('is nothing where it is cut anywhere', () => {
    const { stdout } = host.run('database/mariadb-fence-look', ['3']);
    for (let end = 0; end < stdout.length; end++)
      expect(parseFenceLook(stdout.slice(0, end))).toBeUndefined();
  });

  it('says which threads run, and what has arrived', () => {
    const answer = (receiver: string, position: string) =>
      host.program(
        'mariadb',
        `printf 'Slave_IO_Running\\tSlave_SQL_Running\\tGtid_IO_Pos\\tLast_SQL_Error\\n${receiver}\\tNo\\t${position}\\tno\\\\nrow\\n'`,
      );
    const threads = () => parseThreads(host.run('database/mariadb-threads', ['3']).stdout);
    answer('Connecting', '0-1-12');
    expect(threads()).toEqual({
      ...{ receiver: 'up', applier: 'down', error: 'no\nrow' },
      received: new Map([['0-1', 12]]),
    });
    answer('No', '');
    expect(threads()).toMatchObject({ receiver: 'down', received: new Map() });
    answer('Perhaps', '0-1-12');
    expect(threads()).toBeUndefined();
    answer('Yes', 'x');
    expect(threads()).toBeUndefined();
    host.program('mariadb');
    expect(threads()).toBeNull();
  });
});

describe('an archive', () => {
  const archive = (most = '1000') => host.run('database/mariadb-archive', ['orders-op.sql', '0-1-12', most]);

  it('is whole, and for root alone', () => {
    host.program('mariadb', "printf 'binlog.000007\\t500\\nbinlog.000008\\t20\\n'");
    host.program('mariadb-binlog', 'echo rows; echo a warning >&2');
    const { status, stdout, calls } = archive();
    const sum = createHash('sha256').update('rows\n').digest('hex');
    const path = join(host.folder, 'spools/errant/orders-op.sql');
    expect([status, stdout]).toEqual([0, `${path} 5 ${sum}\n`]);
    expect(host.read('/var/lib/kuafu/errant/orders-op.sql')).toBe('rows\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(calls.at(-1)).toMatch(/--start-position=0-1-12 --to-last-log -- binlog\.000007$/);
  });

  it('is none where it fails, or is too large', () => {
    host.program('mariadb', "printf 'binlog.000007\\t500\\n'");
    host.program('mariadb-binlog', 'echo rows; echo "ERROR: no" >&2; exit 1');
    expect(archive()).toMatchObject({
      ...{ status: 69, stdout: '' },
      stderr: 'mariadb-binlog ended 1: ERROR: no\n',
    });
    host.program('mariadb-binlog', 'yes | head -c 3000');
    expect(archive()).toMatchObject({ status: 69, stderr: 'there are more than 1000 bytes of them\n' });
    expect(host.read('/var/lib/kuafu/errant/orders-op.sql')).toBeUndefined();
    host.program('mariadb', 'exit 1');
    expect(archive()).toMatchObject({ status: 69, stderr: 'its server does not say which logs it has\n' });
  });
});
