import { sentenceOf } from '../errors.js';
import { type ProgramOptions, runProgram } from '../own-programs/run-program.js';
import type { Variables } from './ansible/groups.js';
import { parseAnsibleHost, parseAnsibleList } from './ansible/inventory.js';
import { isHostName } from './scalars.js';

/** How many calls of `--host` run at a time: they mostly wait for another system. */
const PARALLEL = 8;

/** A host as the program lists it; if it is invalid, its fault as a sentence. */
export type ToldHost = { readonly name: string } & (
  | { readonly variables: Variables }
  | { readonly fault: string }
);

/**
 * Runs an inventory program with `--list`, as Ansible does. If the output has no `_meta`, runs it with `--host` for each host, a
 * few at a time. No shell is used. The program is killed when it has not ended after timeoutMs. It gets the environment of kuafu,
 * because it runs as the user and may need its own passwords; its standard error is masked.
 *
 * @throws {Error} with a sentence: cannot be run, failed, hangs, prints too much or no inventory
 */
export async function runInventoryProgram(
  words: readonly string[],
  options: ProgramOptions,
): Promise<ToldHost[]> {
  const endMs = performance.now() + options.timeoutMs;
  const run = async (more: readonly string[]) => {
    const timeoutMs = endMs - performance.now();
    const { exitCode, stdout, how } = await runProgram([...words, ...more], {
      ...options,
      timeoutMs,
      saidTimeoutMs: options.timeoutMs,
    });
    if (exitCode === 0) return stdout;
    throw new Error(`${words[0]} ${how}`);
  };
  const { names, nameless, hostvars, ofGroups } = parseAnsibleList(await run(['--list']));
  const ask = async (name: string) => parseAnsibleHost(await run(['--host', name]));
  const own: ReadonlyMap<string, unknown> = hostvars ?? (await askHosts(names, ask));
  return [
    ...names.map((name) => toldHost(name, own.has(name) ? own.get(name) : {}, ofGroups)),
    ...nameless.map((name) => ({ name, fault: 'it is no text' })),
  ];
}

function toldHost(name: string, own: unknown, ofGroups: (host: string) => Variables): ToldHost {
  if (own instanceof Error) return { name, fault: own.message };
  if (typeof own !== 'object' || own === null || Array.isArray(own))
    return { name, fault: 'its variables are no map of names and values' };
  return { name, variables: { ...ofGroups(name), ...own } };
}

/** A host that cannot be read has its error in place of variables. Invalid names are not asked for. */
async function askHosts(
  names: readonly string[],
  ask: (name: string) => Promise<Variables>,
): Promise<ReadonlyMap<string, Variables | Error>> {
  const found = new Map<string, Variables | Error>();
  const left = names.filter(isHostName);
  const askOneByOne = async () => {
    for (let name = left.pop(); name !== undefined; name = left.pop())
      found.set(name, await ask(name).catch((error: unknown) => new Error(sentenceOf(error))));
  };
  await Promise.all(Array.from({ length: PARALLEL }, askOneByOne));
  return found;
}
