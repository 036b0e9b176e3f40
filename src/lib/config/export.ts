import { type Document, isMap, isScalar, parseDocument, Scalar, type YAMLMap } from 'yaml';
import { jsonText } from '../json-text.js';
import type { Assignment } from '../names/host.js';
import { compareNaturally } from '../names/natural-order.js';
import { expandNodeSet, fold } from '../names/nodeset.js';
import { pairUp } from './schema-rooms.js';

/**
 * The text of a configuration after moving the assigned spare hosts: out of `spare`, into `hosts` of their room and into the
 * group they work for. Comments stay. A host that the file does not have as spare (it came from an inventory program) only goes
 * into its group. A second export changes nothing.
 *
 * @param text a configuration without faults
 */
export function exportConfig(text: string, assigned: readonly Assignment[]): string {
  if (assigned.length === 0) return text;
  const document = parseDocument(text);
  for (const room of new Set(assigned.map((row) => row.room))) {
    const names = new Set(assigned.filter((row) => row.room === room).map((row) => row.host));
    moveSpares(document, room, names);
  }
  for (const row of assigned) joinGroup(document, row);
  if (text.trimStart().startsWith('{')) return `${jsonText(document.toJS(), 2)}\n`;
  return document.toString({
    lineWidth: 0,
    flowCollectionPadding: /^[^#\r\n\u2028\u2029]*[{[] \S/m.test(text),
  });
}

function moveSpares(document: Document, room: string, names: ReadonlySet<string>): void {
  const spare = document.getIn(['rooms', room, 'spare']);
  if (!isMap(spare)) return;
  const moved: [string, string][] = [];
  for (const pair of [...spare.items]) {
    const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
    const entries = pairUp(key, String(spare.get(key)));
    const taken = entries.filter(({ name }) => names.has(name));
    if (taken.length === 0) continue;
    moved.push(...taken.map(({ name, address }): [string, string] => [name, address]));
    const left = entries.filter(({ name }) => !names.has(name));
    const rewritten = pairsOf(left.map(({ name, address }) => [name, address]));
    const place = spare.items.indexOf(pair);
    spare.items.splice(
      place,
      1,
      ...rewritten.map(([name, address]) => quotedPair(document, name, address, pair)),
    );
  }
  if (moved.length === 0) return;
  const hosts = mapAt(document, ['rooms', room, 'hosts']);
  for (const [name, address] of pairsOf(moved)) hosts.items.push(quotedPair(document, name, address));
}

/**
 * As few entries as possible: one entry, if the folded names and the folded addresses keep their order; else one for each host.
 */
function pairsOf(hosts: readonly (readonly [name: string, address: string])[]): [string, string][] {
  if (hosts.length === 0) return [];
  const sorted = [...hosts].sort(([a], [b]) => compareNaturally(a, b));
  const names = fold(sorted.map(([name]) => name));
  const addresses = fold(sorted.map(([, address]) => address));
  const again = pairUp(names, addresses);
  const isSame = sorted.every(
    ([name, address], index) => again[index]?.name === name && again[index].address === address,
  );
  return isSame ? [[names, addresses]] : sorted.map(([name, address]) => [name, address]);
}

/** A pair in the quotes that patterns need; the comments of the pair that it replaces are kept. */
function quotedPair(
  document: Document,
  key: string,
  value: string,
  before?: { key: unknown; value: unknown },
) {
  const pair = document.createPair(quoted(key), quoted(value));
  if (isScalar(before?.key)) copyComments(before.key, pair.key as Scalar);
  if (isScalar(before?.value)) copyComments(before.value, pair.value as Scalar);
  return pair;
}

function copyComments(from: Scalar, to: Scalar): void {
  to.commentBefore = from.commentBefore ?? null;
  to.comment = from.comment ?? null;
  to.spaceBefore = from.spaceBefore ?? false;
}

function quoted(text: string): Scalar<string> {
  const scalar = new Scalar(text);
  if (/[[\],]/.test(text)) scalar.type = Scalar.QUOTE_SINGLE;
  return scalar;
}

function joinGroup(document: Document, { app, group, room, host }: Assignment): void {
  const path = ['apps', app, 'groups', group];
  if (document.getIn(['apps', app]) === undefined) return;
  const given = document.getIn([...path, room], true);
  const members = isScalar(given) ? String(given.value).trim() : '';
  const names = members === '' ? [] : expandNodeSet(members);
  if (names.includes(host)) return;
  const folded = fold([...names, host]);
  if (isScalar(given)) given.value = folded;
  else mapAt(document, path).set(quoted(room), quoted(folded));
}

/** The map at a path; it is made when it is missing or has no value. */
function mapAt(document: Document, path: readonly string[]): YAMLMap {
  const found = document.getIn(path);
  if (isMap(found)) return found;
  const made = document.createNode({});
  document.setIn(path, made);
  return made;
}
