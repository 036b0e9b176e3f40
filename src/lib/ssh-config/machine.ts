import { readFileSync } from 'node:fs';
import { type NetworkInterfaceInfo, networkInterfaces, hostname as ownHostname, userInfo } from 'node:os';

/** What ssh_config can ask about this machine. */
export interface Machine {
  /** The folder for `~` and `%d`. */
  readonly home: string;
  readonly userName: string;
  readonly userId: number;
  /** With its domain, if the machine's name includes one. */
  readonly hostName: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The home of another account; undefined if there is no such account. */
  homeOf(user: string): string | undefined;
  addresses(): readonly string[];
}

/** This machine. The accounts are those of /etc/passwd: Node cannot ask name services such as LDAP. */
export function localMachine(home: string, env: NodeJS.ProcessEnv = process.env): Machine {
  const { username, uid } = account();
  let passwd: string | undefined;
  return {
    home,
    userName: username,
    userId: uid,
    hostName: ownHostname(),
    env,
    homeOf: (user) => {
      passwd ??= readPasswd();
      return homeInPasswd(passwd, user);
    },
    addresses: () =>
      Object.values(networkInterfaces())
        .flatMap((each): readonly NetworkInterfaceInfo[] => each ?? [])
        .map(({ address }) => address),
  };
}

function account(): { username: string; uid: number } {
  try {
    return userInfo();
  } catch {
    // No entry in the user database, as in a container.
    const uid = process.geteuid?.() ?? 0;
    return { username: String(uid), uid };
  }
}

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}

/** passwd(5): name, password, uid, gid, comment, home, shell. */
function homeInPasswd(passwd: string, user: string): string | undefined {
  const row = passwd.split('\n').find((line) => line.startsWith(`${user}:`));
  return row?.split(':')[5];
}
