import { describe, expect, it } from 'vitest';
import type { EnvConfig } from '../../../src/lib/config/config-types.js';
import { envOfRoom, findRoomLeaks, type RoomMarks, renderEnvFile } from '../../../src/lib/env/env-file.js';
import { maskedText, Secrets, type SecretText } from '../../../src/lib/masking/secret.js';

function env(
  common: Record<string, SecretText>,
  rooms: Record<string, Record<string, SecretText>>,
): EnvConfig {
  return {
    file: '/etc/shop/env',
    common: new Map(Object.entries(common)),
    rooms: new Map(Object.entries(rooms).map(([room, values]) => [room, new Map(Object.entries(values))])),
    shared: [],
  };
}

describe('the environment file', () => {
  it('has the common values, overridden by those of the room, sorted', () => {
    const config = env({ Z: ['1'], LEVEL: ['info'] }, { A: { LEVEL: ['debug'] }, B: { DB: ['db-b'] } });
    expect(renderEnvFile(envOfRoom(config, 'A'), maskedText)).toBe('LEVEL="debug"\nZ="1"\n');
    expect(renderEnvFile(envOfRoom(config, 'B'), maskedText)).toBe('DB="db-b"\nLEVEL="info"\nZ="1"\n');
  });

  it('quotes what systemd would read as something else, in secrets too', () => {
    const secrets = new Secrets();
    secrets.add('PASSWORD', 'a"b\\c$d`e');
    const values = [{ name: 'URL', value: ['shop:', { secret: 'PASSWORD' }, '@db "x"\nsecond line'] }];
    expect(renderEnvFile(values, (value) => secrets.resolve(value))).toBe(
      'URL="shop:a\\"b\\\\c\\$d\\`e@db \\"x\\"\nsecond line"\n',
    );
    expect(renderEnvFile(values, maskedText)).toContain('shop:[PASSWORD]@db');
  });
});

describe('values of another room', () => {
  const marks: RoomMarks = {
    room: 'A',
    names: ['cache-a', 'web-a-01'],
    addresses: ['203.0.113.11'],
    network: '198.18.1.0/24',
  };
  const leaksOf = (config: EnvConfig, textOf = maskedText) => findRoomLeaks(config, 'B', marks, textOf);

  it('are found with their line: host names, addresses, values set for that room alone', () => {
    const config = env(
      { CACHE: ['cache-a'], PEER: ['198.18.1.11'], X: ['ok'] },
      { A: { DB: ['db-of-room-a'] }, B: { DB: ['db-of-room-b'], OLD: ['jdbc:db-of-room-a/shop'] } },
    );
    expect(leaksOf(config)).toEqual([
      { line: 1, what: 'cache-a' },
      { line: 3, what: 'db-of-room-a' },
      { line: 4, what: '198.18.1.11' },
    ]);
  });

  it('are no leak where the configuration says that both rooms may hold them', () => {
    const config = env({ DB: ['tcp://198.18.1.40:3306'], PEER: ['198.18.1.11'] }, {});
    expect(leaksOf({ ...config, shared: ['198.18.1.40'] })).toEqual([{ line: 2, what: '198.18.1.11' }]);
  });

  it.each([
    ['a host name with its domain', 'http://web-a-01.hz.example:8080', 'web-a-01'],
    ['a host name in capitals', 'WEB-A-01:80', 'web-a-01'],
    ['an address of the network that no host has', 'tcp://198.18.1.250:3306', '198.18.1.250'],
    ['one of several addresses', '198.18.2.9,198.18.1.9', '198.18.1.9'],
    ["the gateway's way in", '203.0.113.11', '203.0.113.11'],
  ])('are %s', (_, value, what) => {
    expect(leaksOf(env({ X: [value] }, {}))).toEqual([{ line: 1, what }]);
  });

  it.each([
    ['an address of an IPv6 network', 'http://[fd00:1::5]:8080/', 'fd00:1::5'],
    ['one written in full', 'PEER=FD00:1:0:0:0:0:0:5.', 'FD00:1:0:0:0:0:0:5'],
    ['one of a list', 'fd00:2::1,fd00:1::1', 'fd00:1::1'],
    ["the gateway's way in, spelled otherwise", '[2001:db8:0::11]', '2001:db8:0::11'],
    ['IPv4 written as IPv6', '::ffff:203.0.113.11 ', '::ffff:203.0.113.11'],
    ['the domain name of a host', 'http://way-in.example.org/', 'way-in.example.org'],
  ])('of IPv6 are %s', (_, value, what) => {
    const six = {
      ...marks,
      network: 'fd00:1::/64',
      addresses: ['2001:db8::11', '203.0.113.11', 'way-in.example.org'],
    };
    expect(findRoomLeaks(env({ X: [value] }, {}), 'B', six, maskedText)).toContainEqual({ line: 1, what });
    const shared = what.toLowerCase().replace('fd00:1:0:0:0:0:0:5', 'fd00:1::5');
    const allowed = { ...env({ X: [value] }, {}), shared: [shared, '203.0.113.11'] };
    expect(findRoomLeaks(allowed, 'B', six, maskedText)).toEqual([]);
  });

  it('of IPv6 are no times, hardware addresses, words with colons or longer addresses', () => {
    const six = { ...marks, network: 'fd00:1::/64', addresses: ['fd00:1::5'] };
    const values = [
      '12:30:45',
      '00:1a:2b:3c:4d:5e',
      'a::b::c',
      'fd00:11::5',
      'xfd00:1::5',
      'std::string',
      'fd00:1:',
    ];
    for (const value of values)
      expect(findRoomLeaks(env({ X: [value] }, {}), 'B', six, maskedText)).toEqual([]);
  });

  it('are seen inside secrets, and what is told holds none', () => {
    const secrets = new Secrets();
    secrets.add('URL', 'mysql://shop:hunter2@web-a-01/shop');
    secrets.add('KEY_A', 'key-of-room-a');
    secrets.add('COPY', 'key-of-room-a');
    const config = env(
      { A_URL: [{ secret: 'URL' }], B_KEY: [{ secret: 'COPY' }] },
      { A: { KEY: [{ secret: 'KEY_A' }] }, B: { KEY: ['own'] } },
    );
    expect(leaksOf(config, (value) => secrets.resolve(value))).toEqual([
      { line: 1, what: 'web-a-01' },
      { line: 2, what: '[KEY_A]' },
    ]);
  });

  it('are told with the line of the file, also after a value of several lines and within one', () => {
    const config = env({ A: ['one\ntwo'], B: ['three\nweb-a-01'] }, {});
    expect(leaksOf(config)).toEqual([{ line: 4, what: 'web-a-01' }]);
  });

  it('are not seen in longer words, in values both rooms share, nor in numbers and switches', () => {
    const config = env(
      {
        A1: ['198.18.11.111'],
        A2: ['web-a-011'],
        A3: ['my-web-a-01'],
        A4: ['9000'],
        A5: ['debug'],
        A6: ['1.198.18.1.7'],
      },
      {
        A: { T: ['same'], PORT: ['9000'], LEVEL: ['debug'] },
        B: { T: ['same'], PORT: ['9001'], LEVEL: ['info'] },
      },
    );
    expect(leaksOf(config)).toEqual([]);
  });
});
