import { describe, expect, it } from 'vitest';
import { envOfRoom, findRoomLeaks, renderEnvFile } from '../../../src/lib/app/env-file.js';
import type { EnvConfig } from '../../../src/lib/config/config-types.js';
import { maskedText, Secrets, type SecretText } from '../../../src/lib/secret.js';

function env(
  common: Record<string, SecretText>,
  rooms: Record<string, Record<string, SecretText>>,
): EnvConfig {
  return {
    file: '/etc/shop/env',
    common: new Map(Object.entries(common)),
    rooms: new Map(Object.entries(rooms).map(([room, values]) => [room, new Map(Object.entries(values))])),
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
  const rooms = { from: 'A', to: 'B' };

  it('are found with their line: host names, addresses, values set for that room alone', () => {
    const config = env(
      { CACHE: ['cache-a'], PEER: ['198.18.1.11'], X: ['ok'] },
      { A: { DB: ['db-of-room-a'] }, B: { DB: ['db-of-room-b'], OLD: ['jdbc:db-of-room-a/shop'] } },
    );
    expect(findRoomLeaks(config, rooms, ['cache-a', '198.18.1.11'])).toEqual([
      { line: 1, what: 'cache-a' },
      { line: 3, what: 'db-of-room-a' },
      { line: 4, what: '198.18.1.11' },
    ]);
  });

  it('are not seen in longer words, nor in values both rooms share', () => {
    const config = env(
      { A1: ['198.18.1.111'], A2: ['web-a-011'] },
      { A: { T: ['same'] }, B: { T: ['same'] } },
    );
    expect(findRoomLeaks(config, rooms, ['198.18.1.11', 'web-a-01', '98.18.1.111'])).toEqual([]);
  });
});
