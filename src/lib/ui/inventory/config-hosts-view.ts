import type { Place } from '../../config/setting-places.js';
import type { HostDescription } from '../../inventory/host-description.js';
import { fold } from '../../names/nodeset.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { type Cell, renderTable } from '../frame/table.js';

export interface ConfigHostsViewOptions {
  /** Columns to stay within; no limit by default. */
  readonly width?: number;
  readonly paint?: ChalkInstance;
  /** Shown as `~`. */
  readonly home: string;
  /** Files in this folder are shown by their names. */
  readonly folder: string;
}

/** One fact about a host. */
interface Fact {
  readonly what: string;
  readonly values: readonly string[];
  readonly from: string;
}

/** How hosts are reached; hosts with the same facts, except the address, share a block. */
export function renderConfigHosts(
  hosts: readonly HostDescription[],
  options: ConfigHostsViewOptions,
): string {
  const { paint = plain, width = Number.POSITIVE_INFINITY } = options;
  const alike = new Map<string, { described: HostDescription[]; facts: readonly Fact[] }>();
  for (const described of hosts) {
    const facts = factsOf(described, options);
    const key = JSON.stringify([described.room, facts]);
    const block = alike.get(key) ?? { described: [], facts };
    block.described.push(described);
    alike.set(key, block);
  }
  const rows = [...alike.values()].flatMap(({ described, facts }) => rowsOf(described, facts, options));
  return renderTable(['HOSTS', 'WHAT', 'FROM', 'VALUE'], rows, {
    paintHead: (text) => paint.dim(text),
    width,
  });
}

function rowsOf(
  described: readonly HostDescription[],
  facts: readonly Fact[],
  options: ConfigHostsViewOptions,
): Cell[][] {
  const { paint = plain } = options;
  const addresses = fold(described.map(({ ssh }) => ssh.address));
  const places = new Set(described.map(({ places: { address } }) => placeText(address, options)));
  const [first = ''] = places;
  const from = places.size === 1 ? first : `${first} and ${places.size - 1} more`;
  const all = [{ what: 'address', values: [addresses], from }, ...facts];
  const names = fold(described.map(({ host }) => host));
  return all.flatMap(({ what, values, from: place }, fact) =>
    values.map((value, index): Cell[] => [
      fact === 0 && index === 0 ? names : '',
      index === 0 ? what : '',
      index === 0 ? { text: place, paint: paint.dim } : '',
      what === 'refused' ? { text: value, paint: paint.red } : value,
    ]),
  );
}

function factsOf(described: HostDescription, options: ConfigHostsViewOptions): readonly Fact[] {
  const { ssh, jumps, knownHosts, places, notes } = described;
  const files = (paths: readonly string[]) =>
    paths.length === 0 ? ['none'] : paths.map((path) => short(path, options));
  const from = (key: keyof HostDescription['places']) => placeText(places[key], options);
  const always: Fact[] = [
    { what: 'port', values: [String(ssh.port)], from: from('port') },
    { what: 'user', values: [ssh.user], from: from('user') },
    { what: 'jump', values: jumps.length === 0 ? ['none'] : jumps.map(jumpText), from: from('proxyJump') },
    { what: 'key', values: files(ssh.identityFiles), from: from('identityFiles') },
    { what: 'host keys', values: files(knownHosts), from: from('knownHosts') },
  ];
  const refused = ssh.proxyCommand === undefined ? ssh.refusal : `ProxyCommand ${ssh.proxyCommand}`;
  const sometimes: [string, string | undefined, keyof HostDescription['places']][] = [
    ['certificate', ssh.certificateFiles?.map((path) => short(path, options)).join(' '), 'certificateFiles'],
    ['only keys', ssh.identitiesOnly ? 'those named' : undefined, 'identitiesOnly'],
    ['agent', ssh.agentSocket === null ? 'none' : ssh.agentSocket, 'agentSocket'],
    ['alias', ssh.hostKeyAlias, 'hostKeyAlias'],
    ['new keys', ssh.hostKeys === 'accept-new' ? 'accepted' : undefined, 'hostKeys'],
    ['family', ssh.addressFamily === undefined ? undefined : `IPv${ssh.addressFamily}`, 'addressFamily'],
    ['from', ssh.bindAddress, 'bindAddress'],
    ['refused', refused, 'proxyJump'],
  ];
  return [
    ...always,
    ...sometimes.flatMap(([what, value, key]) =>
      value === undefined ? [] : [{ what, values: [value], from: from(key) }],
    ),
    ...notes.map(({ file, line, sentence }) => ({
      what: 'note',
      values: [sentence],
      from: `${short(file, options)}:${line}`,
    })),
  ];
}

/** `gw` alone if it is reached as written, otherwise also with its address. */
function jumpText({ written, address, port, user }: HostDescription['jumps'][number]): string {
  const place = address.includes(':') ? `[${address}]` : address;
  const reached = `${user}@${place}${port === 22 ? '' : `:${port}`}`;
  return written === reached ? written : `${written} (${reached})`;
}

function placeText(place: Place | undefined, options: ConfigHostsViewOptions): string {
  if (place === undefined || place.from === 'default') return 'default';
  if (place.file === null) return place.from;
  return place.line === null ? short(place.file, options) : `${short(place.file, options)}:${place.line}`;
}

function short(path: string, { home, folder }: ConfigHostsViewOptions): string {
  if (folder !== '/' && path.startsWith(`${folder}/`)) return path.slice(folder.length + 1);
  return home !== '/' && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
