import type { Account } from './sshd.js';

const MEGABYTE = 'head -c 1048576 /dev/zero | tr "\\0" "x"';

/** Accounts whose shells are not bash, by the name of the shell. */
export const SHELLS: Readonly<Record<string, Account>> = {
  dash: { shell: '/bin/dash' },
  zsh: { shell: '/usr/bin/zsh' },
  fish: { shell: '/usr/bin/fish' },
  tcsh: { shell: '/usr/bin/tcsh' },
};

/** Accounts whose start files print something at every login, by what is odd about it. */
export const NOISY: Readonly<Record<string, Account>> = {
  'a line on stdout': bashrc('echo hi'),
  'a line on stderr': bashrc('echo hi >&2'),
  'both, without line end': bashrc('printf hi; printf "oh no" >&2'),
  'bytes that are no text': bashrc("printf '\\377\\000\\033[2J\\302\\233'; printf '\\001\\200' >&2"),
  'a megabyte on each': bashrc(`${MEGABYTE}; ${MEGABYTE} >&2`),
  'every command that is run': bashrc('set -x; ps ax -o args >&2; ps ax -o args'),
  'a word of tcsh': { shell: '/usr/bin/tcsh', files: { '.cshrc': 'echo hi\nsh -c "echo oh no >&2"\n' } },
  'a word of fish': {
    shell: '/usr/bin/fish',
    files: { '.config/fish/config.fish': 'echo hi; echo oh no >&2\n' },
  },
  'a word of zsh': { shell: '/usr/bin/zsh', files: { '.zshenv': 'echo hi; echo oh no >&2\n' } },
};

/** Those over which whole suites run. */
export const ORDINARY_AND_ODD: readonly (readonly [string, Account])[] = [
  ['bash', {}],
  ['noisy bash', bashrc('echo hi; printf "oh no" >&2')],
  ['tcsh', { shell: '/usr/bin/tcsh', files: { '.cshrc': 'echo hi\n' } }],
];

/** What the usual baselines for sshd ask for. */
export const HARDENED = [
  'AllowTcpForwarding no',
  'AllowStreamLocalForwarding no',
  'AllowAgentForwarding no',
  'X11Forwarding no',
  'PermitTTY no',
  'MaxSessions 1',
  'MaxAuthTries 3',
  'LoginGraceTime 60',
  'ClientAliveInterval 300',
  'ClientAliveCountMax 3',
  'Banner /etc/issue.net',
].join('\n');

function bashrc(text: string): Account {
  return { files: { '.bashrc': `${text}\n` } };
}
