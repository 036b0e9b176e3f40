/** A line of a host script that waits until a process listens on each of these TCP ports, however busy the machine is. */
export function untilListening(...ports: readonly number[]): string {
  const each = ports.map((port) => `until ss -Hltn "sport = :${port}" | grep -q .; do sleep 0.1; done`);
  return `timeout 60 sh -c '${each.join('; ')}'`;
}
