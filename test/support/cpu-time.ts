/**
 * CPU time that a piece of work takes, in ms: the least of a few rounds, so that neither what else the machine does counts
 * nor what the first rounds compile. To be compared with that of other work, as machines differ.
 */
export function leastCpuMs(work: () => void, rounds = 4): number {
  const taken = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...taken);
}
