/** The library as a whole: it is loaded once there is somebody to connect to, and handed on. */
export type Ssh2 = typeof import('ssh2');
