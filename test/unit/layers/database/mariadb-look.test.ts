import { describe, expect, it } from 'vitest';
import { parseLook } from '../../../../src/lib/layers/database/mariadb/look.js';

const VARIABLES = [
  'variables Variable_name\tValue',
  'variables gtid_binlog_state\t0-1-9,0-2-3',
  'variables gtid_slave_pos\t0-1-12',
  'variables read_only\tON',
  'variables server_id\t2',
  'variables version\t10.11.6-MariaDB-log',
  'variables gtid_current_pos\t0-1-12',
];
const REPLICATION = [
  'replication Connection_name\tMaster_Host\tMaster_Port\tMaster_Server_Id\tSlave_IO_Running\tSlave_SQL_Running\tLast_IO_Error\tLast_SQL_Error\tSeconds_Behind_Master\tGtid_IO_Pos',
  'replication \t198.18.1.40\t3306\t1\tConnecting\tYes\tcannot\\nconnect\\tto \\\\it\t\tNULL\t0-1-12',
];
const CLIENTS = ['clients user\taddress\tsessions', 'clients app\t198.18.1.94\t12'];
const REST = ['status Variable_name\tValue', 'status Rpl_semi_sync_master_status\tOFF'];
const answer = (lines: readonly string[], end = 'end') => [...lines, end, ''].join('\n');
const WHOLE = [...VARIABLES, ...REST, ...REPLICATION, ...CLIENTS];

describe('the answer of a server', () => {
  it('is read by the names of its columns', () => {
    expect(parseLook(answer(WHOLE))).toEqual({
      version: '10.11.6-MariaDB-log',
      serverId: '2',
      takesWrites: false,
      gtids: new Map([
        ['0-1', 12],
        ['0-2', 3],
      ]),
      position: new Map([['0-1', 12]]),
      semiSync: { isEnabled: false, isActive: false, replicas: 0 },
      sources: [
        {
          serverId: '1',
          address: '198.18.1.40',
          port: 3306,
          receives: false,
          applies: true,
          secondsBehind: null,
          received: new Map([['0-1', 12]]),
          error: 'cannot\nconnect\tto \\it',
        },
      ],
      clients: [{ user: 'app', address: '198.18.1.94', sessions: 12 }],
    });
  });

  it('of a primary has no replication', () => {
    const lines = [...VARIABLES.with(3, 'variables read_only\tOFF'), ...REST, 'replication ', ...CLIENTS];
    expect(parseLook(answer(lines))).toMatchObject({ takesWrites: true, sources: [] });
  });

  it.each([
    ['empty', ''],
    ['without its end', answer(WHOLE, 'clients app\t1\t2')],
    ['without a table', answer(WHOLE.filter((line) => !line.startsWith('replication')))],
    ['cut', answer(WHOLE).slice(0, -2)],
    ['with a line of no table', answer(['Welcome!', ...WHOLE])],
    ['with a row that is too long', answer([...WHOLE, 'clients x\ty\t1\t2'])],
    ['without a variable', answer(WHOLE.filter((line) => !line.includes('read_only')))],
    ['with a variable of another form', answer(WHOLE.with(3, 'variables read_only\tNO_LOCK'))],
    ['with GTIDs of another form', answer(WHOLE.with(1, 'variables gtid_binlog_state\t0-1'))],
  ])('%s is none', (_, text) => {
    expect(parseLook(text)).toBeUndefined();
  });
});
