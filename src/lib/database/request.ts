import type { Config, DatabaseConfig, DatabaseReplication } from '../config/config-types.js';
import { UsageError } from '../errors.js';
import { parseDatabases } from '../inventory/known-names.js';
import { didYouMean } from '../names/suggest.js';

/** The primary of a database shall be in this room. */
export interface DatabaseSwitch {
  readonly database: DatabaseConfig;
  readonly replication: DatabaseReplication;
  readonly room: string;
  /** The host of its server there. */
  readonly to: string;
}

/** The server of a room shall be the primary, though the one before cannot take part. */
export type ForcedSwitch = Omit<DatabaseSwitch, 'replication'>;

/** @throws UsageError */
export function parseDatabaseSwitch(
  name: string | undefined,
  room: string | undefined,
  config: Config,
): DatabaseSwitch {
  const { database, ...target } = parseForcedSwitch(name, room, config);
  return { database, replication: replicationOf(database, config), ...target };
}

/** @throws UsageError */
export function parseForcedSwitch(
  name: string | undefined,
  room: string | undefined,
  config: Config,
): ForcedSwitch {
  const database = oneDatabase(name, config);
  const rooms = [...database.members.keys()];
  if (room === undefined) throw new UsageError('to which room?', 'for example: kuafu db switch --to B');
  const to = database.members.get(room);
  if (to === undefined)
    throw new UsageError(
      `${database.name} has no server in room ${room}${didYouMean(room, rooms)}`,
      `rooms: ${rooms.join(', ')}`,
    );
  return { database, room, to };
}

/** A server that was the primary shall replicate from the other one. */
export type DatabaseRejoin = Pick<DatabaseSwitch, 'database' | 'replication'>;

/** @throws UsageError */
export function parseDatabaseRejoin(name: string | undefined, config: Config): DatabaseRejoin {
  const database = oneDatabase(name, config, (known) => `kuafu db rejoin ${known}`);
  return { database, replication: replicationOf(database, config) };
}

function oneDatabase(
  name: string | undefined,
  config: Config,
  example = (known: string) => `kuafu db switch ${known} --to B`,
): DatabaseConfig {
  const [database, ...others] = parseDatabases(name, config);
  if (database === undefined)
    throw new UsageError(
      'the configuration has no database',
      'kuafu config docs layers shows how databases are written',
    );
  if (others.length === 0) return database;
  const names = [...config.databases.keys()].join(', ');
  throw new UsageError('which database?', `databases: ${names}; for example: ${example(database.name)}`);
}

function replicationOf(
  { name, replication }: DatabaseConfig,
  { secrets }: Pick<Config, 'secrets'>,
): DatabaseReplication {
  if (replication === undefined)
    throw new UsageError(
      `layers.database.${name} has no \`replication\`: the old primary would not know as whom to replicate`,
      'kuafu config docs layers shows how it is written',
    );
  const { password } = replication;
  if (!secrets.knows([password]))
    throw new UsageError(
      `layers.database.${name}.replication: the environment variable ${password.secret} is not set`,
    );
  if (/[^\x20-\uffff]|\x7f/.test(secrets.resolve([password])))
    throw new UsageError(`the environment variable ${password.secret} holds a control character`);
  return replication;
}
