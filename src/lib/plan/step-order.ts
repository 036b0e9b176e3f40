import type { Stage, Step } from './plan.js';

/**
 * The steps of all lanes of a stage, one for each key. Each lane's own order is kept, also when a lane lacks some of the steps.
 */
export function mergedSteps({ lanes, standby }: Stage, keyOf: (step: Step) => string): readonly Step[] {
  const order: string[] = [];
  const found = new Map<string, Step>();
  for (const { steps } of [...lanes, ...standby]) {
    let next = order.length;
    for (const step of [...steps].reverse()) {
      const key = keyOf(step);
      if (found.has(key)) next = order.indexOf(key);
      else order.splice(next, 0, key);
      if (!found.has(key)) found.set(key, step);
    }
  }
  return order.flatMap((key) => found.get(key) ?? []);
}
