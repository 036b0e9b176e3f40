import { createReadStream } from 'node:fs';
import { PassThrough } from 'node:stream';
import { howItEnded } from '../run/remote.js';
import { StepFailure } from '../run/step-handler.js';
import { scriptCommand } from '../shell/quote.js';
import { COPY_TIMEOUT_MS } from './archive-cache.js';
import type { Member } from './member.js';

/**
 * Gives an archive from this machine to a member of a chain, as another host would: the member says how much it has, and
 * gets the rest.
 */
export async function relayTo(member: Member, file: string, signal: AbortSignal): Promise<void> {
  const stdin = new PassThrough();
  let answer = '';
  const onStdout = (chunk: Buffer) => {
    if (answer.includes('\n')) return;
    answer += chunk.toString('utf8');
    const have = /^(\d+)\n/.exec(answer)?.[1];
    if (have === undefined) return;
    const rest = createReadStream(file, { start: Number(have) });
    rest.on('error', (error) => stdin.destroy(error)).pipe(stdin);
  };
  const command = scriptCommand('exec sh "$1/receive"', [member.spool], 'write', COPY_TIMEOUT_MS);
  const result = await member.session.run(command, { stdin, onStdout, signal });
  if (result.exitCode !== 0) throw new StepFailure('failed', `receiving ${howItEnded(result)}`);
}
