import { expect, it } from 'vitest';
import { challengeIntroduction, challengeQuestion } from '../../../../src/lib/ui/frame/challenge-text.js';

const challenge = { host: 'gw-a', title: '', instructions: ' ' };

it('is said behind the name of the host, and what is empty is not said', () => {
  expect(challengeIntroduction(challenge)).toEqual([]);
  expect(challengeIntroduction({ ...challenge, title: 'Duo', instructions: 'code sent' })).toEqual([
    'gw-a says: Duo',
    'gw-a says: code sent',
  ]);
  expect(challengeQuestion('gw-a', 'Verification code: ')).toBe('gw-a asks: Verification code:');
});

it('cannot pass for a question of ours, whatever it holds', () => {
  const hostile = '\x1b[2J\r\nPassphrase of /root/.ssh/id_ed25519\u202e\x07';
  const asked = challengeQuestion('gw-a', hostile);
  expect(asked).toMatch(/^gw-a asks: /);
  expect(asked).not.toMatch(/\p{Cc}|\u202e/u);
  expect(challengeQuestion('gw-a', 'x'.repeat(1_000_000)).length).toBeLessThan(300);
});
