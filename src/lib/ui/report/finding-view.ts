import { fold } from '../../names/fold.js';
import { compareNaturally } from '../../names/natural-order.js';
import type { Finding } from '../../report/resources.js';
import { sanitizeLine } from '../frame/sanitize.js';

/** A line for equal findings: `web-b-[01-02]: disk /var at 91% to 97%, above 85%`. */
export function findingLines(findings: readonly Finding[]): string[] {
  const bySubject = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.kind} ${finding.subject}`;
    bySubject.set(key, [...(bySubject.get(key) ?? []), finding]);
  }
  return [...bySubject.values()].map((equal) => {
    const hosts = fold(equal.map(({ host }) => host).sort(compareNaturally));
    return sanitizeLine(`${hosts}: ${textOf(equal)}`);
  });
}

function textOf(equal: readonly Finding[]): string {
  const [first] = equal;
  if (first === undefined) return '';
  const values = equal.flatMap(({ value }) => value ?? []);
  if (first.limit === null || values.length === 0) return first.subject;
  const [least, most] = [amountOf(first, Math.min(...values)), amountOf(first, Math.max(...values))];
  const span = least === most ? least : `${least} to ${most}`;
  return `${first.subject} at ${span}, above ${amountOf(first, first.limit)}`;
}

function amountOf({ kind }: Finding, value: number): string {
  if (kind === 'load') return String(Number(value.toFixed(2)));
  if (kind === 'clock') return `${value.toFixed(1)}s`;
  return `${(value * 100).toFixed(0)}%`;
}
