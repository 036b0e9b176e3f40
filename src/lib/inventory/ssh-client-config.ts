import { userInfo } from 'node:os';
import SSHConfig from 'ssh-config';
import { expandHome } from '../config/folders.js';

/** What ssh_config(5) says about one host, of the settings we honour. */
export interface SshClientSettings {
  readonly hostName: string | undefined;
  readonly user: string | undefined;
  readonly port: number | undefined;
  readonly identityFiles: readonly string[] | undefined;
  readonly proxyJump: readonly string[] | undefined;
  readonly proxyCommand: string | undefined;
  /** Of StrictHostKeyChecking only accept-new counts: `no` and `off` would take any key. */
  readonly acceptsNewKeys: boolean;
}

export type SshClientLookup = (alias: string) => SshClientSettings;

// Its lookup by name servers is not ours to make for every host.
const CANONICALIZE = /^\s*Canonical(izeHostname|Domains)\b.*$/gim;
/**
 * Parses ssh_config text. `Match exec` is never true: looking up a host must not run a program.
 *
 * @throws {Error} when the text cannot be understood
 */
export function parseSshClientConfig(text: string, home: string): SshClientLookup {
  const config = SSHConfig.parse(text.replace(CANONICALIZE, ''));
  return (alias) => {
    const found = config.compute(alias, { ignoreCase: true, matchExec: false });
    const hostName = firstOf(found.hostname);
    const user = firstOf(found.user);
    const port = Number(firstOf(found.port) ?? Number.NaN);
    return {
      hostName,
      user,
      port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined,
      identityFiles: listOf(found.identityfile)?.map((path) =>
        expandTokens(path, { alias, hostName, user, home }),
      ),
      proxyJump: listOf(firstOf(found.proxyjump)?.split(',')),
      proxyCommand: unlessNone(firstOf(found.proxycommand)),
      acceptsNewKeys: firstOf(found.stricthostkeychecking)?.toLowerCase() === 'accept-new',
    };
  };
}

interface TokenValues {
  readonly alias: string;
  readonly hostName: string | undefined;
  readonly user: string | undefined;
  readonly home: string;
}

/** ssh_config(5), TOKENS: those that make sense in the name of a file. */
function expandTokens(path: string, { alias, hostName, user, home }: TokenValues): string {
  const localUser = userInfo().username;
  const values: Readonly<Record<string, string>> = {
    '%': '%',
    d: home,
    h: hostName ?? alias,
    n: alias,
    r: user ?? localUser,
    u: localUser,
  };
  return expandHome(
    path.replace(/%(.)/g, (whole, token: string) => values[token] ?? whole),
    home,
  );
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** A list, where `none` stands for the empty one. */
function listOf(value: string | string[] | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  return [value]
    .flat()
    .map((item) => item.trim())
    .filter((item) => item !== '' && item.toLowerCase() !== 'none');
}

function unlessNone(value: string | undefined): string | undefined {
  return value?.toLowerCase() === 'none' ? undefined : value;
}
