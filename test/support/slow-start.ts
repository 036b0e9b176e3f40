import type { LabRoom } from './lab-room.js';

const FOLDER = '/run/systemd/system/shop.service.d';

/** Makes each start of the application on a host of the lab take so much longer, until `endSlowStart`. */
export async function makeStartSlow(room: LabRoom, host: string, seconds: number): Promise<void> {
  const lines = `[Service]\\nExecStartPre=/bin/sleep ${seconds}\\n`;
  await room.inHost(
    host,
    `mkdir -p ${FOLDER} && printf '${lines}' > ${FOLDER}/slow.conf && systemctl daemon-reload`,
  );
}

export async function endSlowStart(room: LabRoom, host: string): Promise<void> {
  await room.inHost(host, `rm -f ${FOLDER}/slow.conf; systemctl daemon-reload`);
}
