import { random as randomOf } from './random.js';

/** A line of a log and when it was written, in milliseconds since the epoch; undefined: it goes on with the line before it. */
export interface ShapedLine {
  readonly text: string;
  readonly at: number | undefined;
}

export interface Shape {
  readonly name: string;
  /** Years, of which it writes no number where it has none. */
  readonly from: string;
  readonly to: string;
  /** Fractions of a second that it writes, in digits. */
  readonly digits: 0 | 3 | 6;
  readonly line: (time: Parts, words: Words) => string;
  /** Now and then a line without a time follows. */
  readonly more?: string;
}

/** A time as it is on the wall of the host; every number as text. */
export interface Parts {
  readonly Y: string;
  readonly y: string;
  readonly m: string;
  readonly d: string;
  readonly e: string;
  readonly b: string;
  readonly a: string;
  readonly H: string;
  readonly M: string;
  readonly S: string;
  readonly ms: string;
  readonly us: string;
  /** Seconds since the epoch. */
  readonly s: string;
}

/** Parts of messages, from a seed. */
export interface Words {
  readonly number: (below: number) => number;
  readonly ip: () => string;
  readonly of: (...words: readonly string[]) => string;
}

/** Minutes that the host is ahead of UTC. */
export const ZONE_MINUTES = 480;
export const LINES = 2000;

const block = (words: Words) => `blk_-${words.number(1e9)}${words.number(1e9)}`;
const node = (words: Words) =>
  `R${10 + words.number(80)}-M${words.number(2)}-N${words.number(9)}-C:J${words.number(9)}-U11`;

/**
 * The sixteen systems of loghub (He et al., 2020, https://github.com/logpai/loghub), as they write; none of its lines is here.
 */
export const LOGHUB: readonly Shape[] = [
  {
    name: 'HDFS',
    from: '2008-11-09',
    to: '2008-11-11',
    digits: 0,
    line: (t, w) =>
      `${t.y}${t.m}${t.d} ${t.H}${t.M}${t.S} ${w.number(9999)} ${w.of('INFO', 'WARN')} dfs.${w.of('DataNode$PacketResponder', 'FSNamesystem')}: ${w.of(`Received block ${block(w)} of size ${w.number(6e7)} from /${w.ip()}`, `PacketResponder ${w.number(3)} for block ${block(w)} terminating`)}`,
  },
  {
    name: 'Hadoop',
    from: '2015-10-17',
    to: '2015-10-19',
    digits: 3,
    line: (t, w) =>
      `${t.Y}-${t.m}-${t.d} ${t.H}:${t.M}:${t.S},${t.ms} ${w.of('INFO', 'WARN', 'ERROR')} [${w.of('main', 'RMCommunicator Allocator', `IPC Server handler ${w.number(30)} on 62270`)}] org.apache.hadoop.mapreduce.v2.app.MRAppMaster: ${w.of('Created MRAppMaster for application appattempt_1445087491445_0005_000001', `Progress of TaskAttempt attempt_1445087491445_0005_m_00000${w.number(9)}_0 is : 0.${w.number(99)}`)}`,
    more: 'java.net.NoRouteToHostException: No Route to Host from MININT/127.0.0.1 to msra:8030 failed on socket timeout\n\tat org.apache.hadoop.ipc.Client.call(Client.java:1480) 2015-10-17 15:37:56,547',
  },
  {
    name: 'Spark',
    from: '2017-06-09',
    to: '2017-06-10',
    digits: 0,
    line: (t, w) =>
      `${t.y}/${t.m}/${t.d} ${t.H}:${t.M}:${t.S} ${w.of('INFO', 'WARN')} ${w.of('executor.Executor', 'storage.BlockManager', 'python.PythonRunner')}: ${w.of(`Running task ${w.number(99)}.0 in stage ${w.number(9)}.0 (TID ${w.number(999)})`, `Times: total = ${w.number(99)}, boot = ${w.number(9)}, init = ${w.number(99)}, finish = 0`)}`,
  },
  {
    name: 'Zookeeper',
    from: '2015-07-29',
    to: '2015-08-25',
    digits: 3,
    line: (t, w) =>
      `${t.Y}-${t.m}-${t.d} ${t.H}:${t.M}:${t.S},${t.ms} - ${w.of('INFO ', 'WARN ', 'ERROR')} [${w.of(`QuorumPeer[myid=${w.number(3)}]/0:0:0:0:0:0:0:0:2181:FastLeaderElection@${w.number(999)}`, `NIOServerCxn.Factory:0.0.0.0/0.0.0.0:2181:NIOServerCnxn@${w.number(999)}`)}] - ${w.of('Notification time out: 3200', `Client attempting to establish new session at /${w.ip()}:${w.number(60_000)}`)}`,
  },
  {
    name: 'BGL',
    from: '2005-06-03',
    to: '2006-01-04',
    digits: 6,
    line: (t, w) =>
      `${w.of('-', '-', 'KERNDTLB', 'APPSEV')} ${t.s} ${t.Y}.${t.m}.${t.d} ${node(w)} ${t.Y}-${t.m}-${t.d}-${t.H}.${t.M}.${t.S}.${t.us} ${node(w)} RAS ${w.of('KERNEL INFO', 'APP FATAL')} ${w.of('instruction cache parity error corrected', `generating core.${w.number(9999)}`, `ciod: failed to read message prefix on control stream (CioStream socket to ${w.ip()}:${w.number(60_000)}`)}`,
  },
  {
    name: 'HPC',
    from: '2003-10-01',
    to: '2006-02-01',
    digits: 0,
    line: (t, w) =>
      `${w.number(480_000)} node-${w.number(256)} ${w.of('unix.hw', 'node', 'boot_cmd')} ${w.of('state_change.unavailable', 'status', 'abort')} ${t.s} ${w.of('1', '0')} ${w.of('Component State Change: Component "alt0" is in the unavailable state (HWID=3180)', `Fan speeds ( 3552 3534 3375 4245 3515 3479 )`, `Command has been aborted 1`)}`,
  },
  {
    name: 'Thunderbird',
    from: '2005-11-09',
    to: '2006-08-12',
    digits: 0,
    line: (t, w) =>
      `${w.of('-', '-', 'R_HDA_NR', 'VAPI')} ${t.s} ${t.Y}.${t.m}.${t.d} ${w.of('dn', 'cn', 'bn')}${w.number(999)} ${t.b} ${t.e.trim()} ${t.H}:${t.M}:${t.S} dn${w.number(999)}/dn${w.number(999)} ${w.of(`crond(pam_unix)[${w.number(9999)}]: session closed for user root`, `dhcpd: DHCPREQUEST for ${w.ip()} via eth1`)}`,
  },
  {
    name: 'Windows',
    from: '2016-09-28',
    to: '2016-09-30',
    digits: 0,
    line: (t, w) =>
      `${t.Y}-${t.m}-${t.d} ${t.H}:${t.M}:${t.S}, Info                  CBS    ${w.of('Loaded Servicing Stack v6.1.7601.23505 with Core: C:\\Windows\\winsxs\\x', `SQM: Cleaning up report files older than ${w.number(20)} days.`, `Warning: Unrecognized packageExtended attribute.`)}`,
  },
  {
    name: 'Linux',
    from: '2025-12-20',
    to: '2026-11-24',
    digits: 0,
    line: (t, w) =>
      `${t.b} ${t.e} ${t.H}:${t.M}:${t.S} combo ${w.of(`sshd(pam_unix)[${w.number(32_768)}]: authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=${w.ip()}`, `ftpd[${w.number(32_768)}]: connection from ${w.ip()} () at Sat Jul 9 22:53:19 2005`, 'kernel: ACPI: Interpreter enabled')}`,
  },
  {
    name: 'Android',
    from: '2025-12-17',
    to: '2026-11-24',
    digits: 3,
    line: (t, w) =>
      `${t.m}-${t.d} ${t.H}:${t.M}:${t.S}.${t.ms} ${String(w.number(32_000)).padStart(5)} ${String(w.number(32_000)).padStart(5)} ${w.of('D', 'I', 'V', 'W', 'E')} ${w.of('WindowManager: printFreezingDisplayLogsopening app wtoken', `PowerManagerService: acquire lock=${w.number(1e9)}, flags=0x1, tag="View Lock"`, `ActivityManager: Killing ${w.number(9999)}`)}`,
  },
  {
    name: 'HealthApp',
    from: '2017-12-23',
    to: '2018-01-03',
    digits: 3,
    line: (t, w) =>
      `${t.Y}${t.m}${t.d}-${Number(t.H)}:${Number(t.M)}:${Number(t.S)}:${Number(t.ms)}|Step_${w.of('LSC', 'SPUtils', 'StandReportReceiver')}|30002312|${w.of(`onStandStepChanged ${w.number(9999)}`, `getTodayTotalDetailSteps = 1514038440000##${w.number(9999)}##548365##8661##12361##27173954`, `onExtend:1514038530000 14 0 4`)}`,
  },
  {
    name: 'Apache',
    from: '2005-12-04',
    to: '2005-12-06',
    digits: 0,
    line: (t, w) =>
      `[${t.a} ${t.b} ${t.d} ${t.H}:${t.M}:${t.S} ${t.Y}] [${w.of('notice', 'error')}] ${w.of(`jk2_init() Found child ${w.number(9999)} in scoreboard slot ${w.number(9)}`, `[client ${w.ip()}] Directory index forbidden by rule: /var/www/html/`, 'mod_jk child workerEnv in error state 6')}`,
  },
  {
    name: 'Proxifier',
    from: '2025-12-30',
    to: '2026-11-24',
    digits: 0,
    line: (t, w) =>
      `[${t.m}.${t.d} ${t.H}:${t.M}:${t.S}] ${w.of('chrome.exe', 'Dropbox.exe *64')} - ${w.of(`proxy.cse.cuhk.edu.hk:5070 close, ${w.number(9999)} bytes sent, ${w.number(9999)} bytes (11.${w.number(9)} KB) received, lifetime 00:${10 + w.number(49)}`, 'clients6.google.com:443 open through proxy proxy.cse.cuhk.edu.hk:5070 HTTPS')}`,
  },
  {
    name: 'OpenSSH',
    from: '2025-12-10',
    to: '2026-11-24',
    digits: 0,
    line: (t, w) =>
      `${t.b} ${t.e} ${t.H}:${t.M}:${t.S} LabSZ sshd[${w.number(32_768)}]: ${w.of(`Failed password for invalid user webmaster from ${w.ip()} port ${w.number(60_000)} ssh2`, `Received disconnect from ${w.ip()}: 11: Bye Bye [preauth]`, 'pam_unix(sshd:auth): check pass; user unknown')}`,
  },
  {
    name: 'OpenStack',
    from: '2017-05-16',
    to: '2017-05-17',
    digits: 3,
    line: (t, w) =>
      `${w.of('nova-api.log.1.2017-05-16_13:53:08', 'nova-compute.log.1.2017-05-16_13:55:31')} ${t.Y}-${t.m}-${t.d} ${t.H}:${t.M}:${t.S}.${t.ms} ${w.number(32_768)} ${w.of('INFO', 'WARNING')} nova.${w.of('osapi_compute.wsgi.server', 'compute.manager')} [req-38101a0b-2096-447d-96ea-a692162415ae 113d3a99c3da401fbd62cc2caa5b96d2 54fadb412c4e40cdbaed9335e4c35a9e - - -] ${w.ip()} "GET /v2/54fadb412c4e40cdbaed9335e4c35a9e/servers/detail HTTP/1.1" status: 200 len: ${w.number(9999)} time: 0.${w.number(999_999)}`,
  },
  {
    name: 'Mac',
    from: '2025-12-28',
    to: '2026-11-24',
    digits: 0,
    line: (t, w) =>
      `${t.b} ${t.e} ${t.H}:${t.M}:${t.S} ${w.of('calvisitor-10-105-160-95', 'authorMacBook-Pro')} ${w.of(`kernel[0]: ARPT: ${w.number(999_999)}.${w.number(999_999)}: wl0: wl_update_tcpkeep_seq: Original Seq: ${w.number(1e9)}`, `com.apple.AddressBook.InternetAccountsBridge[${w.number(99_999)}]: dnssd_clientstub ConnectToServer`, `corecaptured[31174]: CCFile::copyFile fileName is [2017-07-04_16,45:52.398]-AirPortBrcm4360_Logs-005.txt`)}`,
  },
];

/** Its lines, the same for the same seed. */
export function linesOf(shape: Shape, seed: number): ShapedLine[] {
  const random = randomOf(seed);
  const words = wordsOf(random);
  const [from, to] = [Date.parse(shape.from), Date.parse(shape.to)];
  const lines: ShapedLine[] = [];
  for (let index = 0; lines.length < LINES; index++) {
    const ms = Math.floor(from + ((to - from) * index) / LINES + random() * 1000);
    const at = (shape.digits === 0 ? Math.floor(ms / 1000) * 1000 : ms) + (shape.digits === 6 ? 0.25 : 0);
    lines.push({ text: shape.line(partsOf(at), words), at });
    if (shape.more !== undefined && random() < 0.02)
      lines.push(...shape.more.split('\n').map((text) => ({ text, at: undefined })));
  }
  return lines.slice(0, LINES);
}

function wordsOf(random: () => number): Words {
  const number = (below: number) => Math.floor(random() * below);
  return {
    number,
    ip: () => `10.${number(256)}.${number(256)}.${1 + number(254)}`,
    of: (...words) => words[number(words.length)] ?? '',
  };
}

function partsOf(at: number): Parts {
  const iso = new Date(at + ZONE_MINUTES * 60_000).toISOString();
  const [, Y = '', m = '', d = '', H = '', M = '', S = '', ms = ''] =
    /^(\d+)-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z$/.exec(iso) ?? [];
  const english = new Date(at + ZONE_MINUTES * 60_000).toUTCString();
  const us = `${ms}${String(Math.round((at % 1) * 1000)).padStart(3, '0')}`;
  const s = String(Math.floor(at / 1000));
  const e = String(Number(d)).padStart(2);
  return { Y, y: Y.slice(2), m, d, e, b: english.slice(8, 11), a: english.slice(0, 3), H, M, S, ms, us, s };
}
