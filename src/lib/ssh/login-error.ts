import type { Host } from '../names/host.js';
import { quoteWord } from '../shell/quote.js';
import { ConnectError } from './connect-error.js';
import type { SignFailure } from './host-agent.js';
import type { Offer } from './keyring.js';
import type { Login, LoginOptions } from './login.js';

/**
 * Why the login failed, from what was tried.
 *
 * @param level the level that ssh2 gives for the error; `client-authentication`: the host refused the last thing that we had
 */
export function loginError(
  { host, offer }: Pick<LoginOptions, 'host' | 'offer'>,
  login: Login,
  level: string | undefined,
): ConnectError {
  if (login.accepted.length > 0) return secondFactorError(host, login);
  if (login.failures.length > 0) return signError(host, login.failures);
  if (login.unanswered === 'endless' || wantsTyping(login)) return questionError(host, login);
  return refusedError(host, offer, level);
}

/** The host takes no keys, only answers that a person types. */
function wantsTyping({ unanswered, methods }: Login): boolean {
  return (
    unanswered !== undefined && methods.includes('keyboard-interactive') && !methods.includes('publickey')
  );
}

/** The host accepted a key, so another key would not help. */
function secondFactorError(
  { name, ssh }: Host,
  { accepted, methods, unanswered, failures }: Login,
): ConnectError {
  const what = [...new Set(accepted)].join(', ');
  const wanted = methods.join(' or ') || 'nothing that it names';
  const byKeyboard = methods.includes('keyboard-interactive');
  const why = failures.map((failure) => `; ${failure.label}: ${failure.why}`).join('');
  const asked = byKeyboard && unanswered === undefined ? ', and does not take what it was given' : '';
  return new ConnectError(
    name,
    'auth-refused',
    `${name}: no login as ${ssh.user}@${ssh.address}: it accepts ${what} and wants a second factor (${wanted})${asked}${why}`,
    byKeyboard
      ? answerHint(unanswered)
      : 'kuafu gives keys and what is typed at a prompt: look for AuthenticationMethods in its sshd_config',
  );
}

function questionError({ name, ssh }: Host, { unanswered }: Login): ConnectError {
  return new ConnectError(
    name,
    'auth-refused',
    `${name}: no login as ${ssh.user}@${ssh.address}: it takes nothing but what is typed`,
    answerHint(unanswered),
  );
}

function answerHint(unanswered: Login['unanswered']): string {
  if (unanswered === 'endless')
    return 'it asks without end, or for too much at once: look at its PAM configuration';
  return 'run this on a terminal and without --no-input, where it is asked once';
}

function signError({ name, ssh }: Host, failures: readonly SignFailure[]): ConnectError {
  const locked = failures.find((failure) => failure.wasLocked);
  const whys = failures.map(({ label, why }) => (why.includes(label) ? why : `${label}: ${why}`));
  const hint = locked && `ssh-add ${quoteWord(locked.label)} lets the agent sign with it`;
  const account = `${ssh.user}@${ssh.address}`;
  return new ConnectError(name, 'auth-refused', `${name}: no login as ${account}: ${whys.join('; ')}`, hint);
}

function refusedError({ name, ssh }: Host, offer: Offer, level: string | undefined): ConnectError {
  const offered = offer.identities.map((identity) => identity.label);
  const hungUp = level === 'client-authentication' ? '' : ' and hung up';
  const account = `${ssh.user}@${ssh.address}`;
  const unusable = offer.unusable.map(({ label, why }) => `${label} ${why}`);
  const unsupported = offer.unusable.find((key) => key.unsupported);
  const tried =
    offered.length > 0 ? `it refuses${hungUp}: ${offered.join(', ')}` : 'there is no key to offer';
  const hint =
    offered.length > 5
      ? 'it may have counted too many keys (MaxAuthTries in sshd_config): name the right one as ssh.identityFile'
      : (offer.unusable.find((key) => key.hint)?.hint ??
        `ssh-copy-id -p ${ssh.port} ${quoteWord(account)}, or name the right key as ssh.identityFile`);
  return new ConnectError(
    name,
    unsupported ? 'unsupported' : 'auth-refused',
    `${name}: no login as ${account}: ${[tried, ...unusable].join('; ')}`,
    hint,
  );
}
