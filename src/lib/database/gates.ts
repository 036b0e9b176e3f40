import type { DatabaseLook, ProxyAnswer } from '../layers/database/database-look.js';
import { writersOf } from '../layers/database/judge.js';
import type { Guard } from '../plan/risk.js';
import { evidenceWords } from '../record/findings.js';
import { stateOf } from './applied.js';
import { type Gate, STATUS, type SwitchLook } from './gate.js';
import { busyGate, fileGates, replicationGates, semiSyncGates, versionGates } from './server-gates.js';

/** @param from the primary; undefined: it is not known, so only what tells why is judged */
export function switchGates(
  seen: SwitchLook,
  { from, to }: { readonly from: string | undefined; readonly to: string },
  { isStopped = false } = {},
): Gate[] {
  const { look } = seen;
  const first = [writerGate(look, isStopped), sizeGate(look), ...silenceGates(seen)];
  const old = from === undefined ? undefined : stateOf(look, from);
  const next = stateOf(look, to);
  if (from === undefined || old === undefined || next === undefined) return first;
  const details = (host: string) => {
    const found = seen.details.get(host);
    return typeof found === 'object' ? found : undefined;
  };
  const [oldDetails, nextDetails] = [details(from), details(to)];
  return [
    ...first,
    ...replicationGates(seen, { from, to, next, details: nextDetails }),
    ...semiSyncGates(old, { from, details: oldDetails }),
    ...[from, to].flatMap((host) => fileGates(host, details(host))),
    ...(oldDetails === undefined ? [] : [busyGate(from, oldDetails.busy)]),
    ...versionGates(old, next, { from, to }),
    ...look.proxies.flatMap((proxy) => proxyGates(proxy, { from, to, isStopped })),
  ];
}

/** The gates that are not passed, as what refuses a plan. */
export function closedGates(gates: readonly Gate[]): Guard[] {
  return gates.filter(({ ok }) => !ok).map((gate) => ({ message: evidenceWords(gate), hint: gate.hint }));
}

/** @param isStopped the primary was told to take no writes by this operation */
function writerGate(look: DatabaseLook, isStopped: boolean): Gate {
  const names = writersOf(look).map(({ host }) => host);
  const wanted = isStopped ? 'one at most' : 'one';
  const ok = names.length === 1 || (isStopped && names.length === 0);
  return { what: 'servers that take writes', seen: names.join(', ') || 'none', wanted, ok, hint: STATUS };
}

function sizeGate({ members }: DatabaseLook): Gate {
  const ok = members.length === 2;
  const hint = 'kuafu moves a primary between two servers; with more, the others would have to follow it';
  return { what: 'servers', seen: String(members.length), wanted: '2', ok, hint };
}

/** What could not be asked is unknown, and nothing is moved on a guess. */
function silenceGates({ look, details }: SwitchLook): Gate[] {
  const answers = [...look.members, ...look.proxies];
  const silent = answers.flatMap(({ host, silence }) => (silence === undefined ? [] : [{ host, silence }]));
  const unread = [...details].flatMap(([host, found]) =>
    typeof found === 'string' && !silent.some((each) => each.host === host) ? [{ host, silence: found }] : [],
  );
  return [...silent, ...unread].map(({ host, silence }) => ({
    what: host,
    seen: `could not be asked: ${silence}`,
    wanted: 'an answer',
    ok: false,
    hint: STATUS,
  }));
}

function proxyGates(
  { host, targets, knows }: ProxyAnswer,
  { from, to, isStopped }: { readonly from: string; readonly to: string; readonly isStopped: boolean },
): Gate[] {
  if (targets === undefined) return [];
  const names = targets.map(({ name }) => name);
  return [
    ...(isStopped
      ? []
      : [
          {
            what: `proxy ${host} sends clients to`,
            seen: names.join(', ') || 'nobody',
            wanted: from,
            ok: names.length === 1 && targets[0]?.member === from,
            hint: `see the servers of its backend: kuafu db status`,
          },
        ]),
    {
      what: `proxy ${host} knows ${to}`,
      seen: knows.includes(to) ? 'yes' : 'no',
      wanted: 'yes',
      ok: knows.includes(to),
      hint: `put ${to} into the backend of ${host}, or out of maintenance there`,
    },
  ];
}
