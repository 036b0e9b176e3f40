import { createDecipheriv } from 'node:crypto';
import type { Client } from 'ssh2';

/** OpenSSH's own limit of a packet, in bytes (packet.c, PACKET_MAX_SIZE). ssh2's is 35,000. */
const LONGEST_PACKET = 256 * 1024;
/** The longest packet that ssh2 itself takes, with length and tag. */
const LONGEST_OF_SSH2 = 35_000;
const USERAUTH_BANNER = 53;
const LENGTH_BYTES = 4;
const TAG_BYTES = 16;

/** ssh2's decipher for AES-GCM, which both sides prefer and every OpenSSH since 6.2 has. */
interface GcmDecipher {
  inSeqno: number;
  readonly _decipherSSLName: 'aes-128-gcm' | 'aes-256-gcm';
  readonly _decipherKey: Buffer;
  readonly _decipherIV: Buffer;
  decrypt(data: Buffer, position: number, end: number): number | undefined;
}

interface Protocol {
  _decipher: unknown;
  parse(data: Buffer, position: number, end: number): void;
}

/**
 * Lets a login go on after a banner (RFC 4252, 5.4) that is longer than ssh2 takes: sshd sends it as one packet, and ssh2
 * would hang up. From the end of the key exchange until the login is done, packets are handed to ssh2 one by one. A long
 * banner is verified and dropped, because it is not shown. Does nothing with another cipher, or if the internals of ssh2
 * look different: then such a login fails as before.
 *
 * @param isOver whether the login is done
 */
export function skipLongBanner(client: Client, isOver: () => boolean): void {
  const protocol: unknown = Reflect.get(client, '_protocol');
  if (!isProtocol(protocol)) return;
  const decipher = protocol._decipher;
  if (!isGcm(decipher)) return;
  const decrypt = decipher.decrypt.bind(decipher);
  let held: Buffer = Buffer.alloc(0);
  decipher.decrypt = (data, position, end) => {
    const more = data.subarray(position, end);
    held = held.length === 0 ? Buffer.from(more) : Buffer.concat([held, more]);
    for (let packet = firstOf(held); packet; packet = firstOf(held)) {
      held = held.subarray(packet.length);
      if (packet.length <= LONGEST_OF_SSH2) decrypt(packet, 0, packet.length);
      else leaveOut(decipher, packet);
      if (protocol._decipher !== decipher || isOver()) break;
    }
    const isMine = protocol._decipher === decipher && !isOver();
    if (isMine || held.length === 0) return undefined;
    // From here on ssh2 decrypts alone, perhaps with new keys.
    decipher.decrypt = decrypt;
    protocol.parse(held, 0, held.length);
    held = Buffer.alloc(0);
    return undefined;
  };
}

/** The packet at the beginning of these bytes, with length and tag; undefined until it is complete. */
function firstOf(bytes: Buffer): Buffer | undefined {
  if (bytes.length < LENGTH_BYTES) return undefined;
  const length = bytes.readUInt32BE(0);
  if (length > LONGEST_PACKET) throw new Error('Bad packet length');
  const size = LENGTH_BYTES + length + TAG_BYTES;
  return bytes.length < size ? undefined : bytes.subarray(0, size);
}

/**
 * Skips a packet as ssh2's decipher would have read it (RFC 5647, 7: the length is not encrypted but authenticated).
 *
 * @throws {Error} when the packet is forged, or not a banner
 */
function leaveOut(decipher: GcmDecipher, packet: Buffer): void {
  const { _decipherSSLName: name, _decipherKey: key, _decipherIV: iv } = decipher;
  const open = createDecipheriv(name, key, iv).setAAD(packet.subarray(0, LENGTH_BYTES));
  open.setAuthTag(packet.subarray(-TAG_BYTES));
  const plain = open.update(packet.subarray(LENGTH_BYTES, -TAG_BYTES));
  open.final();
  // The first byte is the length of the padding.
  if (plain[1] !== USERAUTH_BANNER) throw new Error('Bad packet length');
  decipher.inSeqno = (decipher.inSeqno + 1) >>> 0;
  iv.writeBigUInt64BE(BigInt.asUintN(64, iv.readBigUInt64BE(4) + 1n), 4);
}

function isProtocol(value: unknown): value is Protocol {
  return typeof value === 'object' && value !== null && 'parse' in value && '_decipher' in value;
}

function isGcm(value: unknown): value is GcmDecipher {
  if (typeof value !== 'object' || value === null) return false;
  const { _decipherSSLName: name, _decipherIV: iv, _decipherKey: key } = value as Partial<GcmDecipher>;
  return (
    (name === 'aes-128-gcm' || name === 'aes-256-gcm') &&
    Buffer.isBuffer(iv) &&
    iv.length === 12 &&
    Buffer.isBuffer(key) &&
    'inSeqno' in value &&
    'decrypt' in value
  );
}
