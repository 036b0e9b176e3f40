import { afterEach, beforeEach, expect, it } from 'vitest';
import { lookCommand, parseLook } from '../../../src/lib/layers/database/mariadb/look.js';
import { SpyHost } from '../../support/spy-host.js';

let host: SpyHost;
beforeEach(() => {
  host = new SpyHost();
});
afterEach(() => host.close());

/** As the command gives them to the script, with another time for each statement. */
const look = (seconds = '3') => {
  const [, ...tables] = lookCommand().words.slice(4).map(String);
  return host.run('database/mariadb-look', [seconds, ...tables]);
};

it('prints every table, each row after the name of its table, and an end', () => {
  host.program(
    'mariadb',
    `case $* in
    *VARIABLES*) printf 'Variable_name\\tValue\\nread_only\\tOFF\\ngtid_binlog_state\\t0-1-7\\ngtid_current_pos\\t0-1-7\\ngtid_slave_pos\\t\\n' ;;
    *STATUS*Rpl*) printf 'Variable_name\\tValue\\nRpl_semi_sync_master_clients\\t1\\n' ;;
    *PROCESSLIST*) printf 'user\\taddress\\tsessions\\nend\\tend\\t2\\n' ;;
    esac`,
  );
  const { status, stdout } = look();
  expect(status).toBe(0);
  expect(parseLook(stdout)).toMatchObject({
    takesWrites: true,
    gtids: new Map([['0-1', 7]]),
    semiSync: { replicas: 1 },
    sources: [],
    clients: [{ user: 'end', address: 'end', sessions: 2 }],
  });
});

it('has no end where a statement failed, or hung', () => {
  host.program(
    'mariadb',
    'case $* in *SLAVES*) echo "ERROR 1227 (42000): Access denied" >&2; exit 1 ;; esac; echo x',
  );
  expect(look()).toMatchObject({ status: 69, stderr: expect.stringContaining('Access denied') });
  expect(look().stdout).not.toMatch(/^end$/m);
  host.program('mariadb', 'sleep 9');
  expect(look('1')).toMatchObject({ status: 69, stdout: '' });
  host.program('mariadb', 'yes | head -c 3000000');
  expect(look()).toMatchObject({ status: 69, stdout: '' });
});
