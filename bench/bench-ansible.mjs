// Runs a playbook of bench/ansible/ on a lab's control host, Ansible at its fastest: forks = hosts, pipelining, connections kept.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BALANCER, TEMPLATE } from './bench-lab.mjs';

/**
 * @param variables for the playbook, beside `work`, a folder of this machine
 * @returns seconds of wall time and of CPU, those of the ssh processes that keep connections among them
 */
export async function runPlaybook(lab, name, hosts, variables = {}) {
  const playbook = fileURLToPath(new URL(`ansible/${name}`, import.meta.url));
  const controlFolder = join(lab.folder, 'cp');
  mkdirSync(controlFolder, { recursive: true });
  const given = Object.entries({ ...variables, work: join(lab.folder, 'ansible') });
  const words = given.map(([key, value]) => `-e ${key}=${value}`).join(' ');
  const line = `ansible-playbook -i ${writeInventory(lab, hosts)} -f ${hosts.length} ${words} ${playbook}`;
  const { wall, cpu } = await lab.timed(line, {
    ANSIBLE_PIPELINING: '1',
    ANSIBLE_SSH_ARGS: `-F ${lab.sshConfig} -o ControlMaster=auto -o ControlPersist=60s`,
    ANSIBLE_SSH_CONTROL_PATH_DIR: controlFolder,
    // sftp over a kept connection hangs for minutes here, now and then.
    ANSIBLE_SSH_TRANSFER_METHOD: 'piped',
    ANSIBLE_LOCAL_TEMP: join(lab.folder, 'ansible-tmp'),
  });
  return { wall, cpu: cpu + endMasters(controlFolder) };
}

function writeInventory(lab, hosts) {
  const file = join(lab.folder, 'inventory.ini');
  const groups = Object.entries({ template: [TEMPLATE.name], balancer: [BALANCER], new: hosts });
  const line = (name) => `${name} ansible_host=${lab.addressOf(name)}`;
  const text = groups.map(([group, names]) => `[${group}]\n${names.map(line).join('\n')}\n`).join('\n');
  writeFileSync(file, `${text}\n[all:vars]\nansible_python_interpreter=/usr/bin/python3\n`);
  return file;
}

/** Ends the ssh processes that stay behind, which nobody waits for, and gives the seconds of CPU that they took. */
function endMasters(controlFolder) {
  let nanoseconds = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(controlFolder)) continue;
      nanoseconds += Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]);
      process.kill(Number(pid));
    } catch {
      // It has ended.
    }
  }
  return nanoseconds / 1e9;
}
