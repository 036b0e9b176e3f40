import type { RunEvent } from './events.js';

/** Places in traffic, as JSON, where another operator had already taken the host out: this operation must not change them. */
export const OUT_BEFORE = 'traffic.out-before';

/** Reads a stored event. In the first release every lane was a host's, and the event named the host instead of the lane. */
export function readEvent(stored: string): RunEvent {
  const event = withFacts(JSON.parse(stored) as RunEvent & { readonly host?: string });
  if (!('step' in event) || 'lane' in event) return event;
  const { host, ...rest } = event as { readonly host?: string };
  return { ...rest, lane: host } as unknown as RunEvent;
}

/** The first release kept the places where another operator had taken a host out in a list of their own. */
function withFacts<E extends RunEvent>(event: E): E {
  if (event.type !== 'step-finished' || event.result?.status !== 'done' || !('foreign' in event.result))
    return event;
  const { foreign, ...result } = event.result as typeof event.result & { readonly foreign: unknown };
  return { ...event, result: { ...result, facts: { [OUT_BEFORE]: JSON.stringify(foreign) } } };
}
