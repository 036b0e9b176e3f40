import { parseReading } from '../../../src/lib/report/reading.js';
import { type HostUse, resourceFindings } from '../../../src/lib/report/resources.js';
import type { ResourceReport } from '../../../src/lib/ui/report/resource-use-view.js';
import { PRINTED } from './sample-reading.js';

/** A host of shop/web as in sample-reading.ts, with these words instead. */
export function use(
  host: string,
  changes: readonly (readonly [string, string])[] = [],
  version = '1.0.0',
): HostUse {
  const printed = changes.reduce((text, [from, to]) => text.replace(from, to), PRINTED);
  const about = { host, room: 'B', places: [{ app: 'shop', group: 'web' }], message: '', hint: '' };
  const versions = new Map([['shop', version]]);
  return { ...about, status: 'answered', reading: parseReading(printed), versions };
}

export function silent(host: string): HostUse {
  const reading = { reading: undefined, versions: new Map<string, string>() };
  return { ...use(host), ...reading, status: 'unreachable', message: 'no answer' };
}

export const THRESHOLDS = { cpu: 0.85, load: 2, memory: 0.9, disk: 0.85, inodes: 0.85 };

/** Two hosts with a failed unit, one silent. */
export function sampleResources(): ResourceReport {
  const hosts = [use('web-b-1'), use('web-b-2'), silent('web-b-3')];
  const findings = resourceFindings(hosts, THRESHOLDS);
  return { at: '2026-11-25T03:00:00.000Z', sampleMs: 2000, thresholds: THRESHOLDS, hosts, findings };
}
