import { hostScript } from '../../host-script.js';
import type { WriteCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import { tarArguments } from './archive.js';
import type { FileTree, PackedArchive } from './file-tree.js';

/** A receiver keeps the archive and forwards it. The template packs its tree each time it is asked for it. */
export type MemberRole = 'receiver' | { readonly template: FileTree };

export interface MemberWork {
  readonly operation: string;
  readonly packed: PackedArchive;
  /** Addresses or networks that may feed a receiver. */
  readonly sources: readonly string[];
  readonly bytesPerSecond: number | undefined;
  readonly keys: { readonly private: string; readonly public: string };
}

/** A member ends by itself when it hears nothing any more. This limit is for cases that this rule does not cover. */
const MEMBER_TIMEOUT_MS = 24 * 3_600_000;

/** The process of a member: templates/copy/member.sh with its arguments. */
export function memberCommand(spool: string, role: MemberRole, work: MemberWork): WriteCommand {
  const { packed, sources, bytesPerSecond = 0 } = work;
  const words = [
    spool,
    role === 'receiver' ? role : 'template',
    String(packed.bytes),
    String(bytesPerSecond),
    sources.join(','),
    packed.codec,
    ...(role === 'receiver' ? [] : tarArguments(role.template)),
  ];
  return scriptCommand(hostScript('copy/member'), words, 'write', MEMBER_TIMEOUT_MS);
}
