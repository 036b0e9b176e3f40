import { namesOfUnits } from '../host/unit-look.js';
import { deadlineOf, longOnes, togetherMs, type UnitTimes } from '../host/unit-times.js';
import { fold } from '../names/fold.js';
import type { Host } from '../names/host.js';
import type { HostLook, RestartFacts } from './restart-facts.js';

/** Whether units were stopped with the unit on a host, or will be. */
export function hasSidecars(look: HostLook | undefined): boolean {
  return sidecarsOf(look).length > 0;
}

/** How long the unit of a host, and the units stopped with it, may take to stop and to start by their own settings. */
export function stopAndStartMs(look: HostLook | undefined): number {
  const around = look?.reached ? look.around : undefined;
  if (around === undefined) return 0;
  const units = [around.self, ...around.up];
  return togetherMs(units, 'stopMs') + togetherMs(units, 'startMs');
}

/** Which units are stopped with the unit, and which take long; a sentence each for hosts that are alike. */
export function sidecarNotes(hosts: readonly Host[], unit: string, { looks }: RestartFacts): string[] {
  const found = new Map<string, string[]>();
  for (const { name } of hosts)
    for (const note of notesOf(looks.get(name), unit)) found.set(note, [...(found.get(note) ?? []), name]);
  return [...found].map(([note, names]) => `${note}: ${fold(names)}`);
}

function notesOf(look: HostLook | undefined, unit: string): string[] {
  const around = look?.reached ? look.around : undefined;
  if (around === undefined) return [];
  const notes: string[] = [];
  const { self, up } = around;
  const sidecars = sidecarsOf(look);
  if (sidecars.length > 0)
    notes.push(
      `${namesOfUnits(sidecars)} ${sidecars.length === 1 ? 'goes' : 'go'} down with ${unit}, and ${sidecars.length === 1 ? 'is' : 'are'} started again after it`,
    );
  for (const [verb, key] of [
    ['stop', 'stopMs'],
    ['start', 'startMs'],
  ] as const) {
    const long = longOnes([self, ...up], key);
    const most = Math.ceil(deadlineOf([self, ...up], key) / 60_000);
    if (long.length > 0) notes.push(`${namesOfUnits(long)} may take up to ${most} min to ${verb}`);
  }
  return notes;
}

function sidecarsOf(look: HostLook | undefined): readonly UnitTimes[] {
  const around = look?.reached ? look.around : undefined;
  if (around === undefined) return [];
  const isUp = ({ name }: UnitTimes) => around.up.some((other) => other.name === name);
  return [...around.up, ...around.remembered.filter((each) => !isUp(each))];
}
