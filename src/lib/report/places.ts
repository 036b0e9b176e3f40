import type { AppConfig } from '../config/config-types.js';
import type { ReadingWanted } from './reading-command.js';

/** What to ask a host about for the sake of the applications it has. */
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
