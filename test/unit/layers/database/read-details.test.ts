import { expect, it } from 'vitest';
import { readDetails } from '../../../../src/lib/layers/database/read.js';
import { Secrets } from '../../../../src/lib/masking/secret.js';
import { hostNamed } from '../../../support/fake-room.js';

const SECRET = 'correct  horse battery staple';

/** What readDetails makes of a statement that the server gives. */
async function shown(statement: string): Promise<string | undefined> {
  const rows = [
    'variables Variable_name\tValue',
    'replication Connection_name\tUsing_Gtid',
    'busy thread\tuser\taddress\tseconds\tin_transaction\tstatement',
    `busy 7\tapp\tlocalhost\t12\t1\t${statement}`,
    'files option',
    'end',
  ];
  const result = { exitCode: 0, signal: null, stdout: `${rows.join('\n')}\n`, stderr: '', truncated: false };
  const session = { host: 'db-a', run: async () => ({ ...result, elapsedMs: 1 }) };
  const secrets = new Secrets();
  secrets.add('ORDERS_KEY', SECRET);
  const connections = { session: async () => session as never };
  const { busy } = await readDetails('db-a', 10, { connections, hostOf: hostNamed, secrets });
  return busy[0]?.statement;
}

it('a secret in the statement of a busy session is masked before its spaces are folded', async () => {
  expect(await shown(`SET PASSWORD = '${SECRET}'`)).toBe("SET PASSWORD = '[ORDERS_KEY]'");
});

it('so is the beginning of one where the server has cut the statement', async () => {
  expect(await shown(`SELECT${' '.repeat(287)}'${SECRET.slice(0, 13)}`)).toBe("SELECT '[ORDERS_KEY]");
});
