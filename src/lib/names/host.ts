/** How to reach one host by SSH; merged once when the configuration is loaded. */
export interface SshTarget {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
  /** Names or `user@host:port` of jump hosts, nearest to us first. */
  readonly proxyJump: readonly string[];
  /** `strict`: an unknown key is refused. `accept-new`: an unknown key is recorded, a changed key refused. */
  readonly hostKeys: 'strict' | 'accept-new';
  readonly connectTimeoutMs: number;
  /** The ProxyCommand of ssh_config for this host. We do not run it: the connection is refused with a sentence that says so. */
  readonly proxyCommand?: string | undefined;
  /** Why ssh_config does not allow the connection, as a sentence with its file and line. */
  readonly refusal?: string | undefined;
  /** Of the keys in the agent, only the keys of identityFiles are offered. */
  readonly identitiesOnly?: boolean | undefined;
  /** OpenSSH certificates in addition to the certificates of the identity files. */
  readonly certificateFiles?: readonly string[] | undefined;
  /** The socket of the agent; null: no agent; undefined: the socket in SSH_AUTH_SOCK. */
  readonly agentSocket?: string | null | undefined;
  /** Files in which this host's key is looked up; undefined: the files of the configuration. */
  readonly knownHosts?: readonly string[] | undefined;
  /** The name under which its host key is stored, independent of its name, address and port. */
  readonly hostKeyAlias?: string | undefined;
  /** The only address family to dial; undefined: either. */
  readonly addressFamily?: 4 | 6 | undefined;
  /** The address of this machine to connect from. */
  readonly bindAddress?: string | undefined;
}

/** member: a host of a room that is in use. spare: waits in the pool. gateway: enforces the room's ACL. */
export type HostRole = 'member' | 'spare' | 'gateway';

/** One SSH target. Its name, never its address, is the key in plans, ledger and output. */
export interface Host {
  readonly name: string;
  readonly room: string;
  readonly role: HostRole;
  readonly ssh: SshTarget;
}

/** A spare host that works for a group, from the ledger. */
export interface Assignment {
  readonly host: string;
  readonly app: string;
  readonly group: string;
  readonly room: string;
}
