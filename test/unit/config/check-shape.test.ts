import { expect, it } from 'vitest';
import { z } from 'zod';
import { checkShape } from '../../../src/lib/config/check-shape.js';

it('ends, and says each fault once, where what stands in for a faulty value is refused itself', () => {
  const service = z.string({ error: 'is missing' }).refine(() => false, { error: 'is refused' });
  const schema = z.object({ apps: z.record(z.string(), z.object({ service })) });
  const said: string[] = [];
  const report = (path: readonly unknown[], message: string) => said.push(`${path.join('.')} ${message}`);
  const value = { apps: { shop: { service: 'x' }, other: {} } };
  const checked = checkShape(value, new Map(), report, schema as never);
  expect(checked.shape).toBeUndefined();
  expect(said).toEqual(['apps.shop.service is refused', 'apps.other.service is missing']);
});
