/** How to reach one host by SSH; merged once when the configuration is loaded. */
export interface SshTarget {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
  /** Names or `user@host:port` of jump hosts, nearest to us first. */
  readonly proxyJump: readonly string[];
  /** `strict`: an unknown key is refused. `accept-new`: an unknown one is recorded, a changed one refused. */
  readonly hostKeys: 'strict' | 'accept-new';
  readonly connectTimeoutMs: number;
  /** The ProxyCommand ssh_config has for it. We do not run it: connecting is refused, with a sentence that says so. */
  readonly proxyCommand?: string | undefined;
  /** Why ssh_config does not let us connect, as a sentence with its file and line. */
  readonly refusal?: string | undefined;
  /** Of the keys that the agent holds, only those of identityFiles are offered. */
  readonly identitiesOnly?: boolean | undefined;
  /** OpenSSH certificates beside the identity files' own. */
  readonly certificateFiles?: readonly string[] | undefined;
  /** Its socket; null: no agent; undefined: that of SSH_AUTH_SOCK. */
  readonly agentSocket?: string | null | undefined;
  /** Lists of host keys that are read for this host; undefined: those of the configuration. */
  readonly knownHosts?: readonly string[] | undefined;
  /** The name under which its host key is known, whatever its name, address and port are. */
  readonly hostKeyAlias?: string | undefined;
  /** The only family of addresses to dial; undefined: either. */
  readonly addressFamily?: 4 | 6 | undefined;
  /** The address of this machine to connect from. */
  readonly bindAddress?: string | undefined;
}

/** member: a host of a room in use. spare: waits in the pool. gateway: enforces the room's ACL. */
export type HostRole = 'member' | 'spare' | 'gateway';

/** One SSH target. The name is its key in plans, ledger and output; the address never is. */
export interface Host {
  readonly name: string;
  readonly room: string;
  readonly role: HostRole;
  readonly ssh: SshTarget;
}

/** A spare host that works for a group, as the ledger has it. */
export interface Assignment {
  readonly host: string;
  readonly app: string;
  readonly group: string;
  readonly room: string;
}
