import { z } from 'zod';
import { type Groups, groupVariables, type Variables } from './groups.js';

/** The output of `--list` of an inventory program. */
export interface AnsibleList {
  /** Hosts of groups, each once. A host that is only in `_meta` is no host, as in Ansible. */
  readonly names: readonly string[];
  /** Members of groups that are not text, as JSON. */
  readonly nameless: readonly string[];
  /** The variables of single hosts in `_meta`; undefined: the program must be called with `--host` for each. */
  readonly hostvars: ReadonlyMap<string, unknown> | undefined;
  /** The variables of a host from its groups. */
  readonly ofGroups: (host: string) => Variables;
}

const KEYS = ['hosts', 'vars', 'children'];

/**
 * A group, by the rules of Ansible's script plugin: a list of hosts; or hosts, vars and children; or, without any of these, the
 * variables of a host with the name of the group.
 */
const group = z.union([
  z.array(z.unknown()).transform((hosts) => ({ hosts })),
  z.looseObject({
    hosts: z.array(z.unknown()).optional(),
    vars: z.record(z.string(), z.unknown()).optional(),
    children: z.array(z.string()).optional(),
  }),
]);

const document = z.record(z.string(), z.unknown());
const meta = z.looseObject({ hostvars: z.record(z.string(), z.unknown()).nullish() }).optional();

/** @throws {Error} with a sentence when the JSON is not of this form; an invalid host does not affect the others */
export function parseAnsibleList(text: string): AnsibleList {
  const { _meta, ...listed } = parseObject(text, 'what it prints');
  const hostvars = meta.safeParse(_meta);
  if (!hostvars.success) throw noInventory(`_meta.${hostvars.error.issues[0]?.path.join('.')}`);
  const groups = new Map(Object.entries(listed).map(([name, data]) => [name, parseGroup(name, data)]));
  const members = [...groups.values()].flatMap(({ hosts = [] }) => hosts);
  const own = hostvars.data?.hostvars;
  return {
    names: [...new Set(members.filter((member) => typeof member === 'string'))],
    nameless: members.flatMap((member) => (typeof member === 'string' ? [] : [JSON.stringify(member)])),
    hostvars: own === undefined || own === null ? undefined : new Map(Object.entries(own)),
    ofGroups: groupVariables(withTextsAlone(groups)),
  };
}

/** Reads the output of `--host NAME`; empty output means no variables. @throws {Error} with a sentence */
export function parseAnsibleHost(text: string): Variables {
  return text.trim() === '' ? {} : parseObject(text, 'what it prints for --host');
}

function parseObject(text: string, what: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(withoutNaN(text));
  } catch {
    throw new Error(`${what} is no JSON`);
  }
  const parsed = document.safeParse(json);
  if (parsed.success) return parsed.data;
  throw noInventory('no map of groups');
}

/** Python's json writes values that JSON does not have, and Ansible reads them. Text in quotes is left as it is. */
function withoutNaN(text: string): string {
  if (!/NaN|Infinity/.test(text)) return text;
  return text.replaceAll(/"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|-?\b(?:NaN|Infinity)\b/g, (found) =>
    found.startsWith('"') ? found : 'null',
  );
}

function parseGroup(name: string, data: unknown): z.output<typeof group> {
  const isMap = typeof data === 'object' && data !== null && !Array.isArray(data);
  const isHost = isMap && !KEYS.some((key) => key in data);
  const parsed = group.safeParse(isHost ? { hosts: [name], vars: data } : data);
  if (parsed.success) return parsed.data;
  throw noInventory(`the group ${name}`);
}

function withTextsAlone(groups: ReadonlyMap<string, z.output<typeof group>>): Groups {
  return new Map(
    [...groups].map(([name, { hosts, ...rest }]) => [
      name,
      { ...rest, hosts: hosts?.filter((host) => typeof host === 'string') },
    ]),
  );
}

function noInventory(fault: string): Error {
  return new Error(`what it prints is no Ansible inventory: ${fault}`);
}
