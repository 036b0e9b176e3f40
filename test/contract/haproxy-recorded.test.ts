import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseAllServers, parseServers } from '../../src/lib/layers/http/haproxy/servers.js';
import { parseStatistics } from '../../src/lib/layers/http/haproxy/statistics.js';
import { LabRoom } from '../support/lab-room.js';
import { OWN_SOCKET, OwnHaproxy } from '../support/own-haproxy.js';
import { QUESTIONS, RECORDED, recorded } from '../support/recorded-haproxy.js';

// Holds that the states on which unit tests rest are those of the HAProxy at hand. With KUAFU_RECORD=1 they are recorded anew.
const room = new LabRoom();
const balancer = new OwnHaproxy(room);
const backend = { balancer: 'lb-b', socket: OWN_SOCKET, backend: 'shop' };
const answers = new Map<string, string>();

beforeAll(async () => {
  await room.open();
  await balancer.stop();
  const lines = (text: string) => text.trim().split('\n');
  await balancer.start(lines(recorded('shop.cfg')), { more: lines(recorded('more.cfg')) });
  for (const command of lines(recorded('commands.txt'))) await balancer.ask(command);
  // Each server that is checked has been, several times.
  await sleep(5000);
  for (const [file, question] of Object.entries(QUESTIONS)) answers.set(file, await balancer.ask(question));
  if (process.env.KUAFU_RECORD === '1')
    for (const [file, answer] of answers) writeFileSync(join(RECORDED, file), answer);
});
afterAll(async () => {
  await balancer.stop();
  await room.close();
});

const now = (file: keyof typeof QUESTIONS) => answers.get(file) ?? '';

/** As a check that is on its way has no result yet, they are asked again. */
it('its servers are in the states that are recorded', async () => {
  const ask = async () => parseServers(await balancer.ask(QUESTIONS['servers.txt']), backend);
  await expect.poll(ask, { timeout: 20_000 }).toEqual(parseServers(recorded('servers.txt'), backend));
  const namesOf = (answer: string) =>
    [...parseAllServers(answer, backend)].map(([name, servers]) => [name, servers.map((each) => each.name)]);
  expect(namesOf(now('all-servers.txt'))).toEqual(namesOf(recorded('all-servers.txt')));
});

it('its statistics are those that are recorded', () => {
  expect(parseStatistics(now('stat.csv'), backend)).toEqual(parseStatistics(recorded('stat.csv'), backend));
});

it('it has no backend in the words that are recorded, and tells its process by the same names', () => {
  expect(now('no-backend.txt')).toBe(recorded('no-backend.txt'));
  for (const key of ['Pid', 'Uptime_sec']) {
    const line = new RegExp(`^${key}: \\d+$`, 'm');
    expect(now('info.txt')).toMatch(line);
    expect(recorded('info.txt')).toMatch(line);
  }
});
