import { readFileSync, type Stats } from 'node:fs';
import { userInfo } from 'node:os';

/** The owners whose files this process trusts, by user id. */
export type Owners = ReadonlySet<number>;

/** This user, root, and under sudo the user who called it, who can become root anyway (git's safe.directory does the same). */
export function trustedOwners(env: NodeJS.ProcessEnv = process.env): Owners {
  const self = process.geteuid?.() ?? 0;
  const behindSudo = self === 0 && /^\d{1,10}$/.test(env.SUDO_UID ?? '') ? [Number(env.SUDO_UID)] : [];
  return new Set([self, 0, ...behindSudo]);
}

/** Which others may write: from the bits of the mode, which also limit an access list (acl(5)). */
export function otherWriters({ mode, gid }: Stats): 'everybody' | 'its group' | undefined {
  if ((mode & 0o002) !== 0) return 'everybody';
  return (mode & 0o020) !== 0 && !isOwnGroup(gid) ? 'its group' : undefined;
}

/**
 * Which others may read a private key. As in ssh, a key of this user must not be readable by others. A key that root provides,
 * such as the secrets of a container, may be readable by its group.
 */
export function otherReaders({ mode, uid, gid }: Stats): 'everybody' | 'its group' | undefined {
  if ((mode & 0o007) !== 0) return 'everybody';
  const isHandedOut = uid === 0 && (gid === 0 || process.geteuid?.() !== 0);
  return (mode & 0o070) !== 0 && !isHandedOut ? 'its group' : undefined;
}

let ownGroup: boolean | undefined;

/**
 * Whether a group is this user's own and has no other member, as is usual with a umask of 002. Debian's sshd also lets such a
 * group write. Never true for root.
 */
function isOwnGroup(gid: number): boolean {
  if (process.geteuid?.() === 0 || gid !== process.getegid?.()) return false;
  ownGroup ??= hasNobodyElse(gid);
  return ownGroup;
}

function hasNobodyElse(gid: number): boolean {
  try {
    const allowed = ['', 'root', nameOfSelf()];
    const members = rows('/etc/group').filter(([, , id]) => Number(id) === gid);
    const primary = rows('/etc/passwd').filter(([, , , id]) => Number(id) === gid);
    const names = [
      ...members.flatMap(([, , , list = '']) => list.split(',')),
      ...primary.map(([name = '']) => name),
    ];
    return members.length === 1 && names.every((name) => allowed.includes(name));
  } catch {
    // Without these files the members of the group are not known.
    return false;
  }
}

function nameOfSelf(): string {
  try {
    return userInfo().username;
  } catch {
    return ''; // no entry in the user database, as in a container
  }
}

/** passwd(5), group(5) */
function rows(file: string): string[][] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(':'));
}
