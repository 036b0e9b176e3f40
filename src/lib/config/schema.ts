import { z } from 'zod';
import * as scalars from './scalars.js';
import { appSchema } from './schema-apps.js';
import { databaseSchema } from './schema-databases.js';
import { dnsSchema } from './schema-dns.js';
import { roomSchema } from './schema-rooms.js';
import { sshDefaultsSchema } from './schema-ssh.js';

/** sqlite, or sqlite:/path. The text may hold a password (postgres://), so no error shows it. */
const ledger = z
  .string({ error: 'must be sqlite or sqlite:/path' })
  .transform((text, context): { file: string | undefined } => {
    if (text === 'sqlite') return { file: undefined };
    const file = scalars.localPath.safeParse(text.replace(/^sqlite:/, ''));
    if (text.startsWith('sqlite:') && file.success) return { file: file.data };
    context.addIssue({
      code: 'custom',
      message: /^postgres(ql)?:/.test(text)
        ? 'PostgreSQL is not supported yet; write sqlite or sqlite:/path'
        : 'must be sqlite or sqlite:/path, with an absolute path',
    });
    return z.NEVER;
  });

const inventory = z.strictObject({
  exec: scalars.program,
  timeout: scalars.duration.default(30_000),
});

/** The systems that carry traffic and data between rooms. */
const layers = z.strictObject({
  dns: dnsSchema.default({}),
  database: z.record(scalars.name, databaseSchema).default({}),
});

/** The shape of the configuration. Rules across sections are checked in check-*.ts. */
export const configSchema = z.strictObject({
  ssh: sshDefaultsSchema.default({}),
  ledger: ledger.default({ file: undefined }),
  rooms: z
    .record(scalars.roomName, roomSchema)
    .refine((rooms) => Object.keys(rooms).length > 0, { error: 'names no room' }),
  apps: z.record(scalars.name, appSchema).default({}),
  layers: layers.default({ dns: {}, database: {} }),
  inventory: inventory.optional(),
});

/** The configuration when its shape is right. */
export type Shape = z.output<typeof configSchema>;
export type AppShape = z.output<typeof appSchema>;
export type DatabaseShape = z.output<typeof databaseSchema>;
export type RoomShape = z.output<typeof roomSchema>;
export type SshShape = z.output<typeof sshDefaultsSchema>;

/** Sections that are planned and that this version does not have, as paths: they are refused, never ignored. */
export const LATER_SECTIONS: ReadonlySet<string> = new Set(['layers.acl', 'drill']);

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
}

/** Every key of the schema, as a path; `*` stands for a name that the user gives. */
export function schemaKeys(): string[] {
  return keysBelow(z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode, '');
}

/** The keys that are allowed under a path of the configuration, whichever of several shapes it has. */
export function keysAt(path: readonly (string | number)[]): string[] {
  let nodes = [z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode];
  for (const key of path)
    nodes = nodes.flatMap(shapesOf).flatMap((node) => {
      const other = node.additionalProperties;
      return node.properties?.[key] ?? (typeof other === 'object' ? other : []);
    });
  return [...new Set(nodes.flatMap(shapesOf).flatMap((node) => Object.keys(node.properties ?? {})))];
}

function shapesOf(node: SchemaNode): SchemaNode[] {
  const choices = [...(node.anyOf ?? []), ...(node.oneOf ?? [])];
  return choices.length === 0 ? [node] : choices.flatMap(shapesOf);
}

function keysBelow(node: SchemaNode, prefix: string): string[] {
  const named = Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    return [path, ...keysBelow(child, path)];
  });
  const free =
    typeof node.additionalProperties === 'object' ? keysBelow(node.additionalProperties, `${prefix}.*`) : [];
  const choices = [...(node.anyOf ?? []), ...(node.oneOf ?? [])];
  return [...named, ...free, ...choices.flatMap((choice) => keysBelow(choice, prefix))];
}
