import { expect, it } from 'vitest';
import { disagreements, nameRows } from '../../../src/lib/dns/name-status.js';
import { findStrays } from '../../../src/lib/dns/strays.js';
import { recordSet } from '../../../src/lib/layers/dns/records.js';
import { renderStatus, renderStrays, statusAdvice, strayAdvice } from '../../../src/lib/ui/dns/dns-view.js';
import { A, answerOf, CONFIG, DARK, DRIFTED, SHOP } from './sample-zones.js';

const short = (rows: ReturnType<typeof nameRows>) =>
  rows.map(({ name, authority, found, state }) => [name, authority, found, state]);

it('a name is as declared, or differs, or is answered otherwise than its records say', () => {
  expect(short(nameRows(DRIFTED))).toEqual([
    ['www.shop.test', 'dns-a', 'A and B, 5s', 'as declared'],
    ['www.shop.test', 'dns-b', 'A 90% : B 10%, 5s', 'differs'],
    ['shop.test', 'dns-a', 'A, 5s', 'as declared'],
    ['shop.test', 'dns-b', 'A, 5s; answers SERVFAIL', 'answers otherwise'],
  ]);
  expect(disagreements(DRIFTED)).toEqual(['www.shop.test: dns-a and dns-b disagree']);
});

it('another TTL, another type and no record at all differ', () => {
  const sets = [recordSet('www', 'CNAME', 5, ['Cdn.Example.']), recordSet('@', 'A', 60, [A])];
  expect(
    short(nameRows({ zones: [SHOP], answers: [answerOf('dns-a', { sets, answers: [] })], silent: [] })),
  ).toEqual([
    ['www.shop.test', 'dns-a', 'cdn.example, 5s', 'differs'],
    ['shop.test', 'dns-a', 'A, 60s', 'differs'],
  ]);
  const none = answerOf('dns-a', { sets: [], answers: [] });
  expect(short(nameRows({ zones: [SHOP], answers: [none], silent: [] }))[0]).toEqual([
    'www.shop.test',
    'dns-a',
    'nowhere',
    'differs',
  ]);
});

it('what could not be asked is unknown, and accuses nobody', () => {
  expect(short(nameRows(DARK)).filter(([, authority]) => authority === 'dns-b')).toEqual([
    ['www.shop.test', 'dns-b', null, 'unknown'],
    ['shop.test', 'dns-b', null, 'unknown'],
  ]);
  expect(disagreements(DARK)).toEqual([]);
});

it('names that lead to a room are found, declared and excused ones are not', () => {
  expect(findStrays(DRIFTED, CONFIG).map(({ name, rooms }) => [name, rooms])).toEqual([
    ['auto.shop.test', ['A', 'B']],
    ['db.shop.test', ['A']],
    ['old.shop.test', ['B']],
  ]);
});

it('fits 80 columns, and what a server says moves no cursor', () => {
  const sets = [recordSet('www', 'CNAME', 5, ['x\u001b[2J\u202e.example'])];
  const report = { ...DARK, answers: [answerOf('dns-a', { sets, answers: [] })] };
  const text = renderStatus(
    { rows: nameRows(report), disagreements: disagreements(DRIFTED), silent: DARK.silent },
    { width: 80 },
  );
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(text).not.toMatch(/[\u001b\u202e]/);
  expect(text).toContain('dns-b could not be asked about shop.test: no answer');
  expect(text).toContain('www.shop.test: dns-a and dns-b disagree');
  expect(renderStrays({ strays: [], silent: [] }, { width: 80 })).toMatch(/^every name that leads to a room/);
});

it('breaks what is said below the table between words', () => {
  const message = 'no connection to 127.0.0.1:8081 from there, as nothing listens at that port';
  const silent = [{ zone: 'shop.test', authority: 'dns-b', room: 'B', message }];
  const told = renderStatus(
    { rows: [], disagreements: ['www.shop.test: dns-a and dns-b disagree'], silent },
    { width: 40 },
  );
  expect(told.split('\n').slice(1)).toEqual([
    'www.shop.test: dns-a and dns-b disagree',
    'dns-b could not be asked about',
    'shop.test: no connection to',
    '127.0.0.1:8081 from there, as nothing',
    'listens at that port',
  ]);
  expect(renderStrays({ strays: [], silent }, { width: 40 })).toBe(told.split('\n').slice(-4).join('\n'));
});

it('proposes to lead back what differs, each name once, and to declare or excuse what nobody would move', () => {
  expect(statusAdvice({ rows: nameRows(DRIFTED) })).toEqual([
    ['back to what the configuration declares:', 'kuafu dns set www.shop.test --steady'],
  ]);
  expect(statusAdvice({ rows: nameRows(DARK) })).toEqual([]);
  expect(strayAdvice({ strays: [] })).toEqual([]);
  const [[what, command] = []] = strayAdvice({ strays: findStrays(DRIFTED, CONFIG) });
  expect(what).toContain('no change would move these names');
  expect(command).toBe('kuafu config docs layers');
});
