import { describe, expect, it } from 'vitest';
import { longestCheckInterval } from '../../../../src/lib/layers/http/haproxy/check-interval.js';
import { parseBackend } from '../../../../src/lib/layers/http/haproxy/server-lines.js';

const lines = (...words: readonly string[]) =>
  parseBackend(`backend shop\n${words.map((each) => `  ${each}`).join('\n')}`, 'shop');

describe('how long a server may wait for its next check', () => {
  it.each([
    ['nothing is told', lines('server a 198.18.2.11:8080 check'), '', 2000],
    ['the file cannot be read', undefined, '', 2000],
    [
      'one server',
      lines('server a 198.18.2.11:8080 check inter 60s', 'server b 198.18.2.12:8080'),
      '',
      60_000,
    ],
    ['the defaults', lines('default-server inter 1m fastinter 1s'), '', 60_000],
    ['while it is down', lines('default-server inter 500 downinter 90000'), '', 90_000],
    ['the configuration of kuafu', lines('default-server inter 1s'), 'check inter 45s weight 3', 45_000],
    ['what is no time', lines('default-server inter x'), 'inter', 2000],
  ])('as %s', (_, backend, options, ms) => {
    expect(longestCheckInterval(backend, options)).toBe(ms);
  });
});
