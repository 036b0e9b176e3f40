import type { BackendLines, ServerLine, ServerOptions } from './server-lines.js';
import type { HaproxyServer } from './servers.js';
import type { HaproxyStatistics } from './statistics.js';

/** How a server will be added: with the options of its neighbours, or why it cannot be added. */
export type JoinOptions =
  | {
      readonly words: string;
      readonly notes: readonly string[];
      /** Its servers have cookies that HAProxy makes itself. */
      readonly hasDynamicCookies?: true;
    }
  | { readonly refusal: string };

/** The facts about a balancer that matter for a server that joins. */
export interface BackendView {
  readonly servers: readonly HaproxyServer[];
  readonly statistics: ReadonlyMap<string, HaproxyStatistics>;
  /** Undefined: the configuration file could not be read, or does not have the backend. */
  readonly lines: BackendLines | undefined;
}

/** Used if nothing shows how the neighbours are checked. */
const CHECK = 'check inter 1s fall 2 rise 2';

/** Options that are different for every server, or of no use to a server that has an address. */
const OWN = new Set(['cookie', 'id', 'guid', 'disabled', 'enabled', 'resolvers', 'init-addr', 'init-state']);
/** HAProxy does not accept these options in its runtime API. */
const FILE_ONLY = ['namespace', 'redir', 'log-proto'];
const PLAIN = /^[A-Za-z0-9_./:,()@%=+-]*$/;

/** The words after `add server NAME ADDRESS`, from the configuration or, without it, from what the runtime API shows. */
export function optionsOfNeighbours(view: BackendView, port: number): JoinOptions {
  const { servers, lines } = view;
  const unset = (address: string) => address === '0.0.0.0' || address === '::';
  const there = servers.filter(({ address }) => !unset(address));
  const neighbours = (lines?.servers ?? []).filter(({ address }) => !unset(address));
  if (lines === undefined || (neighbours.length === 0 && there.length > 0)) return fromRuntime(view, there);
  const balancing = refuseBalancing(lines);
  if (balancing !== undefined) return { refusal: balancing };
  if (neighbours.length === 0) return rendered(lines.defaults, []);
  const alike = relevant(neighbours, port);
  if (alike.some(({ options }) => options.has('cookie')) && !lines.cookie.includes('dynamic'))
    return {
      refusal:
        'its servers have a cookie each, which HAProxy gives to none that is added at run time: write `cookie … dynamic` with a dynamic-cookie-key, or free places such as `server slot1 0.0.0.0:8080 check disabled cookie slot1`',
    };
  const agreed = agreement(alike);
  if ('refusal' in agreed) return agreed;
  const isTls = there.filter(({ usesTls }) => usesTls).length * 2 > there.length;
  if (there.length > 0 && isTls !== agreed.options.has('ssl'))
    return {
      refusal: `its servers ${isTls ? 'are' : 'are not'} asked by TLS, and its configuration file says otherwise: it was not reloaded since`,
    };
  const words = rendered(agreed.options, agreed.notes);
  return 'refusal' in words || !lines.cookie.includes('dynamic')
    ? words
    : { ...words, hasDynamicCookies: true };
}

/** Leaves out servers of another port. Backup servers are left out too, if there are other servers. */
function relevant(servers: readonly ServerLine[], port: number): readonly ServerLine[] {
  const active = servers.filter(({ options }) => !options.has('backup'));
  const some = active.length > 0 ? active : servers;
  const samePort = some.filter((server) => server.port === port);
  return samePort.length > 0 ? samePort : some;
}

function agreement(
  servers: readonly ServerLine[],
): { readonly options: ServerOptions; readonly notes: string[] } | { readonly refusal: string } {
  const keys = new Set(servers.flatMap(({ options }) => [...options.keys()]));
  const options = new Map<string, string>();
  const notes: string[] = [];
  for (const key of [...keys].filter((each) => !OWN.has(each) && !each.startsWith('resolve-'))) {
    const values = servers.map((server) => server.options.get(key));
    const [first] = values;
    if (key !== 'weight' && values.every((value) => value === first)) {
      options.set(key, first ?? '');
      continue;
    }
    if (key !== 'weight') return { refusal: differing(key, servers) };
    const weights = values.map((value) => value ?? '1');
    // With weight 0 a host would join and get no requests.
    const weight = mostCommon(weights.filter((each) => Number(each) !== 0));
    if (weight === '')
      return { refusal: 'its servers all have a weight of 0, with which a host gets no request' };
    options.set(key, weight);
    if (new Set(weights).size > 1) notes.push(`weights differ there; those who join get ${weight}`);
  }
  return { options, notes };
}

function differing(key: string, servers: readonly ServerLine[]): string {
  const said = (server: ServerLine | undefined) => {
    const value = server?.options.get(key);
    const what = value === undefined ? `no ${key}` : `${key} ${value}`.trim();
    return `${server?.name} has ${what}`;
  };
  const first = servers[0]?.options.get(key);
  const other = servers.find(({ options }) => options.get(key) !== first);
  return `its servers differ (${said(servers[0])}, ${said(other)})`;
}

function refuseBalancing({ balance, hashType }: BackendLines): string | undefined {
  const [algorithm = 'roundrobin'] = balance;
  const isHash = /^(source|uri|url_param|hdr|rdp-cookie|hash)\b/.test(algorithm);
  if (algorithm !== 'static-rr' && !(isHash && hashType[0] !== 'consistent')) return undefined;
  const what = isHash ? `balance ${algorithm} without \`hash-type consistent\`` : `balance ${algorithm}`;
  return `with ${what} HAProxy takes no server at run time`;
}

function rendered(options: ServerOptions, notes: readonly string[]): JoinOptions {
  for (const [key, value] of options) {
    if (FILE_ONLY.includes(key))
      return { refusal: `its servers have ${key}, which HAProxy takes from its file alone` };
    if (!PLAIN.test(value))
      return { refusal: `its servers have ${key} ${JSON.stringify(value)}, which cannot be sent` };
  }
  // For a server of the file `ssl` is enough; for an added one HAProxy 2.6 checks a TLS port without TLS.
  const isTlsCheck =
    options.has('ssl') && options.has('check') && !options.has('port') && !options.has('addr');
  const checkTls = isTlsCheck && !options.has('check-ssl') ? ['check-ssl'] : [];
  const words = [...options].filter(([key]) => !OWN.has(key)).map(([key, value]) => `${key} ${value}`.trim());
  return { words: [...words, ...checkTls].join(' '), notes };
}

function fromRuntime({ statistics }: BackendView, there: readonly HaproxyServer[]): JoinOptions {
  const shown = there.flatMap(({ name }) => statistics.get(name) ?? []);
  const hidden = there.some(({ usesTls }) => usesTls)
    ? 'are asked by TLS'
    : shown.some(({ cookie }) => cookie !== '')
      ? 'have cookies'
      : undefined;
  if (hidden !== undefined)
    return {
      refusal: `its servers ${hidden}, and its configuration file, which says how, could not be read`,
    };
  const weight = mostCommon(
    there.filter((server) => server.weight > 0).map((server) => String(server.weight)),
  );
  const bound = mostCommon(shown.map(({ maxconn }) => (maxconn === undefined ? '' : String(maxconn))));
  const words = [
    CHECK,
    ...(weight === '' ? [] : [`weight ${weight}`]),
    ...(bound === '' ? [] : [`maxconn ${bound}`]),
  ];
  const notes =
    there.length === 0
      ? []
      : ['its configuration file could not be read: weight and maxconn are those that it shows'];
  return { words: words.join(' '), notes };
}

/** The first of the most frequent values; empty for none. */
function mostCommon(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
}
