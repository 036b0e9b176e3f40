/** Two rooms of one company as its inventory has them: domains, groups within groups, jump hosts by room. */
export function fleet(count: number): Readonly<Record<string, unknown>> {
  const rooms = ['hz', 'sh'] as const;
  const name = (room: string, index: number) => `web-${String(index).padStart(3, '0')}.${room}.example.org`;
  const groups: Record<string, object> = {};
  const hostvars: Record<string, object> = {};
  for (const [number, room] of rooms.entries()) {
    const hosts = Array.from({ length: count / rooms.length }, (_, index) => name(room, index));
    for (const [index, host] of hosts.entries()) {
      const last = `${Math.floor(index / 200) + 1}.${(index % 200) + 10}`;
      hostvars[host] = {
        ansible_host: `10.${number + 1}.${last}`,
        ...(index % 50 === 0 ? { ansible_port: '2222' } : {}),
        ...(index % 70 === 0 ? { ansible_ssh_common_args: `-J root@gw-b.${room}.example.org:2201` } : {}),
        ...(index % 90 === 0 ? { kuafu_spare: 'yes' } : {}),
      };
    }
    for (let shelf = 0; shelf < 10; shelf += 1) {
      const own = hosts.filter((_, index) => index % 10 === shelf);
      groups[`${room}_shelf_${shelf}`] = { hosts: own, vars: shelf === 3 ? { ansible_user: 'deploy' } : {} };
    }
    const shelves = Array.from({ length: 10 }, (_, shelf) => `${room}_shelf_${shelf}`);
    groups[room] = {
      children: shelves,
      vars: {
        kuafu_room: number === 0 ? 'A' : 'B',
        ansible_ssh_common_args: `-o ProxyCommand="ssh -W %h:%p -q ops@gw.${room}.example.org" -o ControlMaster=auto`,
      },
    };
  }
  groups.company = {
    children: rooms,
    vars: { ansible_user: 'ops', ansible_ssh_private_key_file: '/srv/keys/fleet' },
  };
  groups.first = { hosts: [name('hz', 0)], vars: { ansible_user: 'first', ansible_group_priority: 50 } };
  return { ...groups, all: { children: ['company', 'first', 'ungrouped'] }, _meta: { hostvars } };
}
