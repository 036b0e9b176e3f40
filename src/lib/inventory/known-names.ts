import type { AppConfig, Config, DatabaseConfig } from '../config/config-types.js';
import { unknown } from '../names/unknown.js';

/** @throws {UsageError} for a name that is not in the configuration, with the known names; the other functions do the same */
export function parseApp(name: string, config: Config): AppConfig {
  const app = config.apps.get(name);
  if (app) return app;
  throw unknown('application', name, [...config.apps.keys()]);
}

export function parseGroup(name: string, app: AppConfig): string {
  if (app.groups.has(name)) return name;
  throw unknown(`group of application ${app.name}`, name, [...app.groups.keys()]);
}

export function parseRoom(name: string, config: Config): string {
  if (config.rooms.has(name)) return name;
  throw unknown('room', name, [...config.rooms.keys()]);
}

/** The databases to which a command applies: the one of that name, or all. */
export function parseDatabases(name: string | undefined, { databases }: Config): readonly DatabaseConfig[] {
  if (name === undefined) return [...databases.values()];
  const database = databases.get(name);
  if (database) return [database];
  throw unknown('database', name, [...databases.keys()]);
}
