import type { ConfigIssue } from './config-error.js';
import type { Config } from './config-types.js';

/** The totals of a configuration. `hosts` are the hosts in use, without gateways. */
export interface ConfigTotals {
  readonly rooms: number;
  readonly hosts: number;
  readonly spares: number;
  readonly apps: number;
}

export function configTotals({ rooms, apps }: Config): ConfigTotals {
  const all = [...rooms.values()];
  return {
    rooms: rooms.size,
    hosts: all.reduce((sum, { hosts }) => sum + hosts.size, 0),
    spares: all.reduce((sum, { spare }) => sum + spare.size, 0),
    apps: apps.size,
  };
}

/** `kuafu config check --json`; schemas/config-check.schema.json. */
export function soundDocument(config: Config): object {
  return document(config.file, configTotals(config), []);
}

/** The same for a configuration with faults. */
export function faultyDocument(issues: readonly ConfigIssue[]): object {
  return document(issues[0]?.file ?? '', null, issues);
}

function document(file: string, totals: ConfigTotals | null, issues: readonly ConfigIssue[]): object {
  return { kind: 'kuafu.config-check', version: 1, ok: totals !== null, file, totals, issues };
}
