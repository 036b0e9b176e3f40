import { expect, it } from 'vitest';
import { buildInventory } from '../../../src/lib/inventory/inventory.js';
import { pairsOf } from '../../../src/lib/report/room-links.js';
import { isBroken, reachesNobody, renderRooms } from '../../../src/lib/ui/inventory/rooms-view.js';
import { parsedConfig } from '../inventory/selection-config.js';
import { sampleRooms } from './sample-rooms.js';

it('pairs the first host of each room with that of each other, both ways', async () => {
  const hosts = buildInventory(await parsedConfig(), []).inUse({});
  const pairs = pairsOf(['A', 'B', 'C'], hosts).map(([from, to]) => `${from.name} ${to.name}`);
  expect(pairs).toEqual(['db-a web-b-1', 'web-b-1 db-a']);
});

it('shows what does not work', () => {
  const text = renderRooms(sampleRooms, { width: 80 });
  expect(text).toMatch(/^gw-a +A +out of band +203.0.113.11 +gw-a: no answer$/m);
  expect(text).toMatch(/^B to A +lb-b +lb-a +1.3 ms +1 of 10$/m);
  expect(isBroken(sampleRooms)).toBe(true);
  expect(isBroken({ ...sampleRooms, gateways: [], links: sampleRooms.links.slice(0, 1) })).toBe(false);
});

it('tells a way that does not work from nobody that could be asked', () => {
  const gateways = sampleRooms.gateways.map((way) => ({ ...way, reached: false }));
  const links = sampleRooms.links.map((link) => ({ ...link, probes: 0, lost: 0, roundTripMs: null }));
  const nobody = { ...sampleRooms, gateways, links };
  expect(reachesNobody(nobody)).toBe(true);
  expect(reachesNobody({ ...nobody, links: sampleRooms.links })).toBe(false);
  expect(reachesNobody({ ...nobody, gateways: sampleRooms.gateways })).toBe(false);
  expect(reachesNobody({ ...nobody, gateways: [], links: [] })).toBe(false);
});
