import type { Host } from '../names/host.js';
import { expandNodeSet } from '../names/nodeset.js';
import type { KeyPath } from './config-error.js';
import type { Config } from './config-types.js';
import { type ConfigSource, readSource } from './source.js';
import type { Source, SourcedKey } from './target-layers.js';

/** A line where a setting is written. `file` and `line` are null for a default, and for a setting from a program. */
export interface Place {
  readonly from: 'configuration' | 'inventory program' | 'ssh_config' | 'jump' | 'default';
  readonly file: string | null;
  readonly line: number | null;
}

/** Where a setting of a host comes from. */
export type PlaceOf = (host: Host, key: SourcedKey, source: Source | undefined) => Place;

const DEFAULT: Place = { from: 'default', file: null, line: null };

/** The keys of the configuration by the keys of a target. */
const WRITTEN: Readonly<Partial<Record<SourcedKey, string>>> = {
  identityFiles: 'identityFile',
  connectTimeoutMs: 'connectTimeout',
};

/** Finds the lines of a loaded configuration. Reads its file again, to get the positions. */
export async function settingPlaces(config: Config): Promise<PlaceOf> {
  const source = await readSource(config.file);
  const addresses = addressPaths(source);
  const program: Place = { from: 'inventory program', file: config.inventory?.exec[0] ?? null, line: null };
  const at = (path: KeyPath): Place => {
    const { file, line } = source.issueAt(path, '', 'key');
    return { from: 'configuration', file, line };
  };
  return (host, key, said) => {
    if (said === undefined) return DEFAULT;
    switch (said.kind) {
      case 'ssh_config':
        return { from: 'ssh_config', file: said.origin.file, line: said.origin.line };
      case 'inventory':
        return program;
      case 'room': {
        if (key !== 'address') return at(['rooms', said.room, 'ssh', WRITTEN[key] ?? key]);
        const path = addresses.get(host.name);
        return path === undefined ? program : at(path);
      }
      case 'ssh':
        return at(['ssh', key === 'address' ? key : (WRITTEN[key] ?? key)]);
      case 'jump':
        return { from: 'jump', file: null, line: null };
      default:
        return DEFAULT;
    }
  };
}

/** By host, the path of the key that gives its address. */
function addressPaths({ value }: ConfigSource): ReadonlyMap<string, KeyPath> {
  const paths = new Map<string, KeyPath>();
  for (const [room, each] of Object.entries(mapping(mapping(value).rooms))) {
    const { gateway, hosts, spare } = mapping(each);
    const gatewayName = mapping(gateway).host;
    if (typeof gatewayName === 'string') paths.set(gatewayName, ['rooms', room, 'gateway']);
    for (const [key, section] of [
      ['hosts', hosts],
      ['spare', spare],
    ] as const)
      for (const names of Object.keys(mapping(section)))
        for (const name of expandNodeSet(names)) paths.set(name, ['rooms', room, key, names]);
  }
  return paths;
}

function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
