import { readFileSync, type Stats } from 'node:fs';
import { userInfo } from 'node:os';

/** Whose files this process believes, by user id. */
export type Owners = ReadonlySet<number>;

/**
 * This user, root, and under sudo the person behind it, who can become root anyway (git's safe.directory does the same).
 */
export function trustedOwners(env: NodeJS.ProcessEnv = process.env): Owners {
  const self = process.geteuid?.() ?? 0;
  const behindSudo = self === 0 && /^\d{1,10}$/.test(env.SUDO_UID ?? '') ? [Number(env.SUDO_UID)] : [];
  return new Set([self, 0, ...behindSudo]);
}

/** Who else may write: the mode's bits, which hold for an access list (acl(5)) as well. */
export function otherWriters({ mode, gid }: Stats): 'everybody' | 'its group' | undefined {
  if ((mode & 0o002) !== 0) return 'everybody';
  return (mode & 0o020) !== 0 && !isOwnGroup(gid) ? 'its group' : undefined;
}

/**
 * Who else may read a private key. As for ssh, a key of this user is for nobody else; what root hands out, as the secrets of
 * a container, may be read by its group.
 */
export function otherReaders({ mode, uid, gid }: Stats): 'everybody' | 'its group' | undefined {
  if ((mode & 0o007) !== 0) return 'everybody';
  const isHandedOut = uid === 0 && (gid === 0 || process.geteuid?.() !== 0);
  return (mode & 0o070) !== 0 && !isHandedOut ? 'its group' : undefined;
}

let ownGroup: boolean | undefined;

/**
 * Whether a group is this user's own and nobody else is in it, as where a umask of 002 is usual; Debian's sshd lets such a
 * group write, too. Never for root.
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
    // No such files: nobody vouches for the group.
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
