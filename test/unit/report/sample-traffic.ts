import type { TrafficReport } from '../../../src/lib/traffic/traffic-status.js';

const about = { app: 'shop', room: 'B', balancer: 'lb-b' };

export const sampleTraffic: TrafficReport = {
  answers: [
    {
      ...about,
      rows: [
        {
          ...about,
          host: 'web-b-01',
          server: 'srv1',
          address: '198.18.2.11:8080',
          state: 'in traffic',
          weight: 20,
          sessions: 3,
          drained: null,
        },
        {
          ...about,
          host: 'new-b-01',
          server: '',
          address: '198.18.2.101:8080',
          state: 'missing',
          weight: null,
          sessions: null,
          drained: null,
        },
        {
          ...about,
          host: 'web-b-02',
          server: 'web-b-02',
          address: '198.18.2.12:8080',
          state: 'forgotten',
          weight: 20,
          sessions: 1,
          drained: { operator: 'wang', since: '2026-11-25T03:04:05.000Z', operation: '261125-abcd' },
        },
      ],
      doubts: ['lb-b, backend shop: server web-b-02 has the address of host web-b-03 (198.18.2.13:8080)'],
    },
  ],
  silent: [{ ...about, balancer: 'lb-b2', message: 'lb-b2 (198.18.2.9:22): no answer' }],
};
