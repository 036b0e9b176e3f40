import { describe, expect, it } from 'vitest';
import { Secrets } from '../../../src/lib/masking/secret.js';
import { evidenceToKeep, evidenceWords, factsToKeep } from '../../../src/lib/record/findings.js';
import { History } from '../../../src/lib/record/history.js';
import { OUT_BEFORE, readEvent } from '../../../src/lib/record/stored-events.js';
import { finished } from '../ledger/fixture.js';

const secrets = new Secrets();
secrets.add('db_password', 'hunter2-hunter2');

const seen = (over: object = {}) => ({ what: 'lag', seen: '0.0 s', wanted: '0', ok: true, ...over });

describe('evidence', () => {
  it('is kept as it is, and told in a line', () => {
    expect(evidenceToKeep([seen()], secrets)).toEqual({ evidence: [seen()] });
    expect(evidenceWords(seen())).toBe('lag: 0.0 s, wanted 0');
    expect(evidenceToKeep([], secrets)).toEqual({});
  });

  it('is masked, cut where it is long, and no endless list', () => {
    const { evidence = [] } = evidenceToKeep(
      Array.from({ length: 500 }, () => seen({ seen: `hunter2-hunter2 ${'x'.repeat(10_000)}` })),
      secrets,
    );
    expect(evidence).toHaveLength(20);
    expect(evidence[0]?.seen).toHaveLength(300 - 1);
    expect(JSON.stringify(evidence)).not.toContain('hunter2');
  });
});

describe('facts', () => {
  it('are kept whole, and masked', () => {
    const facts = { 'database.orders.position': '0-1-42', 'database.user': 'hunter2-hunter2' };
    const kept = factsToKeep(facts, secrets);
    expect(kept).toMatchObject({ facts: { 'database.orders.position': '0-1-42' } });
    expect(JSON.stringify(kept)).not.toContain('hunter2');
    expect(factsToKeep({}, secrets)).toEqual({});
  });

  it.each([
    ['too long', { 'a.b': 'x'.repeat(4001) }],
    ['too many', Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`a.b${n}`, '']))],
    ['without a domain', { position: '' }],
    ['named as no name is', { 'a.\u001b[31m': '' }],
    ['named as what every object has', JSON.parse('{"__proto__": "x"}') as Record<string, string>],
  ])('that are %s are none: half of one would be acted on', (_, facts) => {
    expect(factsToKeep(facts, secrets)).toHaveProperty('fault');
  });

  it('are those of a lane, and the last that were found', () => {
    const done = (facts?: Record<string, string>) =>
      ({ status: 'done', changed: true, message: '', elapsedMs: 1, ...(facts && { facts }) }) as const;
    const history = new History([
      finished('a', 'one', done({ 'x.y': '1' })),
      finished('b', 'one', done({ 'x.y': '2' })),
      finished('a', 'two', done({ 'x.y': '3' })),
      finished('a', 'two', done()),
    ]);
    expect(history.fact('a', 'x.y')).toBe('3');
    expect(history.fact('b', 'x.y')).toBe('2');
    expect(history.fact('c', 'x.y')).toBeUndefined();
  });

  it('of an earlier version are read: what somebody else had taken out', () => {
    const event = finished('a', 'leave', { status: 'done', changed: true, message: '', elapsedMs: 1 });
    const stored = { ...event, result: { ...event.result, foreign: ['lb-b:shop/a'] } };
    expect(readEvent(JSON.stringify(stored))).toEqual({
      ...event,
      result: { ...event.result, facts: { [OUT_BEFORE]: '["lb-b:shop/a"]' } },
    });
    const before = finished('a', 'copy', { status: 'skipped', message: '' });
    expect(readEvent(JSON.stringify(before))).toEqual(before);
  });
});
