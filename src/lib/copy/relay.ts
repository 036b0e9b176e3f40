import { PassThrough, Readable } from 'node:stream';
import { hostScript } from '../../host-script.js';
import { howItEnded } from '../run/remote.js';
import { StepFailure } from '../run/step-handler.js';
import { scriptCommand } from '../shell/quote.js';
import { LineCutter } from '../ssh/lines.js';
import { COPY_TIMEOUT_MS } from './archive-cache.js';
import type { Member } from './member.js';
import type { RateLimit } from './rate-limit.js';

/** How much a shell may print at login before the script's own words come. */
const MOST_NOISE_BYTES = 1_000_000;
/** A host that neither starts nor accepts a byte for this long is given up; this machine sees that itself. */
const SILENT_MS = 30_000;

/**
 * Gives an archive from this machine to a member of a chain, as another host would: the member says how much it has, and gets
 * the rest.
 * @throws {StepFailure} if the host does not accept all of it; what the connection throws
 */
export async function relayTo(
  member: Member,
  file: string,
  limit: RateLimit,
  signal: AbortSignal,
): Promise<void> {
  const stdin = new PassThrough();
  const silence = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expectLife = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENT_MS).unref();
  };
  const onOffset = (have: number) => {
    const pieces = limit.piecesOf(file, have, signal);
    const rest = Readable.from(
      watched(pieces, expectLife, () => clearTimeout(timer)),
      { objectMode: false },
    );
    rest.on('error', (error) => stdin.destroy(error));
    rest.pipe(stdin);
  };
  const command = scriptCommand(hostScript('copy/relay'), [member.spool], 'write', COPY_TIMEOUT_MS);
  expectLife();
  try {
    const io = {
      stdin,
      onStdout: offsetReader(member.size, onOffset),
      signal: AbortSignal.any([signal, silence.signal]),
    };
    const result = await member.session.run(command, io);
    if (result.exitCode !== 0) throw new StepFailure('failed', `receiving ${howItEnded(result)}`);
  } catch (error) {
    if (!silence.signal.aborted) throw error;
    throw new StepFailure('failed', `it takes nothing from this machine for ${SILENT_MS / 1000} s`);
  } finally {
    clearTimeout(timer);
  }
}

/** The host must answer between getting a piece and asking for more. The time that the rate limit takes does not count. */
async function* watched(
  pieces: AsyncGenerator<Buffer>,
  onGive: () => void,
  onTaken: () => void,
): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    onGive();
    yield piece;
    onTaken();
  }
  onGive();
}

/** Reads the offset at which the member wants to continue (templates/copy/receive.sh), and nothing before or after it. */
function offsetReader(size: number, onOffset: (have: number) => void): (chunk: Buffer) => void {
  const lines = new LineCutter(256);
  let noise = 0;
  let isFound = false;
  return (chunk) => {
    if (isFound) return;
    for (const { text } of lines.cut(chunk)) {
      const have = /^kuafu-have (\d{1,15})$/.exec(text)?.[1];
      if (have === undefined || isFound) continue;
      if (Number(have) > size)
        throw new StepFailure('failed', `it says that it has ${have} of ${size} bytes`);
      isFound = true;
      onOffset(Number(have));
    }
    noise += chunk.length;
    if (!isFound && noise > MOST_NOISE_BYTES)
      throw new StepFailure('failed', 'its shell prints without end at login');
  };
}
