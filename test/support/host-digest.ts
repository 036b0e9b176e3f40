/**
 * A script whose output is what a dry run must not change on a host: every file where kuafu or an application puts any, with when it
 * was written or anything else of it was changed, which nobody can set back; what is in those that matter; how the units are, and
 * which run of them that is; what a balancer was told.
 */
export const HOST_STATE = `
export LC_ALL=C
for folder in /etc /opt /root /home /usr/local /srv /var/lib /var/spool /run/kuafu /run/systemd/system /tmp /var/tmp /dev/shm; do
  [ -e "$folder" ] && find "$folder" -xdev -printf '%y %m %u:%g %s %T@ %C@ %p %l\\n'
done | grep -v ' /var/lib/\\(systemd\\|apt\\|dpkg\\)' | sort
for folder in /opt /root /etc/shop /etc/systemd/system /var/lib/kuafu /run/kuafu; do
  [ -e "$folder" ] && find "$folder" -xdev -type f -exec sha256sum -- {} + | sort
done
systemctl show shop.service haproxy.service ssh.service \\
  --property=Id,LoadState,ActiveState,SubState,UnitFileState,InvocationID,NRestarts,MainPID
if [ -S /run/haproxy/admin.sock ]; then
  echo 'show servers state' | nc -N -U /run/haproxy/admin.sock | cut -d ' ' -f 1-8,19
fi
`;

/** What differs between two states, a line each; empty where nothing does. */
export function changes(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...before].flatMap(([host, text]) => {
    const now = after.get(host) ?? '';
    if (now === text) return [];
    const [old, fresh] = [text, now].map((each) => new Set(each.split('\n')));
    const gone = [...(old ?? [])].filter((line) => !fresh?.has(line)).map((line) => `${host}: - ${line}`);
    const come = [...(fresh ?? [])].filter((line) => !old?.has(line)).map((line) => `${host}: + ${line}`);
    return [...gone, ...come];
  });
}
