import { z } from 'zod';
import * as scalars from './scalars.js';

// [user@]host[:port]; an IPv6 address is in brackets. A leading hyphen would be an option of ssh.
const JUMP = /^([A-Za-z0-9_][A-Za-z0-9_.-]*@)?([A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/;

export const jump = z.string().regex(JUMP, { error: 'is no jump host such as gw-a or ops@198.18.1.1:22' });

/** Jump hosts: a list, or one text with commas as in ssh_config. */
const proxyJump = z.union([
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(jump)),
  z.array(jump),
]);

/** Settings for all hosts, and for the hosts of one room. */
export const sshSchema = z.strictObject({
  user: scalars.account.optional(),
  port: scalars.port.optional(),
  identityFile: scalars.oneOrMore(scalars.localPath).optional(),
  hostKeys: z.enum(['strict', 'accept-new'], { error: 'must be strict or accept-new' }).optional(),
  connectTimeout: scalars.duration.optional(),
  proxyJump: proxyJump.optional(),
});

export const sshDefaultsSchema = sshSchema.extend({
  knownHosts: scalars.oneOrMore(scalars.localPath).optional(),
  configFile: z.union([z.literal('none'), scalars.localPath]).optional(),
});
