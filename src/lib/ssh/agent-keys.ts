import { createConnection } from 'node:net';
import { readString } from './openssh-key.js';

/** A public key that ssh-agent holds, in wire form. */
export interface AgentKey {
  readonly blob: Buffer;
  readonly comment: string;
}

const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const ANSWER_MS = 10_000;
const MAX_ANSWER_BYTES = 1 << 20;

/**
 * Lists the agent's keys, those that ssh2 cannot use as well: it leaves them out without a word, and the user
 * would never learn why a FIDO key was not tried (draft-miller-ssh-agent, 4.4).
 *
 * @throws {Error} when nobody answers at the socket, or not in that protocol
 */
export function listAgentKeys(socketPath: string): Promise<AgentKey[]> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(socketPath);
    const chunks: Buffer[] = [];
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(ANSWER_MS, () => fail(new Error(`no answer within ${ANSWER_MS / 1000} s`)));
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('it hung up')));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      const data = Buffer.concat(chunks);
      const message = readString(data, 0);
      if (!message && data.length < MAX_ANSWER_BYTES) return;
      const keys = message && parseKeys(message.value);
      if (!keys) return fail(new Error('it gave no list of keys'));
      resolve(keys);
      socket.destroy();
    });
    socket.write(Buffer.from([0, 0, 0, 1, REQUEST_IDENTITIES]));
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
