import type { RunEvent } from './events.js';

/** An event as it was stored. The first release had lanes of hosts alone, and called a lane by its host. */
export function readEvent(stored: string): RunEvent {
  const event = JSON.parse(stored) as RunEvent & { readonly host?: string };
  if (!('step' in event) || 'lane' in event) return event;
  const { host, ...rest } = event as { readonly host?: string };
  return { ...rest, lane: host } as unknown as RunEvent;
}
