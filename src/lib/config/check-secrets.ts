import { type SecretRef, Secrets } from '../masking/secret.js';
import type { KeyPath, ReportIssue } from './config-error.js';
import type { Shape } from './schema.js';

/** A place of the configuration that takes a value from the environment. */
interface SecretPlace {
  readonly path: KeyPath;
  readonly ref: SecretRef;
}

/** Reports environment variables that are needed and not set. */
export function checkSecrets(shape: Shape, env: NodeJS.ProcessEnv, report: ReportIssue): void {
  for (const { path, ref } of [...envPlaces(shape), ...layerPlaces(shape)])
    if (env[ref.secret] === undefined) report(path, `the environment variable ${ref.secret} is not set`);
}

export function takeSecrets(shape: Shape, env: NodeJS.ProcessEnv): Secrets {
  const secrets = new Secrets();
  for (const { path } of envPlaces(shape)) secrets.addKey(String(path.at(-1)));
  for (const { ref } of [...envPlaces(shape), ...layerPlaces(shape)]) {
    const value = env[ref.secret];
    if (value === undefined) secrets.addUnset(ref.secret);
    else secrets.add(ref.secret, value);
  }
  return secrets;
}

/** The values of environment files, under the names that they have there. */
function envPlaces({ apps }: Shape): SecretPlace[] {
  return Object.entries(apps).flatMap(([app, { env }]) => {
    const path = ['apps', app, 'env'];
    const places = [
      { path: [...path, 'common'], values: env?.common ?? {} },
      ...Object.entries(env?.rooms ?? {}).map(([room, values]) => ({
        path: [...path, 'rooms', room],
        values,
      })),
    ];
    return places.flatMap((place) =>
      Object.entries(place.values).flatMap(([key, text]) =>
        text.flatMap((part) => (typeof part === 'string' ? [] : [{ path: [...place.path, key], ref: part }])),
      ),
    );
  });
}

/** The keys of DNS servers, and the passwords of replication. */
function layerPlaces({ layers }: Shape): SecretPlace[] {
  const databases = Object.entries(layers.database).flatMap(([name, { replication }]) => {
    const path = ['layers', 'database', name, 'replication', 'password'];
    return replication === undefined ? [] : [{ path, ref: replication.password }];
  });
  const zones = Object.entries(layers.dns).flatMap(([zone, shape]) => {
    const path = ['layers', 'dns', zone, 'key'];
    if (shape.provider === 'powerdns') return [{ path, ref: shape.key }];
    return shape.provider === 'rfc2136' ? [{ path: [...path, 'secret'], ref: shape.key.secret }] : [];
  });
  return [...zones, ...databases];
}
