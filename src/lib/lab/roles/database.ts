import { hostScript } from '../../../host-script.js';
import { ROOM_ADDRESSES, ROOMS, type RoomName } from '../address-plan.js';
import type { LabRole, RoleHost } from './role.js';

/** templates/lab/roles/database-ready.sh makes this account. */
const REPLICATION = { user: 'repl', password: 'repl' };
const PASSWORD_VARIABLE = 'LAB_REPLICATION';

/**
 * MariaDB in each room, the primary in A and its replica in B, with GTID and semi-synchronous replication. In each room a
 * HAProxy sends clients to the server that accepts writes: each server reports on port 9200 whether it does. The roles are
 * assigned only at the first start.
 */
export const DATABASE: LabRole = {
  packages: ['mariadb-server', 'mariadb-client'],
  // It also sets the size of the files that the installation makes.
  layerFiles: [{ path: '/etc/mysql/mariadb.conf.d/90-lab.cnf', content: settings() }],
  hosts: () => [...ROOMS.map(server), ...ROOMS.map(proxy)],
  layers: () => ({
    database: {
      orders: {
        kind: 'mariadb',
        members: { A: nameOf('A'), B: nameOf('B') },
        home: 'A',
        proxies: { haproxy: { A: proxyOf('A'), B: proxyOf('B') }, socket: PROXY_SOCKET, backend: 'db' },
        replication: { user: REPLICATION.user, password: `\${${PASSWORD_VARIABLE}}` },
      },
    },
  }),
  secrets: { [PASSWORD_VARIABLE]: REPLICATION.password },
};

const addressOf = (room: RoomName) => `${ROOM_ADDRESSES[room].prefix}.93`;
const nameOf = (room: RoomName) => `db-${room.toLowerCase()}`;
const proxyOf = (room: RoomName) => `db-proxy-${room.toLowerCase()}`;
const PROXY_SOCKET = '/run/haproxy/admin.sock';

function server(room: RoomName): RoleHost {
  return {
    name: nameOf(room),
    title: 'database',
    room,
    address: addressOf(room),
    hasPackages: true,
    files: [
      {
        path: '/etc/mysql/mariadb.conf.d/99-host.cnf',
        content: `[mariadbd]\nserver_id=${ROOMS.indexOf(room) + 1}\n`,
      },
      { path: '/usr/local/lib/lab/ready.sh', content: hostScript('lab/roles/database-ready') },
      { path: '/usr/local/lib/lab/role.sh', content: hostScript('lab/roles/database-role'), mode: 0o755 },
      { path: '/usr/lib/systemd/system/database-role.service', content: ROLE_SERVICE },
    ],
    units: ['mariadb', 'database-role'],
    ready: `sh /usr/local/lib/lab/ready.sh ${room === 'A' ? 'primary' : 'replica'} ${addressOf(room === 'A' ? 'B' : 'A')}`,
  };
}

/** A server starts read-only: the primary is chosen at run time. */
function settings(): string {
  return `[mariadbd]
bind-address=0.0.0.0
skip-name-resolve
performance_schema=OFF
innodb_log_file_size=8M
innodb_buffer_pool_size=32M
innodb_log_buffer_size=2M
key_buffer_size=1M
aria_pagecache_buffer_size=4M
innodb_flush_log_at_trx_commit=1
sync_binlog=1
log_bin=/var/lib/mysql/binlog
log_slave_updates=1
gtid_strict_mode=1
rpl_semi_sync_master_enabled=0
rpl_semi_sync_slave_enabled=1
rpl_semi_sync_slave_kill_conn_timeout=1
rpl_semi_sync_master_timeout=10000
rpl_semi_sync_master_wait_point=AFTER_SYNC
slave_net_timeout=10
read_only=1
max_connections=200
`;
}

const ROLE_SERVICE = `[Unit]
Description=Says by HTTP whether this database server takes writes
After=mariadb.service
[Service]
ExecStart=/usr/bin/socat TCP-LISTEN:9200,reuseaddr,fork,max-children=20 EXEC:/usr/local/lib/lab/role.sh
Restart=always
`;

function proxy(room: RoomName): RoleHost {
  return {
    name: proxyOf(room),
    title: 'database proxy',
    room,
    address: `${ROOM_ADDRESSES[room].prefix}.94`,
    hasPackages: false,
    files: [{ path: '/etc/haproxy/haproxy.cfg', content: PROXY }],
    units: ['haproxy'],
    ready: `echo 'show stat' | socat stdio ${PROXY_SOCKET} | grep -q '^db,db-[ab],.*,UP,'`,
  };
}

// If two servers report that they accept writes, clients are sent to neither.
const PROXY = `global
  log stdout format raw local0 notice
  user haproxy
  group haproxy
  stats socket ${PROXY_SOCKET} mode 660 level admin
  stats timeout 30s

defaults
  mode tcp
  log global
  timeout connect 2s
  timeout check 3s
  timeout client 300s
  timeout server 300s

frontend db
  bind :3306
  tcp-request connection reject if { nbsrv(db) gt 1 }
  default_backend db

backend db
  option httpchk GET /
  default-server check port 9200 inter 500ms fastinter 100ms downinter 200ms fall 1 rise 1 on-marked-down shutdown-sessions
${ROOMS.map((room) => `  server ${nameOf(room)} ${addressOf(room)}:3306`).join('\n')}
`;
