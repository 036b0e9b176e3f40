import type { KeptOut } from '../ledger/ledger.js';
import { fold } from '../names/fold.js';
import { quoteWord } from '../shell/quote.js';

/**
 * `web-b-[01-02] drained by wang since 2026-11-29 21:40 UTC (operation 261129-k3f9)`, one for each operation. `then` is
 * added, and gets the hosts as a word of a command line.
 */
export function keptOutWords(rows: readonly KeptOut[], then: (hosts: string) => string = () => ''): string[] {
  const byOperation = new Map<string, KeptOut[]>();
  for (const row of rows) byOperation.set(row.operation, [...(byOperation.get(row.operation) ?? []), row]);
  return [...byOperation.values()].flatMap((alike) => {
    const [first] = alike;
    const hosts = fold(alike.map(({ host }) => host));
    return first ? [`${hosts} ${drainedWords(first)}${then(quoteWord(hosts))}`] : [];
  });
}

/** The same without the host. The time is the same on every machine, because it is part of plans. */
export function drainedWords({ operator, since, operation }: Omit<KeptOut, 'host' | 'app'>): string {
  return `drained by ${operator} since ${since.slice(0, 16).replace('T', ' ')} UTC (operation ${operation})`;
}

/** `web-b-01 (shop): drained by …`, for the lists of hosts. */
export function keptOutLine({ host, app, ...row }: KeptOut): string {
  return `${host} (${app}): ${drainedWords(row)}`;
}
