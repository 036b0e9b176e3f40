import { fold } from '../../names/nodeset.js';
import { harmless } from './log-lines.js';

/** A line that several hosts have. */
export interface ShownGroup {
  readonly text: string;
  readonly hosts: ReadonlySet<string>;
  readonly count: number;
}

/** `line × web-b-[01-20] (57 times)` */
export function renderLogGroup({ text, hosts, count }: ShownGroup): string {
  const times = count > hosts.size ? ` (${count} times)` : '';
  return `${harmless({ text, cutBytes: 0 })} × ${fold(hosts)}${times}`;
}

/** A line of `kuafu logs grep --fold --json`; schemas/log-group.schema.json. */
export function logGroupDocument({ text, hosts, count }: ShownGroup): object {
  return { kind: 'kuafu.log-group', version: 1, line: text, hosts: [...hosts], count };
}
