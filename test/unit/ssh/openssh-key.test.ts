import { expect, test } from 'vitest';
import { readKeyFile, readString } from '../../../src/lib/ssh/openssh-key.js';

function field(content: string | Buffer): Buffer {
  const data = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, data]);
}

const publicBlob = Buffer.concat([field('ssh-ed25519'), field(Buffer.alloc(32, 7))]);

function privateKey(cipher: string): Buffer {
  const count = Buffer.from([0, 0, 0, 1]);
  const parts = [field(cipher), field('bcrypt'), field('salt'), count, field(publicBlob), field('secret')];
  return Buffer.concat([Buffer.from('openssh-key-v1\0'), ...parts]);
}

function pem(data: Buffer): string {
  const lines = data.toString('base64').replace(/.{70}/g, '$&\n');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

test.each([
  ['none', false],
  ['aes256-ctr', true],
])('OpenSSH format with cipher %s: the public key is seen', (cipher, encrypted) => {
  expect(readKeyFile(pem(privateKey(cipher)))).toEqual({ kind: 'private', encrypted, publicBlob });
});

test('cut off anywhere, it is unreadable or complete, and never an exception', () => {
  const whole = privateKey('none');
  for (let length = 0; length < whole.length; length++)
    expect(['unreadable', 'private']).toContain(readKeyFile(pem(whole.subarray(0, length))).kind);
});

test.each([
  ['-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----', 'pkcs8', false],
  ['-----BEGIN ENCRYPTED PRIVATE KEY-----\nx\n-----END ENCRYPTED PRIVATE KEY-----', 'pkcs8', true],
  ['-----BEGIN RSA PRIVATE KEY-----\nx', 'private', false],
  ['-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nx', 'private', true],
  [`ssh-ed25519 ${publicBlob.toString('base64')} me@here\n`, 'public', false],
  ['', 'unreadable', false],
  ['\0\xff binary', 'unreadable', false],
])('%j is %s, encrypted: %s', (text, kind, encrypted) => {
  expect(readKeyFile(text)).toMatchObject({ kind, encrypted });
});

test('a string that ends after its data does is none', () => {
  expect(readString(Buffer.from([0, 0, 0, 5, 1, 2]), 0)).toBeUndefined();
  expect(readString(Buffer.from([0, 0]), 0)).toBeUndefined();
  expect(readString(Buffer.from([255, 255, 255, 255, 1]), 0)).toBeUndefined();
  expect(readString(field('ab'), 0)).toEqual({ value: Buffer.from('ab'), end: 6 });
});
