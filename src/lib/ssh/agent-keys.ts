import { createConnection } from 'node:net';
import { readString } from './openssh-key.js';

/** A public key that ssh-agent holds, in wire form. */
export interface AgentKey {
  readonly blob: Buffer;
  readonly comment: string;
}

// draft-miller-ssh-agent, 5.1 and 5.3
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;
const RSA_SHA2_512 = 4;

const ANSWER_MS = 10_000;
/** Long enough for a person to touch a token or to confirm. */
const SIGN_MS = 120_000;
const MAX_ANSWER_BYTES = 1 << 20;

/**
 * Lists the agent's keys, including those that ssh2 cannot use: ssh2 omits them silently, and the user would never learn why
 * a FIDO key was not tried (draft-miller-ssh-agent, 4.4).
 *
 * @throws {Error} when no agent answers at the socket, or the answer is not in that protocol
 */
export async function listAgentKeys(socketPath: string): Promise<AgentKey[]> {
  const answer = await askAgent(socketPath, Buffer.from([REQUEST_IDENTITIES]), ANSWER_MS);
  const keys = parseKeys(answer);
  if (keys === undefined) throw new Error('it gave no list of keys');
  return keys;
}

/**
 * Asks the agent to sign with a key that ssh2 cannot use. The signature is complete: it has the name of its algorithm, and
 * for a FIDO key the fields that the token adds (PROTOCOL.u2f).
 *
 * @throws {Error} when the agent refuses, or does not answer
 */
export async function signWithAgent(socketPath: string, blob: Buffer, data: Buffer): Promise<Buffer> {
  const flags = Buffer.alloc(4);
  flags.writeUInt32BE(RSA_SHA2_512);
  const request = Buffer.concat([Buffer.from([SIGN_REQUEST]), stringOf(blob), stringOf(data), flags]);
  const answer = await askAgent(socketPath, request, SIGN_MS);
  const signature = answer[0] === SIGN_RESPONSE ? readString(answer, 1) : undefined;
  if (signature === undefined) throw new Error('the agent gave no signature');
  return signature.value;
}

function askAgent(socketPath: string, request: Buffer, withinMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(socketPath);
    const chunks: Buffer[] = [];
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(withinMs, () => fail(new Error(`no answer within ${withinMs / 1000} s`)));
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('it hung up')));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      const data = Buffer.concat(chunks);
      const message = readString(data, 0);
      if (!message && data.length < MAX_ANSWER_BYTES) return;
      if (!message) return fail(new Error('its answer has no end'));
      resolve(message.value);
      socket.destroy();
    });
    socket.write(stringOf(request));
  });
}

function parseKeys(message: Buffer): AgentKey[] | undefined {
  if (message[0] !== IDENTITIES_ANSWER || message.length < 5) return undefined;
  const keys: AgentKey[] = [];
  let at = 5;
  for (let left = message.readUInt32BE(1); left > 0; left--) {
    const blob = readString(message, at);
    const comment = blob && readString(message, blob.end);
    if (!comment) return undefined;
    keys.push({ blob: blob.value, comment: comment.value.toString('utf8') });
    at = comment.end;
  }
  return keys;
}

/** The data, after its length (RFC 4251, 5). */
export function stringOf(data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, data]);
}
