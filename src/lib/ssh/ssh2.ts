/** The whole library: it is loaded when there is a host to connect to, and passed on. */
export type Ssh2 = typeof import('ssh2');
