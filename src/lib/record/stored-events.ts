import type { RunEvent } from './events.js';

/** Places in traffic out of which somebody else had taken a host, as JSON: they are not ours to take back. */
export const OUT_BEFORE = 'traffic.out-before';

/** An event as it was stored. The first release had lanes of hosts alone, and called a lane by its host. */
export function readEvent(stored: string): RunEvent {
  const event = withFacts(JSON.parse(stored) as RunEvent & { readonly host?: string });
  if (!('step' in event) || 'lane' in event) return event;
  const { host, ...rest } = event as { readonly host?: string };
  return { ...rest, lane: host } as unknown as RunEvent;
}

/** It kept the places in traffic where somebody else had taken a host out as a list of their own. */
function withFacts<E extends RunEvent>(event: E): E {
  if (event.type !== 'step-finished' || event.result?.status !== 'done' || !('foreign' in event.result))
    return event;
  const { foreign, ...result } = event.result as typeof event.result & { readonly foreign: unknown };
  return { ...event, result: { ...result, facts: { [OUT_BEFORE]: JSON.stringify(foreign) } } };
}
