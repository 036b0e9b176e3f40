import type { Command } from 'commander';
import type { Action } from '../../lib/actions.js';
import type { RoomMarks } from '../../lib/env/env-file.js';
import { UsageError } from '../../lib/errors.js';
import { parseBounds } from '../../lib/plan/bounds.js';
import type { Plan } from '../../lib/plan/plan.js';
import { listInitTemplates, loadInitTemplate } from '../../lib/scale/init-template.js';
import { planScale } from '../../lib/scale/scale-plan.js';
import {
  checkScaleWords,
  parseCount,
  parseScaleRequest,
  type ScaleRequest,
  type ScaleWords,
} from '../../lib/scale/scale-request.js';
import { checkSpares } from '../../lib/scale/spare-check.js';
import { readTemplate } from '../../lib/scale/template-facts.js';
import type { ReadConnections } from '../../lib/ssh/transport.js';
import { readJoinFacts, unaskableHealth } from '../../lib/traffic/join-facts.js';
import { say, sayWhole } from '../../lib/ui/frame/output.js';
import { canAsk } from '../confirm.js';
import { openPlanConnections } from '../connections.js';
import { type Context, openContext } from '../context.js';
import { loadEngine } from '../operation.js';
import { whilePlanning } from '../planning.js';
import { propose } from '../propose.js';
import { sayReading } from './say-reading.js';
import { scaleCommandLine, type UnaskedFlags } from './scale-command-line.js';
import { templateSession, unfinishedBefore } from './scale-facts.js';
import { askScaleWords, requireFree } from './scale-questions.js';

export interface ScaleFlags extends Partial<Omit<ScaleWords, 'batch' | 'budgets'>>, UnaskedFlags {
  readonly room?: string;
  readonly undo?: string;
  readonly toZero?: boolean;
  readonly to?: string;
  readonly keep?: string;
}

/** `kuafu scale`: request → plan → confirm → run. */
export async function scale(
  given: ScaleFlags,
  command: Command,
  recheck?: (context: Context) => Promise<void>,
): Promise<void> {
  if (given.keep !== undefined) throw new UsageError('--keep goes with --to alone', 'kuafu scale --help');
  if (given.toZero === true) throw new UsageError('--to-zero goes with --undo alone', 'kuafu scale --help');
  const context = await openContext(command);
  try {
    const words = await completeWords(given, context);
    const request = parseScaleRequest(words, context.config, context.inventory);
    const connections = await openPlanConnections(context);
    try {
      const plan = await whilePlanning('kuafu scale', () => makePlan(request, context, connections));
      const proposal = {
        plan,
        checksum: given.checksum,
        deletes: request.replace,
        look: () =>
          whilePlanning('kuafu scale', () => checkSpares(plan, connections, context.config.secrets)),
        refusedHint: 'see what is free: kuafu resource list',
        ...(recheck === undefined ? {} : { recheck: () => recheck(context) }),
      };
      await propose(proposal, context, connections);
    } finally {
      await connections.close();
    }
  } finally {
    await context.ledger.close();
  }
}

async function completeWords(given: ScaleFlags, context: Context): Promise<ScaleWords> {
  if (given.room !== undefined && given.idc !== undefined && given.room !== given.idc)
    throw new UsageError(`--idc ${given.idc} and --room ${given.room} name two rooms`, 'give one of them');
  const idc = given.idc ?? given.room;
  const { app, group, count, templateIp, init = 'base', start = false } = given;
  const bounds = {
    batch: given.batch,
    budgets: {
      failed: given.maxFailed,
      unreachable: given.maxUnreachable,
      unhealthy: given.maxUnhealthy,
    },
  };
  // A wrong bound is refused here, before the seven questions.
  parseBounds(bounds, 1);
  if (
    app !== undefined &&
    group !== undefined &&
    idc !== undefined &&
    count !== undefined &&
    templateIp !== undefined
  )
    return { ...given, app, group, idc, count, templateIp, init, start, ...bounds };
  if (canAsk()) {
    const known = { ...given, ...(idc === undefined ? {} : { idc }) };
    // Wrong flags, too, are refused before the questions.
    await requireRight(known, context);
    const words = await askScaleWords(known, context, await listInitTemplates(context.config.file));
    sayWhole(`\nThe same without questions:\n${scaleCommandLine(words, given, context.options)}\n`);
    return { ...words, ...bounds };
  }
  const flags = {
    '--app': app,
    '--group': group,
    '--idc': idc,
    '--count': count,
    '--template-ip': templateIp,
  };
  const missing = Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [flag] : []));
  throw new UsageError(
    `missing: ${missing.join(', ')}`,
    'kuafu scale --help; on a terminal, kuafu scale asks for what is missing',
  );
}

/** @throws {UsageError} and {RefusedError} for flags that are wrong whatever the answers to the other questions are */
async function requireRight(given: Partial<ScaleWords>, context: Context): Promise<void> {
  const { config, inventory } = context;
  checkScaleWords(given, config, inventory);
  if (given.init !== undefined) await loadInitTemplate(given.init, config.file);
  if (given.idc !== undefined) await requireFree(given.idc, parseCount(given.count ?? '1'), context);
}

/** Reads template, ledger and init template; changes nothing. */
async function makePlan(
  request: ScaleRequest,
  context: Context,
  connections: ReadConnections,
): Promise<Plan<Action>> {
  const { config, inventory, ledger } = context;
  const init = await loadInitTemplate(request.init, config.file);
  const rows = await ledger.takenSpares();
  const taken = new Set(rows.map((row) => row.host));
  const free = inventory.spares(request.room).filter((host) => !taken.has(host.name));
  const { app, room, start } = request;
  const traffic = start ? readJoinFacts(app, room, free, inventory, connections) : undefined;
  // A fault of the template is reported first, even if the balancers answer first.
  traffic?.catch(() => undefined);
  const session = await templateSession(request, connections);
  const reading = readTemplate(session, app, sayReading(app.name, request.template.name, say));
  if (!context.options.dryRun) await Promise.all([reading, loadEngine()]);
  const template = await reading;
  return planScale(request, {
    template,
    init,
    free,
    network: config.rooms.get(room)?.network ?? '',
    traffic: await traffic,
    unaskable: start ? await unaskableHealth(app, request.template, connections) : [],
    unfinished: await unfinishedBefore(request, ledger, rows),
    templateRoom: marksOf(request.template.room, context),
    textOf: (value) => config.secrets.resolve(value),
  });
}

function marksOf(room: string, { config, inventory }: Context): RoomMarks {
  const hosts = [...inventory.hosts.values()].filter((host) => host.room === room);
  const configured = config.rooms.get(room);
  const outOfBand = configured?.gateway?.outOfBand;
  return {
    room,
    names: hosts.map((host) => host.name),
    addresses: [...hosts.map((host) => host.ssh.address), ...(outOfBand === undefined ? [] : [outOfBand])],
    network: configured?.network ?? '',
  };
}
