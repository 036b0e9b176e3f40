import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { capabilitiesAt, openBalancer } from '../../../src/lib/layers/http/adapters.js';
import type { Capability } from '../../../src/lib/layers/http/balancer.js';
import type { Session } from '../../../src/lib/ssh/transport.js';
import { balancerContract } from '../../contract/balancer-contract.js';
import { MemoryBalancer } from '../../support/memory-balancer.js';

/** All there are, which the compiler holds. */
const CAPABILITIES = {
  'enrol-before-join': true,
  'own-health-checks': true,
  'counts-open-requests': true,
  statistics: true,
  'several-backends': true,
} satisfies Readonly<Record<Capability, true>>;

describe('a balancer in memory', () => {
  describe('that can all there is', () =>
    balancerContract(new MemoryBalancer(...(Object.keys(CAPABILITIES) as Capability[]))));
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

it('the documentation says what each product can, and what becomes of it where one cannot', () => {
  const rows = readFileSync('docs/traffic.md', 'utf8').matchAll(
    /^\| `([a-z-]+)`: [^|]+ \| (yes|no) \| [^|]+ \|$/gm,
  );
  const said = Object.fromEntries([...rows].map(([, capability = '', can]) => [capability, can === 'yes']));
  const all = Object.keys(CAPABILITIES);
  const can = capabilitiesAt('haproxy:/run/haproxy/admin.sock');
  expect(said).toEqual(Object.fromEntries(all.map((each) => [each, can.has(each as Capability)])));
});
