// The tree that the benchmarks of the copy send, in place of the files of the lab's shop.
import { TEMPLATE } from './bench-lab.mjs';

export const TREE = '/opt/bench';

/** On the template: random bytes, so that nobody gains by packing them, in files of 1 MB. */
export async function makeTree(lab, megabytes) {
  const bytes = Math.round(megabytes * 1e6);
  await lab.inHost(
    TEMPLATE.name,
    `rm -rf ${TREE} && mkdir ${TREE} && head -c ${bytes} /dev/urandom | split -b 1000000 -a 4 - ${TREE}/part-`,
  );
}

/** The shop with this tree for its files. The unit goes along, for the plan asks for it. */
export function newTreeConfig(lab) {
  return lab.newConfig(({ apps: { shop } }) => {
    shop.files = [TREE, '/etc/systemd/system/shop.service'];
    delete shop.exclude;
  });
}

/** What a link has to carry: the archive of a plan that is only made. */
export async function archiveBytes(lab) {
  const words = ['scale', '--app=shop', '--group=web', '--idc=B', '--count=1', '--dry-run'];
  const config = newTreeConfig(lab);
  const [{ copyBytes }] = await lab.kuafuJson([...words, `--template-ip=${TEMPLATE.address}`], config);
  return copyBytes;
}

/** Hosts whose tree is not the template's, to the second, owner and byte. */
export async function differing(lab, hosts) {
  const [wanted, ...digests] = await Promise.all(
    [TEMPLATE.name, ...hosts].map((host) => lab.digestOf(host, TREE)),
  );
  return hosts.filter((_, index) => digests[index] !== wanted);
}
