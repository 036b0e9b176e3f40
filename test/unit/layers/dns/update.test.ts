import { describe, expect, it } from 'vitest';
import type { DeviceState } from '../../../../src/lib/guard/generation.js';
import {
  changeLines,
  claimLines,
  type UpdateKey,
  updateText,
} from '../../../../src/lib/layers/dns/rfc2136/update.js';
import { parseZoneText } from '../../../../src/lib/layers/dns/rfc2136/zone-text.js';

const ZONE = 'shop.test';
const SEVEN: DeviceState = {
  generation: { number: 7, id: 'k3f9' },
  phase: 'forward',
  operation: '261130-abcd',
};
const key: UpdateKey = { name: 'ops', algorithm: 'hmac-sha256', secret: 'c2VjcmV0' };
const target = { address: '127.0.0.1', port: 53, zone: ZONE, key };

describe('what nsupdate is told', () => {
  it('is compared and changed in one message', () => {
    const lines = changeLines(
      ZONE,
      [
        {
          name: 'www',
          type: 'A',
          from: { ttlSeconds: 5, values: ['203.0.113.101', '203.0.113.102'] },
          to: { ttlSeconds: 9, values: ['203.0.113.102'] },
        },
        { name: '@', type: 'AAAA', from: null, to: { ttlSeconds: 5, values: ['fd00::1'] } },
        { name: 'old', type: 'CNAME', from: { ttlSeconds: 5, values: ['www.shop.test'] }, to: null },
      ],
      SEVEN,
    );
    expect(updateText(target, lines)).toBe(`server 127.0.0.1 53
zone shop.test.
key hmac-sha256:ops c2VjcmV0
prereq yxrrset _kuafu.shop.test. TXT "7 k3f9 forward 261130-abcd"
prereq yxrrset www.shop.test. A 203.0.113.101
prereq yxrrset www.shop.test. A 203.0.113.102
prereq nxrrset shop.test. AAAA
prereq yxrrset old.shop.test. CNAME www.shop.test.
update delete www.shop.test. A
update add www.shop.test. 9 A 203.0.113.102
update delete shop.test. AAAA
update add shop.test. 5 AAAA fd00::1
update delete old.shop.test. CNAME
send
`);
  });

  it('is a claim over the state that was read, or over none', () => {
    const eight: DeviceState = { ...SEVEN, generation: { number: 8, id: 'aaaa' }, phase: 'back' };
    const added = 'update add _kuafu.shop.test. 5 TXT "8 aaaa back 261130-abcd"';
    expect(claimLines(ZONE, SEVEN, eight)).toEqual([
      'prereq yxrrset _kuafu.shop.test. TXT "7 k3f9 forward 261130-abcd"',
      'update delete _kuafu.shop.test. TXT',
      added,
    ]);
    expect(claimLines(ZONE, null, eight)).toEqual([
      'prereq nxrrset _kuafu.shop.test. TXT',
      'update delete _kuafu.shop.test. TXT',
      added,
    ]);
  });

  it.each(['c2Vj\ncmV0', 'c2Vj cmV0', '', '$(id)'])(
    'never has a secret such as %j in it, which would be a command',
    (secret) => {
      expect(() => updateText({ ...target, key: { ...key, secret } }, [])).toThrow('is not base64');
    },
  );
});

describe('a zone as dig prints it', () => {
  const soa = 'shop.test.\t60\tIN\tSOA\tns1.shop.test. host.shop.test. 1 60 30 600 5';

  it('has its sets by name and type', () => {
    const text = `${soa}
shop.test.\t60\tIN\tNS\tns1.shop.test.
WWW.shop.test.\t5\tIN\tA\t203.0.113.102
www.shop.test.\t5\tIN\tA\t203.0.113.101
www.shop.test.\t5\tIN\tAAAA\tFD00:0::1
a\\032b.shop.test. 5 IN CNAME Www.shop.test.
other.test. 5 IN A 203.0.113.1
_kuafu.shop.test. 5 IN TXT "7 k3f9 forward x" "IN A 203.0.113.9"
; Transfer size
${soa}
`;
    expect(parseZoneText(text, ZONE)).toEqual([
      { name: 'www', type: 'A', ttlSeconds: 5, values: ['203.0.113.101', '203.0.113.102'] },
      { name: 'www', type: 'AAAA', ttlSeconds: 5, values: ['fd00::1'] },
      { name: 'a\\032b', type: 'CNAME', ttlSeconds: 5, values: ['www.shop.test'] },
    ]);
  });

  it.each(['', soa, `${soa}\nwww.shop.test. 5 IN A 203.0.113.1`, '; Transfer failed.\n'])(
    'is not taken for whole when it is cut: %j',
    (text) => {
      expect(parseZoneText(text, ZONE)).toBeUndefined();
    },
  );
});
