import type { Command } from 'commander';
import { listInitTemplates, loadInitTemplate } from '../lib/app/init-template.js';
import { planScale } from '../lib/app/scale-plan.js';
import { parseScaleRequest, type ScaleRequest, type ScaleWords } from '../lib/app/scale-request.js';
import { checkSpares } from '../lib/app/spare-check.js';
import { readTemplate } from '../lib/app/template-facts.js';
import { RefusedError, UsageError } from '../lib/errors.js';
import { currentOwner } from '../lib/ledger/owner.js';
import { planChecksum } from '../lib/plan/checksum.js';
import type { Plan } from '../lib/plan/plan.js';
import type { Connections } from '../lib/ssh/transport.js';
import { painter } from '../lib/ui/colour.js';
import { out, say } from '../lib/ui/output.js';
import { renderPlan } from '../lib/ui/plan-view.js';
import { planDocument } from '../lib/ui/result-json.js';
import { askConfirm, canAsk } from './confirm.js';
import { type Context, openConnectionsFor, openContext } from './context.js';
import { runOperation } from './operation.js';
import { askScaleWords } from './scale-questions.js';

type Given = Partial<ScaleWords> & { readonly room?: string; readonly checksum?: string };

/** `kuafu scale`: request → plan → confirm → run. */
export async function scale(given: Given, command: Command): Promise<void> {
  const context = await openContext(command);
  try {
    const words = await completeWords(given, context);
    const request = parseScaleRequest(words, context.config, context.inventory);
    const connections = await openConnectionsFor(context);
    try {
      const plan = await makePlan(request, context, connections);
      await showPlan(plan, context, connections);
      requireNoRefusal(plan);
      requireChecksum(plan, given.checksum);
      if (!context.options.dryRun && (await confirmed(plan, given, context)))
        await execute(plan, context, connections);
    } finally {
      await connections.close();
    }
  } finally {
    await context.ledger.close();
  }
}

async function completeWords(given: Given, context: Context): Promise<ScaleWords> {
  if (given.room !== undefined && given.idc !== undefined && given.room !== given.idc)
    throw new UsageError(`--idc ${given.idc} and --room ${given.room} name two rooms`, 'give one of them');
  const idc = given.idc ?? given.room;
  const { app, group, count, templateIp, init = 'base', start = false } = given;
  if (
    app !== undefined &&
    group !== undefined &&
    idc !== undefined &&
    count !== undefined &&
    templateIp !== undefined
  )
    return { ...given, app, group, idc, count, templateIp, init, start };
  if (canAsk())
    return await askScaleWords(
      { ...given, ...(idc === undefined ? {} : { idc }) },
      context,
      await listInitTemplates(context.config.file),
    );
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

/** Reads template, ledger and init template; changes nothing. */
async function makePlan(request: ScaleRequest, context: Context, connections: Connections): Promise<Plan> {
  const { config, inventory, ledger } = context;
  const init = await loadInitTemplate(request.init, config.file);
  const session = await connections.session(request.template);
  const template = await readTemplate(session, request.app);
  const taken = new Set((await ledger.resources()).map((row) => row.host));
  const balancer = request.app.traffic?.haproxy.get(request.room);
  return planScale(request, {
    template,
    init,
    free: inventory.spares(request.room).filter((host) => !taken.has(host.name)),
    network: config.rooms.get(request.room)?.network ?? '',
    balancer: balancer === undefined ? undefined : inventory.host(balancer),
    templateRoom: [...inventory.hosts.values()].filter((host) => host.room === request.template.room),
  });
}

/** To somebody who is about to say yes, and with --dry-run; what is refused anyway is said in one line instead. */
async function showPlan(plan: Plan, { options }: Context, connections: Connections): Promise<void> {
  if (options.dryRun) return await showDryRun(plan, options.json, connections);
  const refused = plan.risks.some((risk) => risk.level === 'refuse');
  if (!options.yes && !options.json && !refused) say(renderPlan(plan, { paint: painter('stderr') }));
}

async function showDryRun(plan: Plan, json: boolean, connections: Connections): Promise<void> {
  const unfit = await checkSpares(plan, connections);
  const checksum = planChecksum(plan);
  if (json) return out(JSON.stringify(planDocument(plan, checksum, unfit)));
  out(renderPlan(plan, { paint: painter('stdout') }));
  for (const { host, reason } of unfit) out(`would be set aside: ${host}: ${reason}`);
  out(`\nchecksum ${checksum}\nnothing was changed`);
}

function requireNoRefusal(plan: Plan): void {
  const refused = plan.risks.filter((risk) => risk.level === 'refuse').map((risk) => risk.message);
  if (refused.length === 0) return;
  throw new RefusedError(
    `refused, nothing was changed: ${refused.join('; ')}`,
    'see what is free: kuafu resource list',
  );
}

/** A checksum that is given is always compared; nothing turns the comparison off. */
function requireChecksum(plan: Plan, wanted: string | undefined): void {
  const checksum = planChecksum(plan);
  if (wanted === undefined || wanted === checksum) return;
  throw new RefusedError(
    `the plan is not the one of checksum ${wanted}: hosts, files or configuration changed since then`,
    'look at the new plan with --dry-run',
  );
}

async function confirmed(plan: Plan, given: Given, { options }: Context): Promise<boolean> {
  if (options.yes || given.checksum !== undefined) return true;
  if (!canAsk())
    throw new RefusedError(
      'no confirmation: nobody is there to ask',
      'add --yes, or --checksum with the sum that --dry-run printed',
    );
  const go = await askConfirm(`${plan.title}?`);
  if (!go) throw new RefusedError('not confirmed, nothing was changed');
  return go;
}

async function execute(plan: Plan, context: Context, connections: Connections): Promise<void> {
  const owner = currentOwner();
  const id = await context.ledger.open(plan, planChecksum(plan), owner);
  say(`operation ${id}: ${plan.title}`);
  await runOperation(context, connections, { id, plan, owner, past: [] });
}
