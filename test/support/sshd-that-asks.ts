import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SshFixture } from './ssh-fixture.js';
import type { Sshd } from './sshd.js';

/** The one that is taken. */
export const CODE = '123456';

/** An sshd whose PAM wants a code, which it writes down, and takes one code alone. */
export function sshdThatAsks(fixture: SshFixture, more: string): Promise<Sshd> {
  const check = `#!/bin/sh\ncode=$(tr -d '\\0')\necho "$code" >> ${codesOf(fixture)}\n[ "$code" = ${CODE} ]\n`;
  const stack = [
    'auth required pam_exec.so type=auth expose_authtok quiet /check-code',
    'auth required pam_permit.so',
    'account required pam_permit.so',
    'session required pam_permit.so',
  ];
  const system = { '/etc/pam.d/sshd': `${stack.join('\n')}\n`, '/check-code': check };
  const lines = ['UsePAM yes', 'KbdInteractiveAuthentication yes', 'PermitRootLogin yes', more];
  return fixture.sshd(lines.join('\n'), { system });
}

/** What was typed at any of them. */
export function givenCodes(fixture: SshFixture): string[] {
  const file = codesOf(fixture);
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

function codesOf(fixture: SshFixture): string {
  return join(fixture.lab.folder, 'codes');
}
