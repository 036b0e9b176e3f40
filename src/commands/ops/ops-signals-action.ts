import type { Command } from 'commander';
import { RefusedError } from '../../lib/errors.js';
import { jsonText } from '../../lib/json-text.js';
import type { Ledger, NewSignal, OperationRecord } from '../../lib/ledger/ledger.js';
import { currentOwner } from '../../lib/ledger/owner.js';
import { canTurn } from '../../lib/record/can-turn.js';
import { History } from '../../lib/record/history.js';
import { openQuestion, questionKey } from '../../lib/record/questions.js';
import { out, say } from '../../lib/ui/frame/output.js';
import { suggested } from '../../lib/ui/frame/suggested.js';
import { signalDocument } from '../../lib/ui/ops/ops-json.js';
import { globalOptions } from '../global-options.js';
import { withLedger } from './ops-action.js';

/** `kuafu ops stop ID` */
export async function stopOperation(id: string, command: Command): Promise<void> {
  await leave(id, command, (record) => {
    if (isRun(record)) return { word: 'stop', about: '' };
    throw new RefusedError(
      `nobody runs operation ${record.id} (${record.title}): there is nothing to stop`,
      `kuafu ops show ${record.id}`,
    );
  });
}

/** `kuafu ops answer ID WORD` */
export async function answerOperation(id: string, word: string, command: Command): Promise<void> {
  await leave(id, command, (record) => answerTo(record, word));
}

/** @throws RefusedError if the operation asks nothing, or takes other words */
function answerTo({ id, title, plan, events }: OperationRecord, word: string): NewSignal {
  const question = openQuestion(events);
  if (question?.words.includes(word)) return { word, about: questionKey(question.at) };
  const turns = !events.some(({ type }) => type === 'turned') && canTurn(plan, new History(events));
  if (word === 'heal' && turns) return { word, about: '' };
  throw new RefusedError(
    question === undefined
      ? `operation ${id} (${title}) asks nothing now`
      : `operation ${id} (${title}) asks: ${question.question}; it takes ${question.words.join(', ')}`,
    `kuafu ops show ${id}`,
  );
}

async function leave(
  id: string,
  command: Command,
  signalOf: (record: OperationRecord) => NewSignal,
): Promise<void> {
  const { json, dryRun } = globalOptions(command);
  await withLedger(command, dryRun ? 'rehearse' : 'write', async (ledger: Ledger) => {
    const record = await ledger.show(id);
    const signal = signalOf(record);
    await ledger.signal(record.id, signal, currentOwner().operator, dryRun);
    if (json) out(jsonText(signalDocument(record, signal.word, dryRun)));
    say(told(record, signal.word, dryRun));
  });
}

function told(record: OperationRecord, word: string, dryRun: boolean): string {
  const what = word === 'stop' ? 'stop request' : `answer ${word}`;
  if (dryRun) return `${what} would be sent to operation ${record.id}; nothing was changed`;
  return isRun(record)
    ? `${what} sent to operation ${record.id}; it takes effect within 2 s`
    : `${what} recorded for operation ${record.id}, which nobody runs now; it takes effect with: ${suggested(`kuafu ops resume ${record.id}`)}`;
}

function isRun({ state, crashed }: OperationRecord): boolean {
  return state === 'running' && !crashed;
}
