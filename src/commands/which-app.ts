import type { Command } from 'commander';
import type { AppConfig } from '../lib/config/config-types.js';
import { UsageError } from '../lib/errors.js';
import { type Selection, selectHosts } from '../lib/inventory/selection.js';
import { fold } from '../lib/names/fold.js';
import type { Host } from '../lib/names/host.js';
import { placesAmong } from '../lib/restart/restart-request.js';
import { askChoice, canAsk } from './confirm.js';
import type { Context } from './context.js';
import { retyped } from './typed-line.js';

type Known = Pick<Context, 'config' | 'inventory'>;

/** The applications that a command may apply to. */
export interface Candidates {
  readonly what: string;
  readonly fits: (app: AppConfig) => boolean;
}

const ANY: Candidates = { what: 'application', fits: () => true };

/**
 * The application of a command: the one that is named, otherwise the one to which the named hosts belong. If the hosts
 * belong to several, asks the person at the terminal.
 *
 * @throws {UsageError} when there is no person to choose; the hint has the lines to type
 */
export async function whichApp(
  words: Selection,
  known: Known,
  command: Command,
  candidates: Candidates = ANY,
): Promise<string> {
  if (words.app !== undefined) return words.app;
  const { nodeSets, group, idc, room } = words;
  if ([nodeSets, group, idc, room].every((word) => word === undefined))
    throw new UsageError(
      'which application, or which hosts?',
      linesToType(command, among(candidates, known)),
    );
  const hosts = selectHosts(words, known.inventory, '');
  const apps = appsOf(hosts, words, candidates, known, command);
  return await oneOf(apps, command, `for ${fold(hosts.map(nameOf))} there are`);
}

/** The same for a command without hosts: the only application there is. */
export async function theOnlyApp(
  { app }: Pick<Selection, 'app'>,
  known: Pick<Known, 'config'>,
  command: Command,
  candidates: Candidates,
): Promise<string> {
  if (app !== undefined) return app;
  const apps = among(candidates, known);
  if (apps.length > 0) return await oneOf(apps, command, 'there are');
  throw new UsageError(`there is no ${candidates.what}`, 'kuafu config docs apps');
}

const nameOf = ({ name }: { readonly name: string }) => name;

async function oneOf(apps: readonly AppConfig[], command: Command, those: string): Promise<string> {
  const names = apps.map(nameOf);
  const [first = ''] = names;
  if (names.length === 1) return first;
  if (canAsk()) return await askChoice('Application', names);
  throw new UsageError(`which application? ${those} ${names.join(', ')}`, linesToType(command, apps));
}

function among({ fits }: Candidates, { config }: Pick<Known, 'config'>): AppConfig[] {
  return [...config.apps.values()].filter(fits);
}

/** @throws {UsageError} if hosts of a node set are in no group of these applications, or if no chosen host is in one */
function appsOf(
  hosts: readonly Host[],
  { group, nodeSets }: Selection,
  candidates: Candidates,
  known: Known,
  command: Command,
): AppConfig[] {
  const found = among(candidates, known)
    .map((app) => ({ app, members: placesAmong(hosts, app, group, known).flatMap(({ chosen }) => chosen) }))
    .filter(({ members }) => members.length > 0);
  const apps = found.map(({ app }) => app);
  const strangers = hosts.filter((host) => !found.some(({ members }) => members.includes(host)));
  if (strangers.length === 0 || (nodeSets === undefined && apps.length > 0)) return apps;
  const are = `${fold(strangers.map(nameOf))} ${strangers.length === 1 ? 'is' : 'are'}`;
  const isSpare = strangers.every(({ role }) => role === 'spare');
  throw new UsageError(
    isSpare ? `${are} spare: nothing is installed there` : `${are} in no group of an ${candidates.what}`,
    apps.length > 0
      ? linesToType(command, apps)
      : isSpare
        ? scaleHint(strangers)
        : 'groups and their hosts: kuafu rooms',
  );
}

/** What installs an application on a spare host. */
function scaleHint(spares: readonly Host[]): string {
  const rooms = new Set(spares.map(({ room }) => room));
  return `an expansion installs an application there: kuafu scale${rooms.size === 1 ? ` --idc ${[...rooms].join('')}` : ''}`;
}

/** The typed command line, with the application added. */
function linesToType(command: Command, apps: readonly AppConfig[]): string {
  const lines = apps.map(({ name }) => retyped(command, { app: name }));
  return ['type:', ...lines].join('\n  ');
}
