import type { Command } from 'commander';
import { currentOwner } from '../lib/ledger/owner.js';
import { say } from '../lib/ui/output.js';
import { openConnectionsFor, openContext } from './context.js';
import { runOperation } from './operation.js';

/** `kuafu ops resume ID`: the plan and its events are in the ledger, so nothing else needs to be known. */
export async function resume(id: string, command: Command): Promise<void> {
  const context = await openContext(command);
  try {
    const owner = currentOwner();
    const record = await context.ledger.takeOver(id, owner);
    say(`operation ${record.id}: going on with ${record.plan.title}`);
    const connections = await openConnectionsFor(context);
    try {
      await runOperation(context, connections, {
        id: record.id,
        plan: record.plan,
        owner,
        past: record.events,
      });
    } finally {
      await connections.close();
    }
  } finally {
    await context.ledger.close();
  }
}
