import type { MemberState } from './member.js';

/** A database as its servers and proxies report it. */
export interface DatabaseLook {
  readonly name: string;
  readonly port: number;
  readonly members: readonly MemberAnswer[];
  readonly proxies: readonly ProxyAnswer[];
}

interface Answer {
  readonly host: string;
  readonly room: string;
  /** Why it could not be asked; undefined if it answered. */
  readonly silence: string | undefined;
}

export interface MemberAnswer extends Answer {
  readonly address: string;
  readonly state: MemberState | undefined;
}

export interface ProxyAnswer extends Answer {
  /** The servers that get new sessions. `name`: that of the member; for a server that is no member, the proxy's name of it. */
  readonly targets: readonly { readonly name: string; readonly member: string | undefined }[] | undefined;
  /** The members that it would send clients to, once they are up for it. */
  readonly knows: readonly string[];
}
