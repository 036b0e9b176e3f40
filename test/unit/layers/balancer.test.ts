import { describe, expect, it } from 'vitest';
import { capabilitiesAt, openBalancer } from '../../../src/lib/layers/http/adapters.js';
import type { Session } from '../../../src/lib/ssh/transport.js';
import { balancerContract } from '../../contract/balancer-contract.js';
import { MemoryBalancer } from '../../support/memory-balancer.js';

describe('a balancer in memory', () => {
  describe('that can all there is', () =>
    balancerContract(
      new MemoryBalancer(
        'enrol-before-join',
        'own-health-checks',
        'counts-open-requests',
        'statistics',
        'several-backends',
      ),
    ));
  describe('that can the least', () => balancerContract(new MemoryBalancer()));
});

describe('the table of products', () => {
  const backend = (control: string) => ({ balancer: 'lb-b', control, backend: 'shop' });
  const session = {} as Session;

  it.each(['haproxy:/run/haproxy/admin.sock', '/run/haproxy/admin.sock'])('knows %s', (control) => {
    const balancer = openBalancer({ session, backend: backend(control) });
    expect(balancer.can).toBe(capabilitiesAt(control));
    expect(balancer.backend.control).toBe(control);
  });

  it.each(['nothing:/run/x', 'toString:/run/x', ''])('knows no %j', (control) => {
    expect(() => openBalancer({ session, backend: backend(control) })).toThrow('no balancer is known');
  });
});
