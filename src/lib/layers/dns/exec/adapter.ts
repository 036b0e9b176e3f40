import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { requireBelievable } from '../../../config/believable.js';
import { sentenceOf } from '../../../errors.js';
import type { Secrets } from '../../../masking/secret.js';
import { type ProgramEnd, runProgram } from '../../../own-programs/run-program.js';
import type { Authority, Capability, ReadAuthority } from '../authority.js';
import { ChangeRefused, fault } from '../fault.js';
import { areMade, openChanges, requirePlain } from '../open-changes.js';
import { isLeadingType, type RecordSet, recordSet, type SetChange } from '../records.js';

/**
 * A program of the user on this machine, for everything that has no adapter:
 *
 *     PROGRAM list ZONE     prints {"records": [{"name": "www", "type": "A", "ttl": 5, "values": ["203.0.113.101"]}, …]}
 *     PROGRAM apply ZONE    reads {"changes": [{"name", "type", "from": {"ttl", "values"} or null, "to": likewise}, …]}
 *
 * Names are below the zone, and @ is the zone itself. Exit status 3 of `apply`: a set is not as `from` says, and nothing was
 * changed.
 */
export interface ExecReached {
  readonly zone: string;
  readonly program: readonly string[];
  readonly timeoutMs: number;
  /** The configuration: the program runs in its folder. */
  readonly file: string;
  readonly secrets: Secrets;
  readonly signal?: AbortSignal | undefined;
}

/** Providers of such programs compare nothing, and know no generation. */
const CAN: ReadonlySet<Capability> = new Set<Capability>();
const STALE = 3;
const SETTLE_MS = 30_000;
const AGAIN_MS = 1000;

const listed = z.object({
  records: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      ttl: z.number().int().min(0),
      values: z.array(z.string()),
    }),
  ),
});

export function lookExec(reached: ExecReached): ReadAuthority {
  return {
    zone: reached.zone,
    name: nameOf(reached),
    can: CAN,
    read: async (names) => (await list(reached)).filter(({ name }) => names.includes(name)),
    list: () => list(reached),
    ask: cannot,
    state: cannot,
  };
}

export function openExec(reached: ExecReached): Authority {
  return { ...lookExec(reached), claim: cannot, close: cannot, apply: (changes) => apply(reached, changes) };
}

async function cannot(): Promise<never> {
  throw new Error('a program that speaks for a zone is neither asked as users do nor claimed');
}

async function list(reached: ExecReached): Promise<RecordSet[]> {
  const end = await run(reached, 'list');
  if (end.exitCode !== 0) throw fault(nameOf(reached), `does not list ${reached.zone}: it ${end.how}`);
  const parsed = listed.safeParse(jsonOf(end.stdout));
  if (!parsed.success) throw fault(nameOf(reached), `lists ${reached.zone} in no form that kuafu knows`);
  return parsed.data.records.flatMap(({ name, type, ttl, values }) =>
    isLeadingType(type) && values.length > 0 ? [recordSet(name.toLowerCase(), type, ttl, values)] : [],
  );
}

async function apply(reached: ExecReached, changes: readonly SetChange[]): Promise<void> {
  requirePlain(nameOf(reached), changes);
  const open = openChanges(nameOf(reached), changes, await list(reached));
  if (open.length === 0) return;
  const end = await run(reached, 'apply', JSON.stringify({ changes: open.map(documentOf) }));
  if (await isListed(reached, changes, end.exitCode === 0 ? SETTLE_MS : 0)) return;
  if (end.exitCode === STALE)
    throw new ChangeRefused(nameOf(reached), 'stale', `changes nothing: ${reached.zone} is not what it was`);
  throw fault(
    nameOf(reached),
    end.exitCode === 0
      ? `says that it took the change, and still lists otherwise after ${SETTLE_MS / 1000} s: it may come into force later`
      : `did not take the change: it ${end.how}`,
  );
}

/** Many providers show a change only some seconds after they took it. What is taken back before would come into force after that. */
async function isListed(
  reached: ExecReached,
  changes: readonly SetChange[],
  withinMs: number,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!areMade(changes, await list(reached))) {
    if (performance.now() >= deadline) return false;
    await sleep(AGAIN_MS, undefined, reached.signal ? { signal: reached.signal } : {});
  }
  return true;
}

function documentOf({ name, type, from, to }: SetChange): object {
  const content = (set: SetChange['from']) => set && { ttl: set.ttlSeconds, values: set.values };
  return { name, type, from: content(from), to: content(to) };
}

async function run(reached: ExecReached, verb: 'list' | 'apply', input?: string): Promise<ProgramEnd> {
  const { program, zone, file, timeoutMs, secrets, signal } = reached;
  try {
    requireBelievable(program, file);
    const options = { cwd: dirname(file), timeoutMs, secrets, signal };
    return await runProgram([...program, verb, zone], {
      ...options,
      ...(input === undefined ? {} : { input }),
    });
  } catch (error) {
    throw signal?.aborted ? error : fault(nameOf(reached), `cannot be asked: ${sentenceOf(error)}`);
  }
}

function nameOf({ program: [path = ''] }: ExecReached): string {
  return path;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
