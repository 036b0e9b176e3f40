import type { RoomsReport } from '../../../src/lib/ui/inventory/rooms-view.js';

const link = { from: 'lb-a', fromRoom: 'A', to: 'lb-b', toRoom: 'B', probes: 10, message: '' };

/** The way back from room B loses one in ten, and the gateway's out-of-band way is shut. */
export const sampleRooms: RoomsReport = {
  rooms: [
    {
      room: 'A',
      title: 'Hangzhou A',
      network: '198.18.1.0/24',
      gateway: 'gw-a',
      hosts: 3,
      spare: 2,
      groups: { 'shop/web': 2 },
    },
    {
      room: 'B',
      title: 'Hangzhou B',
      network: '198.18.2.0/24',
      gateway: null,
      hosts: 3,
      spare: 0,
      groups: {},
    },
  ],
  gateways: [
    { room: 'A', host: 'gw-a', way: 'intranet', address: '198.18.1.1', reached: true, message: '' },
    {
      room: 'A',
      host: 'gw-a',
      way: 'out of band',
      address: '203.0.113.11',
      reached: false,
      message: 'gw-a: no answer',
    },
  ],
  links: [
    { ...link, roundTripMs: 1.234, lost: 0 },
    { ...link, from: 'lb-b', fromRoom: 'B', to: 'lb-a', toRoom: 'A', roundTripMs: 1.3, lost: 1 },
  ],
  drained: [
    {
      host: 'web-a-01',
      app: 'shop',
      operator: 'wang',
      since: '2026-11-25T03:04:05.000Z',
      operation: '261125-abcd',
    },
  ],
};
