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
