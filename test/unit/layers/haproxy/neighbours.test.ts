import { describe, expect, it } from 'vitest';
import { optionsOfNeighbours } from '../../../../src/lib/layers/http/haproxy/neighbours.js';
import { parseBackend } from '../../../../src/lib/layers/http/haproxy/server-lines.js';
import type { HaproxyServer } from '../../../../src/lib/layers/http/haproxy/servers.js';
import { serverState } from '../../../support/server-state.js';

function options(text: string, over: Partial<HaproxyServer> = {}, cookie = '', port = 8080) {
  const lines = parseBackend(text, 'shop');
  const server: HaproxyServer = {
    ...serverState('s1', '198.18.2.11', { port }),
    isOfFile: false,
    isInMaintenance: false,
    isCheckIdle: false,
    passes: 3,
    usesTls: false,
    ...over,
  };
  const counted = { sessions: 0, requests: 0, inTraffic: true, isBackup: false, maxconn: 50, cookie };
  return optionsOfNeighbours(
    { servers: [server], statistics: new Map([['s1', { name: 's1', ...counted }]]), lines },
    port,
  );
}

const backend = (...lines: readonly string[]) => ['backend shop', ...lines].join('\n  ');
const S1 = 'server s1 198.18.2.11:8080';
const S2 = 'server s2 198.18.2.12:8080';

it.each([
  ['server s1 [fd00:2::11]:8080', 'fd00:2::11', 8080],
  ['server s1 fd00:2::11:8080', 'fd00:2::11', 8080],
  ['server s1 ipv6@[fd00:2::11]:8080', 'fd00:2::11', 8080],
  ['server s1 ipv4@198.18.2.11:8080', '198.18.2.11', 8080],
  ['server s1 web-b-01.example.org:8080', 'web-b-01.example.org', 8080],
])('%s is at %s', (line, address, port) => {
  expect(parseBackend(backend(line), 'shop')?.servers).toEqual([expect.objectContaining({ address, port })]);
});

describe('a new server gets what its neighbours have', () => {
  it.each([
    ['plain', backend(`${S1} check`), 'check'],
    [
      'defaults of the backend',
      backend('default-server weight 20 maxconn 50', `${S1} check`),
      'weight 20 maxconn 50 check',
    ],
    ['defaults of all', `defaults\n  default-server inter 2s\n${backend(`${S1} check`)}`, 'inter 2s check'],
    [
      'of a later section',
      `defaults\n  default-server inter 2s\ndefaults\n  mode http\n${backend(`${S1} check`)}`,
      'check',
    ],
    [
      'of a section by name',
      `defaults a\n  default-server inter 2s\ndefaults b\n  mode http\nbackend shop from a\n  ${S1} check`,
      'inter 2s check',
    ],
    [
      'its own over the defaults',
      backend('default-server weight 20 check', `${S1} weight 5 no-check`),
      'weight 5',
    ],
    [
      'TLS',
      backend('default-server ssl verify required ca-file @system-ca sni str(www.shop.test) check', S1),
      'ssl verify required ca-file @system-ca sni str(www.shop.test) check check-ssl',
      { usesTls: true },
    ],
    [
      'and no more: ids, names to resolve',
      backend(`${S1} check id 7 resolvers dns init-addr none resolve-prefer ipv4`),
      'check',
    ],
    ['of those that do not stand by', backend(`${S1} check`, `${S2} check backup`), 'check'],
    ['of those on the same port', backend(`${S1} check`, 'server admin 198.18.2.11:9000 maxconn 1'), 'check'],
    ['cookies that make themselves', backend('cookie SRV insert dynamic', `${S1} check cookie x`), 'check'],
    ['comments and quotes', backend(`${S1} "check" # weight 9`, '# server s3 1.2.3.4:8080 ssl'), 'check'],
    [
      'a template of names',
      backend('server-template web 3 web.shop.test:8080 check weight 7'),
      'check weight 7',
    ],
    ['in a listen section', `listen shop\n  bind :80\n  ${S1} check`, 'check'],
    [
      'and nobody else: another backend',
      `backend bank\n  ${S1} ssl\n${backend(`${S1} check`)}\nbackend last\n  ${S1} ssl`,
      'check',
    ],
  ])('%s', (_, text, words, over: Partial<HaproxyServer> = {}) => {
    expect(options(text, over)).toMatchObject({ words });
  });

  it('the weight of most, which is said', () => {
    const text = backend(`${S1} weight 10`, `${S2} weight 20`, 'server s3 198.18.2.13:8080 weight 20');
    expect(options(text)).toEqual({
      words: 'weight 20',
      notes: ['weights differ there; those who join get 20'],
    });
  });

  it('no weight of 0, with which a host gets no request', () => {
    expect(options(backend(`${S1} weight 0`, `${S2} weight 0`, 'server s3 198.18.2.13:8080'))).toEqual({
      words: 'weight 1',
      notes: ['weights differ there; those who join get 1'],
    });
    expect(options(backend(`${S1} weight 0`, `${S2} weight 0`))).toMatchObject({
      refusal: expect.stringContaining('weight of 0'),
    });
  });

  it.each([
    [
      'a cookie each',
      backend('cookie SRV insert', `${S1} cookie s1`, `${S2} cookie s2`),
      /have a cookie each/,
    ],
    ['what HAProxy takes from its file alone', backend(`${S1} namespace blue`), /have namespace/],
    ['different ones', backend(`${S1} maxconn 5`, S2), /differ \(s1 has maxconn 5, s2 has no maxconn\)/],
    ['values of variables', backend(`${S1} weight "\${W}"`), /weight "\$\{W\}", which cannot be sent/],
    ['a balance that takes none', backend('balance source', `${S1} check`), /balance source/],
    ['a balance that takes none, of defaults', `defaults\n  balance static-rr\n${backend(S1)}`, /static-rr/],
    ['TLS in the file alone', backend(`${S1} ssl verify none`), /not asked by TLS.*not reloaded/],
  ])('or is refused: %s', (_, text, sentence) => {
    expect(options(text)).toEqual({ refusal: expect.stringMatching(sentence) });
  });

  it.each(['', 'backend other\n', backend('.if defined(X)', S1), backend(`${S1} weihgt 7`)])(
    'and where the file does not tell (%j): what the runtime shows, or a refusal of what it hides',
    (text) => {
      expect(options(text, { weight: 20 })).toMatchObject({
        words: 'check inter 1s fall 2 rise 2 weight 20 maxconn 50',
        notes: [expect.stringContaining('could not be read')],
      });
      expect(options(text, { usesTls: true })).toEqual({ refusal: expect.stringContaining('TLS') });
      expect(options(text, {}, 'c1')).toEqual({ refusal: expect.stringContaining('cookies') });
    },
  );
});
