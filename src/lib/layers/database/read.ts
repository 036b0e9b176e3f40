import type { DatabaseConfig } from '../../config/config-types.js';
import { sentenceOf, tellsOfHost } from '../../errors.js';
import { excerpt, onOneLine } from '../../masking/masked.js';
import type { Secrets } from '../../masking/secret.js';
import type { Host } from '../../names/host.js';
import { howItEnded } from '../../run/remote.js';
import { StepFailure } from '../../run/step-handler.js';
import type { ReadCommand } from '../../shell/command.js';
import { unlessAborted } from '../../ssh/abort.js';
import { reasonOf } from '../../ssh/connect-error.js';
import type { ReadConnections } from '../../ssh/transport.js';
import { lookAtBalancer } from '../http/adapters.js';
import { isInTraffic, isWanted, type ServerState } from '../http/server-state.js';
import type { DatabaseLook, MemberAnswer, ProxyAnswer } from './database-look.js';
import type { FenceLook, ReplicationThreads } from './forced-server.js';
import { errantTransactions, writersOf } from './judge.js';
import { detailsCommand, parseDetails } from './mariadb/details.js';
import { fenceLookCommand, parseFenceLook, parseThreads, threadsCommand } from './mariadb/forced-look.js';
import type { HeldClients } from './mariadb/held-clients.js';
import { lookBy, lookCommand, parseLook } from './mariadb/look.js';
import type { MemberState } from './member.js';
import type { MemberDetails } from './member-details.js';

/** How servers and proxies are reached. */
export interface DatabaseReach {
  readonly connections: Pick<ReadConnections, 'session'>;
  readonly hostOf: (name: string) => Host;
  /** Masked in all that servers and proxies say. */
  readonly secrets: Secrets;
  /** Clients of servers that are open already: to ask by one is quicker. */
  readonly clients?: Pick<HeldClients, 'of'> | undefined;
  /** Ends the wait for an answer. A reason for people says why a server or proxy could not be asked. */
  readonly signal?: AbortSignal | undefined;
}

/** What has to be known of a database to ask it. */
export type AskedDatabase = Pick<DatabaseConfig, 'name' | 'port' | 'members' | 'proxies'>;

/** Asks every server and every proxy of a database at once; changes nothing. */
export async function lookAtDatabase(database: AskedDatabase, reach: DatabaseReach): Promise<DatabaseLook> {
  const { name, port, members: hosts } = database;
  const askMember = async ([room, host]: readonly [string, string]): Promise<MemberAnswer> => {
    const { ssh } = reach.hostOf(host);
    const answer = await silentOr(host, readMember(host, reach), reach);
    return { host, room, address: ssh.address, state: answer.value, silence: answer.silence };
  };
  const askProxy = async ([room, host]: readonly [string, string]): Promise<ProxyAnswer> => {
    const { value, silence } = await silentOr(host, readProxy(host, database, reach), reach);
    return { host, room, targets: value?.targets, knows: value?.knows ?? [], silence };
  };
  const [members, proxies] = await Promise.all([
    Promise.all([...hosts].map(askMember)),
    Promise.all([...(database.proxies?.hosts ?? [])].map(askProxy)),
  ]);
  const look = { name, port, members, proxies };
  // While clients write, a replica that was asked after its primary may have more than that: the primary is asked once more.
  if (errantTransactions(look).length === 0) return look;
  const writers = new Set(writersOf(look).map(({ host }) => host));
  const again = members.map(async (member) =>
    writers.has(member.host) ? await askMember([member.room, member.host]) : member,
  );
  return { ...look, members: await Promise.all(again) };
}

async function readMember(name: string, reach: DatabaseReach): Promise<MemberState> {
  const state =
    (await readByOpenClient(name, reach)) ?? (await answerOf(name, lookCommand(), parseLook, reach));
  return masked(state, reach.secrets);
}

/** Undefined: none is open, or it is of no use any more: then the server is asked by a new one. */
async function readByOpenClient(name: string, { clients }: DatabaseReach): Promise<MemberState | undefined> {
  const client = clients?.of(name);
  return client && (await lookBy(client).catch(() => undefined));
}

/** What a change of roles needs of a server. @throws StepFailure of the server, and HostError */
export async function readDetails(name: string, oldS: number, reach: DatabaseReach): Promise<MemberDetails> {
  const details = await answerOf(name, detailsCommand(oldS), parseDetails, reach);
  const safe = (text: string) =>
    excerpt(onOneLine(reach.secrets.mask(text, { end: text.length >= CUT_BY_SERVER })), LONGEST_STATEMENT);
  const busy = details.busy.map((session) => ({
    ...session,
    user: safe(session.user),
    address: safe(session.address),
    statement: safe(session.statement),
  }));
  return { ...details, busy };
}

/** Whether the server of a host can be fenced; it need not answer. @throws as readDetails() */
export async function readFenceLook(name: string, reach: DatabaseReach): Promise<FenceLook> {
  const look = await answerOf(name, fenceLookCommand(), parseFenceLook, reach);
  return { ...look, path: excerpt(reach.secrets.mask(look.path), LONGEST_TEXT) };
}

/** Null: it replicates from nobody, or in several connections. @throws as readDetails() */
export async function readThreads(name: string, reach: DatabaseReach): Promise<ReplicationThreads | null> {
  const threads = await answerOf(name, threadsCommand(), parseThreads, reach);
  return threads && { ...threads, error: excerpt(reach.secrets.mask(threads.error), LONGEST_TEXT) };
}

async function answerOf<T>(
  name: string,
  command: ReadCommand,
  parse: (stdout: string) => T | undefined,
  { connections, hostOf, signal }: DatabaseReach,
): Promise<T> {
  const session = await connections.session(hostOf(name), signal);
  const result = await session.run(command, signal ? { signal } : {});
  if (result.exitCode !== 0)
    throw new StepFailure('failed', `its mariadb client ${howItEnded(result)}`, name);
  const answer = result.truncated ? undefined : parse(result.stdout);
  if (answer === undefined)
    throw new StepFailure('failed', 'its server gave an answer that is not whole', name);
  return answer;
}

const LONGEST_TEXT = 600;
const LONGEST_STATEMENT = 80;
/** In templates/database/mariadb-details.sh; the end of an excerpt is shown, so part of a secret may stand there. */
const CUT_BY_SERVER = 300;

function masked(state: MemberState, secrets: Secrets): MemberState {
  const safe = (text: string) => excerpt(secrets.mask(text), LONGEST_TEXT);
  return {
    ...state,
    version: safe(state.version),
    sources: state.sources.map((source) => ({
      ...source,
      address: safe(source.address),
      error: safe(source.error),
    })),
    clients: state.clients.map((client) => ({
      ...client,
      user: safe(client.user),
      address: safe(client.address),
    })),
  };
}

interface ProxyState {
  readonly targets: NonNullable<ProxyAnswer['targets']>;
  readonly knows: readonly string[];
}

async function readProxy(
  name: string,
  { port, members, proxies }: AskedDatabase,
  { connections, hostOf, secrets, signal }: DatabaseReach,
): Promise<ProxyState> {
  if (proxies === undefined) return { targets: [], knows: [] };
  const session = await connections.session(hostOf(name), signal);
  const backend = { balancer: name, control: proxies.control, backend: proxies.backend };
  const proxy = lookAtBalancer({ session, backend, signal });
  const [servers, statistics] = await Promise.all([proxy.readServers(), proxy.readStatistics()]);
  const used = servers.filter(isInTraffic);
  const active = used.filter((server) => statistics.get(server.name)?.isBackup !== true);
  const memberAt = (server: ServerState) =>
    [...members.values()].find((host) => hostOf(host).ssh.address === server.address && server.port === port);
  const targets = (active.length > 0 ? active : used).map((server) => {
    const member = memberAt(server);
    return { name: member ?? excerpt(secrets.mask(server.name), LONGEST_TEXT), member };
  });
  const ready = servers.filter((server) => isWanted(server) && server.weight > 0);
  return { targets, knows: ready.flatMap((server) => memberAt(server) ?? []) };
}

/** The value, or why there is none. Errors of ours pass. */
async function silentOr<T>(
  host: string,
  answer: Promise<T>,
  { secrets, signal, hostOf }: DatabaseReach,
): Promise<{ readonly value: T | undefined; readonly silence: string | undefined }> {
  try {
    return { value: await unlessAborted(answer, signal), silence: undefined };
  } catch (error) {
    if (!tellsOfHost(error)) throw error;
    const reason = reasonOf(sentenceOf(error), hostOf(host));
    return { value: undefined, silence: excerpt(secrets.mask(reason), LONGEST_TEXT) };
  }
}
