import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type StepContext, StepFailure } from '../run/step-handler.js';
import type { CommandResult, Session } from '../ssh/transport.js';
import type { CopyAction } from './actions.js';
import { type ArchiveCache, COPY_TIMEOUT_MS } from './archive-cache.js';
import type { Edition } from './editions.js';
import { DIGEST_DIFFERS, newSpool, receiveCommand } from './place.js';
import type { RateLimit } from './rate-limit.js';

/** What all copies through this machine share. */
export interface ByThisMachine {
  readonly cache: ArchiveCache;
  readonly limit: RateLimit;
}

/**
 * Template host → this machine → a new host: for hosts that cannot be a member of a chain. They need a POSIX shell, tar,
 * coreutils, and the program that unpacks.
 * @param faultOf why the archive could not be put in place there (a folder), and which host is at fault
 * @throws {StepFailure} if what arrived is not what was sent, or cannot be put in place
 */
export async function copyByOneHop(
  session: Session,
  action: CopyAction,
  { tree, packed }: Edition,
  context: StepContext,
  { cache, limit }: ByThisMachine,
  faultOf: (unpacking: CommandResult, spool: string) => Promise<StepFailure>,
): Promise<void> {
  const template = () => context.sessionOf(action.from);
  const file = await cache.file(template, { tree, packed }, action.bytesPerSecond, context.signal);
  const { size } = await stat(file);
  const stdin = Readable.from(
    counted(limit.piecesOf(file, 0, context.signal), (sent) => context.progress(sent, size)),
    { objectMode: false },
  );
  const spool = newSpool(context.operation);
  const command = receiveCommand({ ...action, packed }, spool, COPY_TIMEOUT_MS);
  const result = await session.run(command, { stdin, signal: context.signal });
  if (result.exitCode === DIGEST_DIFFERS)
    throw new StepFailure('failed', 'what arrived is not what was sent (digest)');
  if (result.exitCode !== 0) throw await faultOf(result, spool);
}

/** Reports how many bytes have been sent so far. */
async function* counted(
  pieces: AsyncGenerator<Buffer>,
  onSent: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  let sent = 0;
  for await (const piece of pieces) {
    sent += piece.length;
    onSent(sent);
    yield piece;
  }
}
