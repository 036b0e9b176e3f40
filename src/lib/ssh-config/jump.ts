/** A host of a ProxyJump. Fields that are undefined come from the jump host's own configuration. */
export interface Jump {
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
}

/**
 * The hosts of a ProxyJump or of `proxyJump`, nearest to us first; none for `none`.
 *
 * @throws {Error} with a sentence
 */
export function parseJumps(text: string): readonly Jump[] {
  const line = text.replace(/#.*$/s, '').trimEnd();
  if (line.toLowerCase() === 'none') return [];
  return line.split(',').map((part) => {
    const jump = parseJump(part);
    if (jump === undefined) throw new Error(`${JSON.stringify(part)} is no jump host`);
    return jump;
  });
}

/**
 * `[user@]host[:port]` or `ssh://[user@]host[:port]`; an IPv6 address with a port is in brackets.
 *
 * @returns undefined for any other text, such as one that begins like an option
 */
export function parseJump(text: string): Jump | undefined {
  const uri = /^ssh:\/\/(.*)$/s.exec(text)?.[1];
  const [, user, place = ''] = /^(?:(.+)@)?([^@]*)$/s.exec(uri?.replace(/\/$/, '') ?? text) ?? [];
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]+)\]|([^:/[\]]+))(?::(\d*))?$/s.exec(place) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || FORBIDDEN.test(host) || FORBIDDEN.test(user ?? '')) return undefined;
  const port = digits === '' ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  return { user: uri === undefined ? user : decoded(user), host, port };
}

/** An option of ssh, and characters that a shell would interpret: later versions of ssh refuse the same. */
const FORBIDDEN = /^-|[\s'"`$;&|<>(){}]/;

/** From a URI, in which `;` begins parameters that have no meaning here (RFC 3986, draft-ietf-secsh-scp-sftp-ssh-uri). */
function decoded(user: string | undefined): string | undefined {
  return user
    ?.replace(/;.*$/s, '')
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** As it is written: `ops@gw:2201`, `[::1]:22`. */
export function renderJump({ user, host, port }: Jump): string {
  const place = host.includes(':') ? `[${host}]` : host;
  return `${user === undefined ? '' : `${user}@`}${place}${port === undefined ? '' : `:${port}`}`;
}
