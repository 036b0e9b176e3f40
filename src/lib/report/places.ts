import type { AppConfig, Config } from '../config/config-types.js';
import type { Inventory } from '../inventory/inventory.js';
import type { ReadingWanted } from './reading-command.js';

/** An application's group that a host works for. */
export interface Place {
  readonly app: string;
  readonly group: string;
}

/** The places of each host, including assigned spare hosts. A host that is not in the map has no place. */
export function placesOf(config: Config, inventory: Inventory): ReadonlyMap<string, readonly Place[]> {
  const places = new Map<string, Place[]>();
  for (const app of config.apps.values())
    for (const group of app.groups.keys())
      for (const room of config.rooms.keys())
        for (const { name } of inventory.members(app.name, group, room))
          places.set(name, [...(places.get(name) ?? []), { app: app.name, group }]);
  return places;
}

/** What to read on a host for the applications that it has. */
export function wantedOf(apps: readonly AppConfig[]): ReadingWanted {
  const paths = apps.flatMap(({ files, env, logs }) => [
    ...files,
    ...(env === undefined ? [] : [env.file]),
    ...(logs?.files ?? [])
      .map((file) => file.replace(/\/[^/]*$/, ''))
      .filter((folder) => !/[*?[]/.test(folder)),
  ]);
  return {
    units: [...new Set(apps.map(({ service }) => service))],
    paths: [...new Set(['/', ...paths.filter((path) => path !== '')])],
    versionFiles: [...new Set(apps.flatMap(({ version }) => (version === undefined ? [] : [version.file])))],
  };
}
