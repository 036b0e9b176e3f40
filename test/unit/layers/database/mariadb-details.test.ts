import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseDetails } from '../../../../src/lib/layers/database/mariadb/details.js';
import { replicateFrom } from '../../../../src/lib/layers/database/mariadb/statements.js';
import { SpyHost } from '../../../support/spy-host.js';

let host: SpyHost;
beforeEach(() => {
  host = new SpyHost();
  host.program(
    'mariadb',
    `case $* in
    *VARIABLES*) printf 'Variable_name\\tValue\\nlog_bin\\tON\\nlog_slave_updates\\tON\\nrpl_semi_sync_slave_enabled\\tOFF\\n' ;;
    *SLAVES*) printf 'Connection_name\\tUsing_Gtid\\tMaster_Host\\tMaster_Port\\tConnect_Retry\\tMaster_SSL_Allowed\\tMaster_SSL_CA_File\\n'
      printf '\\tSlave_Pos\\tdb-a.internal\\t3307\\t2\\tYes\\t/etc/ssl/ca.pem\\n' ;;
    *PROCESSLIST*) printf 'thread\\tuser\\taddress\\tseconds\\tin_transaction\\tstatement\\n7\\tapp\\tlocalhost\\t12\\t1\\tUPDATE\\\\n x\\n' ;;
    esac`,
  );
});
afterEach(() => host.close());

const read = (options: string) => {
  host.program('my_print_defaults', `printf '%s\\n' ${options}`);
  const { status, stdout } = host.run('database/mariadb-details', ['3', '10']);
  return { status, stdout, details: parseDetails(stdout) };
};

it('says what a switch needs, and no other option of the files', () => {
  const { status, stdout, details } = read("'--password=x y' --read-only=1");
  expect(status).toBe(0);
  expect(stdout).not.toContain('password');
  expect(details).toEqual({
    startsReadOnly: true,
    acknowledges: false,
    logsUpdates: true,
    replication: [
      {
        name: '',
        byGtid: true,
        address: 'db-a.internal',
        port: 3307,
        options: { MASTER_CONNECT_RETRY: 2, MASTER_SSL: 1, MASTER_SSL_CA: '/etc/ssl/ca.pem' },
      },
    ],
    busy: [
      {
        thread: '7',
        user: 'app',
        address: 'localhost',
        seconds: 12,
        inTransaction: true,
        statement: 'UPDATE\n x',
      },
    ],
  });
});

it.each([
  ['--read_only=1', true],
  ['--read-only', true],
  ['--loose-read_only=ON', true],
  ['--read_only=1 --read_only=0', false],
  ['--skip-read-only', false],
  ['--read_only_compressed=1', false],
  ['--innodb_read_only=1', false],
  ['--super=1', false],
])('the files that say %s', (options, startsReadOnly) => {
  expect(read(options).details?.startsReadOnly).toBe(startsReadOnly);
});

it('is no answer where the files could not be read', () => {
  host.program('my_print_defaults', 'exit 1');
  expect(host.run('database/mariadb-details', ['3', '10']).status).toBe(69);
});

it('a statement holds names and passwords of any kind as texts', () => {
  const options = { MASTER_CONNECT_RETRY: 2, MASTER_SSL_CA: '/a b' };
  expect(
    replicateFrom({ address: '198.18.2.40', port: 3306, user: 'repl', password: `p'"\\$(x);`, options }),
  ).toBe(
    `SET SESSION sql_mode='';
STOP SLAVE;
RESET SLAVE ALL;
SET GLOBAL rpl_semi_sync_master_enabled=0;
CHANGE MASTER TO MASTER_HOST='198.18.2.40', MASTER_PORT=3306, MASTER_USER='repl', MASTER_PASSWORD='p''"\\\\$(x);', MASTER_CONNECT_RETRY=2, MASTER_SSL_CA='/a b', MASTER_USE_GTID=slave_pos, MASTER_DEMOTE_TO_SLAVE=1;
START SLAVE;
`,
  );
});
