import type { Config } from '../../lib/config/config-types.js';
import { RefusedError, sentenceOf, UsageError } from '../../lib/errors.js';
import { parseApp, parseGroup } from '../../lib/inventory/known-names.js';
import type { Host } from '../../lib/names/host.js';
import { parseCount, parseTemplate, type ScaleWords } from '../../lib/scale/scale-request.js';
import { askChoice, askConfirm, askText, type Choice } from '../confirm.js';
import type { Context } from '../context.js';

/**
 * The seven questions: application, group, room, count, template host, init template, start. A given flag skips its
 * question.
 */
export async function askScaleWords(
  given: Partial<ScaleWords>,
  { config, inventory, ledger }: Context,
  initTemplates: readonly string[],
): Promise<ScaleWords> {
  const { app, group, idc } = await askPlace(given, { config, inventory, ledger });
  const free = await freeIn({ inventory, ledger });
  const upToFree = (text: string) => {
    if (parseCount(text) > free(idc)) throw new UsageError(`only ${free(idc)} are free in room ${idc}`);
  };
  const count = given.count ?? (await askText('How many hosts', { validate: accepts(upToFree) }));
  const template = likelyTemplate({ app, group, room: idc }, { config, inventory });
  const templateIp =
    given.templateIp ??
    (await askText('Address of the template host', {
      validate: accepts((address) => parseTemplate(address, inventory)),
      ...(template === undefined ? {} : { default: template.ssh.address }),
    }));
  const init = given.init ?? (await askChoice('Init template', initTemplates, 'base'));
  const start = given.start ?? (await askConfirm('Start the service and join traffic?'));
  return { ...given, app, group, idc, count, templateIp, init, start };
}

/**
 * The first three: application, group and room. With `any`, also a room without a free spare, for a group that is to shrink.
 */
export async function askPlace(
  given: Partial<ScaleWords>,
  { config, inventory, ledger }: Pick<Context, 'config' | 'inventory' | 'ledger'>,
  any = false,
): Promise<Pick<ScaleWords, 'app' | 'group' | 'idc'>> {
  requireSomethingToScale(config);
  const app = given.app ?? (await askChoice('Application', [...config.apps.keys()]));
  const groups = parseApp(app, config).groups;
  const group = given.group ?? (await askChoice('Group', [...groups.keys()]));
  parseGroup(group, parseApp(app, config));
  const rooms = roomChoices(config, await freeIn({ inventory, ledger }), any);
  const likely = rooms.find(({ disabled }) => disabled === undefined)?.value;
  const idc = given.idc ?? (await askChoice(any ? 'Room' : 'Room that gets the new hosts', rooms, likely));
  return { app, group, idc };
}

/** @throws {UsageError} if there is nothing to choose from */
function requireSomethingToScale({ apps, file }: Config): void {
  if (apps.size > 0) return;
  throw new UsageError(
    `${file} has no application, so there is nothing to scale`,
    'add one under apps; this shows how: kuafu config docs apps',
  );
}

/**
 * Rooms without a free spare are shown, but cannot be chosen.
 * @throws {RefusedError} if no room has a free spare
 */
function roomChoices(
  { rooms }: Pick<Config, 'rooms'>,
  free: (room: string) => number,
  any: boolean,
): Choice[] {
  const choices = [...rooms.values()].map(({ name, title }) => ({
    value: name,
    name: `${name}  ${title}, ${free(name)} spare ${free(name) === 1 ? 'host' : 'hosts'} free`,
    disabled: free(name) === 0 && !any ? '(nothing to expand by)' : undefined,
  }));
  if (choices.some(({ disabled }) => disabled === undefined)) return choices;
  throw new RefusedError('no spare host is free in any room', 'see who has them: kuafu resource list');
}

/** @throws {RefusedError} if a room has fewer free spares than that */
export async function requireFree(
  room: string,
  count: number,
  known: Pick<Context, 'inventory' | 'ledger'>,
): Promise<void> {
  const free = (await freeIn(known))(room);
  if (free >= count) return;
  const asked = count === 1 ? 'a host is' : `${count} hosts are`;
  throw new RefusedError(
    `refused, nothing was changed: ${asked} asked for, but ${free === 0 ? 'none is' : `only ${free} ${free === 1 ? 'is' : 'are'}`} free in room ${room}`,
    'see what is free: kuafu resource list',
  );
}

/** How many spares of a room are free. */
async function freeIn({
  inventory,
  ledger,
}: Pick<Context, 'inventory' | 'ledger'>): Promise<(room: string) => number> {
  const taken = new Set((await ledger.takenSpares()).map((row) => row.host));
  return (room) => inventory.spares(room).filter((host) => !taken.has(host.name)).length;
}

/** A host that runs the application: if possible in the target room, so that the copy stays within the room. */
export function likelyTemplate(
  { app, group, room }: { readonly app: string; readonly group: string; readonly room: string },
  { config, inventory }: Pick<Context, 'config' | 'inventory'>,
): Host | undefined {
  const others = [...config.rooms.keys()].filter((other) => other !== room);
  return [room, ...others].flatMap((candidate) => inventory.members(app, group, candidate))[0];
}

function accepts(parse: (text: string) => unknown): (text: string) => true | string {
  return (text) => {
    try {
      parse(text);
      return true;
    } catch (error) {
      if (error instanceof UsageError) return sentenceOf(error);
      throw error;
    }
  };
}
