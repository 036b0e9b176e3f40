import { z } from 'zod';
import * as scalars from './scalars.js';

const proxies = z.strictObject({
  haproxy: z
    .record(scalars.roomName, scalars.hostName)
    .refine((rooms) => Object.keys(rooms).length > 0, { error: 'names no proxy' }),
  socket: scalars.absolutePath.default('/run/haproxy/admin.sock'),
  // The runtime API splits its input at blanks and semicolons (HAProxy management guide, 9.3).
  backend: z.string().regex(/^[A-Za-z0-9_.:-]+$/, { error: 'is no name of an HAProxy backend' }),
});

/** The account by which a server replicates from another. */
const replication = z.strictObject({
  user: z.string().regex(/^[\x21-\x7e]{1,80}$/, { error: 'is no name of an account' }),
  password: scalars.secretNamed('REPLICATION_PASSWORD'),
});

/** A database with a server in each of two or more rooms. */
export const databaseSchema = z.strictObject({
  kind: z.literal('mariadb', { error: 'must be mariadb' }),
  members: z
    .record(scalars.roomName, scalars.hostName)
    .refine((rooms) => Object.keys(rooms).length > 1, { error: 'must name a server in two rooms at least' }),
  home: scalars.roomName,
  port: scalars.port.default(3306),
  proxies: proxies.optional(),
  replication: replication.optional(),
});
