import { readFileSync } from 'node:fs';
import { packageFile } from '../../package-file.js';
import type { FileTree } from '../plan/plan.js';
import type { RemoteCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import { tarArguments } from './archive.js';
import type { MemberWork } from './member.js';

/** A receiver keeps what it gets and gives it on; the template packs its tree each time it is asked for it. */
export type MemberRole = 'receiver' | { readonly template: FileTree };

/** A member ends by itself when nobody speaks to it any more; this only bounds what nobody thought of. */
const MEMBER_TIMEOUT_MS = 24 * 3_600_000;
/** The limiter gives a piece on four times a second. */
const PIECES_PER_SECOND = 4;

const SCRIPT = packageFile('templates/copy/member.sh');
let script: string | undefined;

/** The process of a member: templates/copy/member.sh with its arguments. */
export function memberCommand(spool: string, role: MemberRole, work: MemberWork): RemoteCommand {
  script ??= readFileSync(SCRIPT, 'utf8');
  const { packed, sources, bytesPerSecond } = work;
  const piece =
    bytesPerSecond === undefined ? 0 : Math.max(1, Math.floor(bytesPerSecond / PIECES_PER_SECOND));
  const words = [
    spool,
    role === 'receiver' ? role : 'template',
    String(packed.bytes),
    String(piece),
    sources.join(','),
    packed.codec,
    ...(role === 'receiver' ? [] : tarArguments(role.template)),
  ];
  return scriptCommand(script, words, 'write', MEMBER_TIMEOUT_MS);
}
