import { expect, it } from 'vitest';
import { foldReason } from '../../../src/lib/record/failure-reason.js';

const names = new Map([
  ['new-b-07', 'HOST'],
  ['198.18.2.107', 'HOST'],
]);

it.each([
  ['new-b-07: 12 MB free, 2000 needed', 'HOST: N MB free, N needed'],
  ['no answer from 198.18.2.107 within 30.5s', 'no answer from HOST within Ns'],
  ['new-b-077 is another', 'new-b-N is another'],
  ['not healthy: HTTP 404 after 12 s', 'not healthy: HTTP 404 after N s'],
  ['the script ended with exit status 127', 'the script ended with exit status 127'],
  ['two\n  lines', 'two lines'],
  ['x'.repeat(500), `${'x'.repeat(160)} …`],
  ['word '.repeat(40), `${'word '.repeat(32).trim()} …`],
])('%j is folded to %j', (message, reason) => {
  expect(foldReason(message, names)).toBe(reason);
});
