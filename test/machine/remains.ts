import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Whatever is on this machine of a lab, as lines; looked up without the code that is under test. */
export function remainsOf(lab: string): string[] {
  return [
    ...names('/run/netns')
      .filter((name) => name.startsWith(`kuafu.${lab}.`))
      .map((name) => `namespace ${name}`),
    ...readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(`/kuafu/lab/${lab}/`) || line.includes(`kuafu.${lab}.`))
      .map((line) => `mount ${line}`),
    ...processesOf(lab),
    ...[`/var/lib/kuafu/lab/${lab}`, `/run/lock/kuafu-lab-${lab}.lock`].filter(existsSync),
    ...names('/sys/fs/cgroup')
      .flatMap((hierarchy) => [
        `/sys/fs/cgroup/${hierarchy}/kuafu.lab/${lab}`,
        `/sys/fs/cgroup/kuafu.lab/${lab}`,
      ])
      .filter(existsSync),
  ];
}

function processesOf(lab: string): string[] {
  return names('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const cgroups = read(`/proc/${pid}/cgroup`);
      const words = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
      const isOurs = cgroups.includes(`/kuafu.lab/${lab}/`) || words.includes(`--machine=${lab}.`);
      return isOurs ? [`process ${pid} ${words}`] : [];
    });
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A process may end while it is looked at. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
