import { gtidsBeyond, positionText } from '../layers/database/gtid.js';
import { findingsOf } from '../layers/database/judge.js';
import type { Evidence } from '../record/findings.js';
import { type LookHandler, StepFailure } from '../run/step-handler.js';
import type {
  DatabaseAppliedAction,
  DatabaseGatesAction,
  DatabaseJudgeAction,
  DatabaseProxiesAction,
} from './actions.js';
import { lookUntilApplied, stateOf } from './applied.js';
import { readAllDetails } from './facts.js';
import { closedGates, switchGates } from './gates.js';
import { lookAtGates } from './look-at-gates.js';
import { type Seen, until } from './until.js';
import { type DatabaseWays, readPair } from './ways.js';

/** After an earlier attempt the old primary may take no writes any more, as this operation has told it. */
export function gatesHandler(ways: DatabaseWays): LookHandler<DatabaseGatesAction> {
  return {
    async apply({ database, from, to }, context) {
      const hosts = database.members.map(([, host]) => host);
      const read = async () => {
        const [moved, details] = await Promise.all([
          lookUntilApplied((what) => ways.look(database, what, context), { from, to }),
          readAllDetails(hosts, (host) => ways.details(host, context), context.secrets),
        ]);
        return { ...moved, details };
      };
      const { gates } = await lookAtGates(read, (seen) => {
        const isStopped = context.isAgain && stateOf(seen.look, from)?.takesWrites === false;
        return switchGates(seen, { from, to }, { isStopped });
      });
      const evidence = gates.map(({ hint: _, ...each }) => each);
      const [first, ...others] = closedGates(gates);
      if (first === undefined) return { changed: false, message: '', evidence };
      const messages = [first, ...others].map(({ message }) => message);
      throw new StepFailure('failed', messages.join('; '), undefined, undefined, evidence);
    },
  };
}

export function appliedHandler(ways: DatabaseWays): LookHandler<DatabaseAppliedAction> {
  return {
    async apply({ database, from, to, withinMs }, context) {
      let position = '';
      const look = async (): Promise<Seen> => {
        const { old, next } = await readPair(ways, database, { old: from, next: to }, context);
        if (old.takesWrites) return { fault: `${from} takes writes again`, isFinal: true };
        position = positionText(old.position) || 'none';
        const lacks = gtidsBeyond(old.position, next.gtids);
        if (lacks.length === 0) return { fault: undefined };
        const isStopped = next.sources.every(({ applies }) => !applies);
        const error = next.sources.map((source) => source.error).join(' · ');
        const why = isStopped ? `, and does not apply${error === '' ? '' : `: ${error}`}` : '';
        return { fault: `${to} lacks ${lacks.join(', ')}${why}`, isFinal: isStopped };
      };
      await until(look, withinMs, context, to);
      return { changed: false, message: `the last transaction of ${from} is ${position}` };
    },
  };
}

export function proxiesHandler(ways: DatabaseWays): LookHandler<DatabaseProxiesAction> {
  return {
    async apply({ database, to, withinMs }, context) {
      const look = async (): Promise<Seen> => {
        const { proxies } = await ways.look(database, 'all', context);
        const evidence = proxies.map(({ host, targets, silence }): Evidence => {
          const names = targets?.map(({ name }) => name).join(', ') || 'nobody';
          const seen = silence === undefined ? names : `could not be asked: ${silence}`;
          return { what: `proxy ${host} sends clients to`, seen, wanted: to, ok: seen === to };
        });
        const wrong = evidence.filter(({ ok }) => !ok);
        const fault = wrong.map(({ what, seen }) => `${what} ${seen}`).join('; ') || undefined;
        return { fault, evidence };
      };
      const evidence = await until(look, withinMs, context);
      return { changed: false, message: `clients are sent to ${to}`, evidence };
    },
  };
}

export function judgeHandler(ways: DatabaseWays): LookHandler<DatabaseJudgeAction> {
  return {
    async apply({ database, withinMs }, context) {
      const look = async (): Promise<Seen> => {
        const seen = await ways.look(database, 'all', context);
        const silent = [...seen.members, ...seen.proxies].flatMap(({ host, silence }) =>
          silence === undefined ? [] : [`${host} could not be asked: ${silence}`],
        );
        return { fault: [...findingsOf(seen), ...silent].join('; ') || undefined };
      };
      await until(look, withinMs, context);
      return { changed: false, message: '' };
    },
  };
}
