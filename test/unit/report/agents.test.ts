import { describe, expect, it } from 'vitest';
import { agentFindings, lastOperations } from '../../../src/lib/report/agents.js';
import { renderAgents, renderAgentTable, renderLoginNoise } from '../../../src/lib/ui/report/agents-view.js';
import { findingLines } from '../../../src/lib/ui/report/finding-view.js';
import { troubledRecord } from '../ui/sample-record.js';
import { agent, sampleAgents } from './sample-agents.js';

describe('a clock', () => {
  it.each([
    [900, 20, false],
    [-1500, 20, true],
    [1500, 20, true],
    // The round trip leaves more in doubt than it is off.
    [1500, 1200, false],
  ])('%i ms off after %i ms: %s', (offsetMs, answerMs, isFinding) => {
    const findings = agentFindings([agent('web-b-1', 0, { clock: { answerMs, offsetMs } })]);
    expect(findings.map(({ kind }) => kind)).toEqual(isFinding ? ['clock'] : []);
  });
});

it('says what is off, and shows hosts that are alike once', () => {
  expect(findingLines(agentFindings(sampleAgents))).toEqual([
    'web-b-3: clock off at 65.0s, above 1.0s',
    'web-b-4: no answer',
  ]);
  expect(renderAgents(sampleAgents.slice(0, 2), [], { width: 80 })).toBe(
    `web-b-[1-2] (2 hosts)
  Debian GNU/Linux 12 (bookworm), 6.1.0, OpenSSH 9.2p1, 2 CPUs, shop.service
  active
  answers in 20 ms, clock -12 ms to 0, up 16m42s, load 0.5`,
  );
});

it('says of a single host which operation was its last', () => {
  expect(renderAgents(sampleAgents.slice(0, 1), [])).toContain('\n  last operation 261125-abcd done');
  expect(renderAgents(sampleAgents.slice(0, 2), [])).not.toContain('last operation');
});

it.each([
  [[[400, 800]], '0 ±400 ms'],
  [
    [
      [-399, 800],
      [0, 10],
    ],
    '0 ±400 ms',
  ],
  [[[401, 800]], '+401 ms'],
  [
    [
      [65_000, 20],
      [3, 20],
    ],
    '0 to +1m05s',
  ],
  [
    [
      [-900, 20],
      [65_000, 20],
    ],
    '-900 ms to +1m05s',
  ],
])(
  'says of clocks that are %j (offset, answer) no more than the round trip lets it know: %s',
  (clocks, said) => {
    const agents = clocks.map(([offsetMs = 0, answerMs = 0], index) =>
      agent(`web-b-${index}`, 0, { clock: { answerMs, offsetMs } }),
    );
    expect(renderAgents(agents, [])).toContain(`clock ${said},`);
  },
);

it('has a row for each host, a silent one with its reason', () => {
  const rows = renderAgentTable(sampleAgents, {}).split('\n');
  expect(rows).toHaveLength(5);
  expect(rows[1]).toContain('261125-abcd done');
  expect(rows[4]).toMatch(/^web-b-4 .* no answer$/);
});

it('knows the newest operation that began a step on a host', () => {
  const older = troubledRecord();
  const host = older.events.flatMap((event) => (event.type === 'step-started' ? [event.lane] : []))[0] ?? '';
  const newer = { ...older, id: '261126-newr' };
  expect(lastOperations([newer, older]).get(host)?.id).toBe('261126-newr');
  expect(lastOperations([newer, older]).has('nobody')).toBe(false);
});

it('names the hosts whose login shell talks, those that say the same together', () => {
  const talking = (host: string, loginNoise: string) => ({ ...agent(host, 0), loginNoise });
  const agents = [
    talking('web-b-1', 'hi'),
    talking('web-b-2', 'hi'),
    talking('web-b-3', ''),
    talking('web-b-4', 'x\u202e'),
  ];
  expect(renderLoginNoise(agents)).toEqual([
    'web-b-[1-2]: the login shell prints "hi" before every command',
    'web-b-4: the login shell prints "x\\u202e" before every command',
  ]);
});
