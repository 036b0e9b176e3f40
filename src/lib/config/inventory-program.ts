import { execa, type Options } from 'execa';
import { sentenceOf } from '../errors.js';
import { excerpt, type Masked } from '../masking/masked.js';
import type { Secrets } from '../masking/secret.js';
import type { Variables } from './ansible/groups.js';
import { parseAnsibleHost, parseAnsibleList } from './ansible/inventory.js';
import { isHostName } from './scalars.js';

const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;
const COMPLAINTS = 4096;
const LONGEST = 300;
/** How many calls of `--host` run at a time: they mostly wait for another system. */
const PARALLEL = 8;

/** A host as the program lists it; if it is invalid, its fault as a sentence. */
export type ToldHost = { readonly name: string } & (
  | { readonly variables: Variables }
  | { readonly fault: string }
);

interface ProgramOptions {
  readonly cwd: string;
  /** The limit for all calls together. */
  readonly timeoutMs: number;
  readonly secrets: Secrets;
}

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
  const run = (more: readonly string[]) => runProgram([...words, ...more], options, endMs);
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

async function runProgram(
  [program = '', ...args]: readonly string[],
  { cwd, timeoutMs, secrets }: ProgramOptions,
  endMs: number,
): Promise<string> {
  const options = {
    cwd,
    maxBuffer: MAX_OUTPUT_BYTES,
    // Standard error may have no end; only its last lines are kept.
    buffer: { stderr: false },
    stdin: 'ignore',
    reject: false,
  } satisfies Options;
  const late = `${program} did not end within ${timeoutMs / 1000} s and was killed`;
  const leftMs = endMs - performance.now();
  if (leftMs <= 0) throw new Error(late);
  const running = execa(program, args, options);
  let complaints = '';
  running.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString('utf8')).slice(-COMPLAINTS);
  });
  let timedOut = false;
  const deadline = setTimeout(() => {
    timedOut = true;
    running.kill('SIGKILL');
    // A process that the program started may hold its output open forever; execa's own timeout would wait for that.
    running.stdout.destroy();
    running.stderr.destroy();
  }, leftMs);
  const result = await running;
  clearTimeout(deadline);
  if (timedOut) throw new Error(late);
  if (result.isMaxBuffer)
    throw new Error(`${program} prints more than ${MAX_OUTPUT_BYTES / 1024 / 1024} MiB`);
  if (result.exitCode === undefined && result.signal === undefined)
    throw new Error(`${program} cannot be run: ${reasonOf(result.code)}`);
  if (!result.failed) return result.stdout;
  const masked = secrets.mask(complaints.trim(), { start: true });
  throw new Error(`${program} ${howItEnded(result)}${said(masked)}`);
}

function howItEnded({ exitCode, signal }: { exitCode?: number; signal?: string }): string {
  return exitCode === undefined ? `was ended by ${signal}` : `exits with ${exitCode}`;
}

function said(complaints: Masked): string {
  const text = excerpt(complaints, LONGEST).replaceAll(/\s+/g, ' ');
  return text === '' ? '' : `: ${text}`;
}

function reasonOf(code: string | undefined): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file, or not the interpreter its first line names';
    case 'EACCES':
      return 'it is not executable';
    default:
      return code ?? 'unknown reason';
  }
}
