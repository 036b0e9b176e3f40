import type { ZoneReport } from '../../../src/lib/dns/read-zones.js';
import { recordSet } from '../../../src/lib/layers/dns/records.js';
import type { SwitchDatabase, SwitchFacts } from '../../../src/lib/switch/switch-status.js';
import type { TrafficAnswer, TrafficRow, TrafficState } from '../../../src/lib/traffic/traffic-status.js';
import { databaseLook, primary, replica } from '../../support/database-sample.js';
import { A, answerOf, B, SHOP } from '../dns/sample-zones.js';

/** Records of www and of the zone itself, at an authority. */
export function namesAt(authority: string, www: readonly string[], ttl = 5) {
  return answerOf(authority, {
    sets: [recordSet('www', 'A', ttl, [...www]), recordSet('@', 'A', 5, [A])],
    answers: [
      { name: 'www', status: 'NOERROR', addresses: www },
      { name: '@', status: 'NOERROR', addresses: [A] },
    ],
  });
}

export function zones(answers: ZoneReport['answers'], silent: ZoneReport['silent'] = []): ZoneReport {
  return { zones: [SHOP], answers, silent };
}

/** A balancer of room A with a server in each of these states: web-a-01 in the first, and so on. */
export function entry(states: readonly TrafficState[], over: Partial<TrafficRow> = {}): TrafficAnswer {
  const about = { app: 'shop', room: 'A', balancer: 'lb-a' };
  const rows = states.map((state, index): TrafficRow => {
    const host = `web-a-0${index + 1}`;
    const counts = { weight: 100, sessions: 0, drained: null };
    return { ...about, host, server: host, address: `198.18.1.1${index}:8080`, state, ...counts, ...over };
  });
  return { ...about, rows, doubts: [] };
}

export function database(look = databaseLook(primary(), replica(), ['db-a']), home = 'A'): SwitchDatabase {
  return { ...look, home };
}

export function facts(over: Partial<SwitchFacts> = {}): SwitchFacts {
  return {
    zones: zones([namesAt('dns-a', [A, B]), namesAt('dns-b', [A, B])]),
    traffic: { answers: [entry(['in traffic', 'in traffic'])], silent: [] },
    databases: [database()],
    ...over,
  };
}

const LATE = 'no answer within 4 s';

/** Room A is cut off. lb-a, the proxy in the sample of a database, is its balancer as well. */
export const DARK: SwitchFacts = {
  zones: zones(
    [namesAt('dns-b', [A, B])],
    [{ zone: 'shop.test', authority: 'dns-a', room: 'A', message: LATE }],
  ),
  traffic: { answers: [], silent: [{ app: 'shop', room: 'A', balancer: 'lb-a', message: LATE }] },
  databases: [database({ ...databaseLook(undefined, replica(), undefined) })],
};
