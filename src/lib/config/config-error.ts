import { UsageError } from '../errors.js';

/** One fault of the configuration. Line and column count from 1; `path` is the path of the key, empty for the whole file. */
export interface ConfigIssue {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
}

/** All faults of the configuration, one line each below the first line. */
export class ConfigError extends UsageError {
  override readonly hasLines = true;
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[], hint?: string) {
    const count = issues.length === 1 ? 'a fault' : `${issues.length} faults`;
    super([`the configuration has ${count}`, ...issues.map(renderIssue)].join('\n'), hint);
    this.issues = issues;
  }
}

/** `file:line:column: key.path: sentence`, as compilers write it, so that editors can jump there. */
export function renderIssue({ file, line, column, path, message }: ConfigIssue): string {
  const place = `${file}:${line}:${column}`;
  return path === '' ? `${place}: ${message}` : `${place}: ${path}: ${message}`;
}

/** The keys from the top of the file to a value. */
export type KeyPath = readonly (string | number)[];

/** Whether an issue is about the value or about the key before it. */
export type IssueTarget = 'value' | 'key';

/** Records an issue; the source adds the file and the position. */
export type ReportIssue = (path: KeyPath, message: string, target?: IssueTarget) => void;

/** `apps.shop.files[0]`, `rooms.A.hosts["web-a-[01-04]"]`. */
export function renderPath(path: KeyPath): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      if (!/^[A-Za-z0-9_-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join('');
}
