import { z } from 'zod';
import { type Group, groupVariables } from './ansible-groups.js';

/** A host of an Ansible inventory, with the variables that concern us. */
export interface AnsibleHost {
  readonly name: string;
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly user: string | undefined;
  /** `kuafu_room`: the room it is of; undefined: the one whose network has its address. */
  readonly room: string | undefined;
  /** `kuafu_spare: true`: it waits in the pool. */
  readonly isSpare: boolean;
}

const vars = z.record(z.string(), z.unknown());

// Ansible developer guide, "Developing dynamic inventory": a group is a list of hosts, or hosts, vars and children.
const group = z.union([
  z.array(z.string()).transform((hosts): Group => ({ hosts })),
  z.looseObject({
    hosts: z.array(z.string()).optional(),
    vars: vars.optional(),
    children: z.array(z.string()).optional(),
  }),
]);

const inventory = z.record(z.string(), z.unknown()).transform(({ _meta, ...groups }, context) => {
  const hostvars = z
    .looseObject({ hostvars: z.record(z.string(), vars).optional() })
    .optional()
    .safeParse(_meta);
  const parsed = z.record(z.string(), group).safeParse(groups);
  if (hostvars.success && parsed.success)
    return { hostvars: hostvars.data?.hostvars ?? {}, groups: parsed.data };
  const issue = hostvars.success ? parsed.error?.issues[0] : hostvars.error.issues[0];
  const place = issue?.path.join('.') ?? '';
  context.addIssue({ code: 'custom', message: hostvars.success ? `the group ${place}` : `_meta.${place}` });
  return z.NEVER;
});

const port = z.coerce.number().int().min(1).max(65_535);

/**
 * The hosts of the JSON that `--list` prints. Variables of a host go over those of its groups, a group's over those of the
 * groups it is a child of, and the nearer by name where two are equally far, as Ansible merges them.
 *
 * @throws {Error} with a sentence when it is no such JSON, or a variable makes no sense
 */
export function parseAnsibleInventory(text: string): AnsibleHost[] {
  const { hostvars, groups } = readInventory(text);
  const groupVars = groupVariables(groups);
  const names = new Set([
    ...Object.keys(hostvars),
    ...Object.values(groups).flatMap(({ hosts }) => hosts ?? []),
  ]);
  return [...names].map((name) => hostOf(name, { ...groupVars(name), ...hostvars[name] }));
}

function readInventory(text: string): z.output<typeof inventory> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('what it prints is no JSON');
  }
  const parsed = inventory.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(
    `what it prints is no Ansible inventory: ${issue?.code === 'custom' ? issue.message : 'no map of groups'}`,
  );
}

function hostOf(name: string, variables: Readonly<Record<string, unknown>>): AnsibleHost {
  const text = (key: string): string | undefined => {
    const value = variables[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' && value !== '') return value;
    throw new Error(`${key} of ${JSON.stringify(name)} is no text`);
  };
  const givenPort = variables.ansible_port;
  const parsedPort = port.safeParse(givenPort);
  if (givenPort !== undefined && !parsedPort.success)
    throw new Error(`ansible_port of ${JSON.stringify(name)} is no port`);
  return {
    name,
    address: text('ansible_host'),
    port: givenPort === undefined ? undefined : parsedPort.data,
    user: text('ansible_user'),
    room: text('kuafu_room'),
    isSpare: variables.kuafu_spare === true,
  };
}
