import { afterEach, beforeEach, expect, it } from 'vitest';
import { SpyHost } from '../../../support/spy-host.js';

let host: SpyHost;
beforeEach(() => {
  host = new SpyHost();
});
afterEach(() => host.close());

const WORDS = ['127.0.0.1', '5353', 'shop.test', 'ops', 'hmac-sha512'];

it('asks for a zone with a key that stands on no command line', () => {
  host.program('dig', 'cat /dev/stdin');
  const { status, stdout, calls } = host.run('dns/transfer', WORDS, 'c2VjcmV0\n');
  expect(status).toBe(0);
  expect(stdout).toBe('key "ops" { algorithm hmac-sha512; secret "c2VjcmV0"; };\n');
  expect(calls).toEqual([
    'dig +noall +answer +time=10 +tries=1 -k /dev/stdin -p 5353 @127.0.0.1 shop.test. AXFR',
  ]);
});

it('asks for nothing without a key', () => {
  host.program('dig');
  expect(host.run('dns/transfer', WORDS)).toMatchObject({ status: 65, calls: [] });
});
