import { jsonText } from '../../json-text.js';
import { splitWords } from '../../shell/words.js';

/** What arguments for ssh say about the path to a host; undefined: not set. */
export interface SshArguments {
  readonly user: string | undefined;
  readonly port: string | undefined;
  readonly identityFiles: readonly string[];
  /** Jump hosts such as `ops@gw:2201`, nearest to us first; an empty list: a direct connection, whatever ssh_config says. */
  readonly proxyJump: readonly string[] | undefined;
  readonly connectTimeout: string | undefined;
  readonly acceptsNewKeys: boolean;
  /** Options that would change a connection of ssh and that kuafu does not follow, such as `-F` or `HostKeyAlias`. */
  readonly notFollowed: readonly string[];
}

// From ssh(1): the flags with a value, and the options that some of them stand for.
const WITH_VALUE = 'BbcDEeFIiJLlmOopPQRSWw';
const OPTION_OF: ReadonlyMap<string, string> = new Map([
  ['J', 'proxyjump'],
  ['i', 'identityfile'],
  ['l', 'user'],
  ['p', 'port'],
]);

// Flags that do not change where a connection goes, which account it uses or which keys it trusts, or that kuafu handles itself.
const HARMLESS_FLAGS = 'ACDEGKLMNOQRSTVXYaefgknqstvwxy';
const HARMLESS_OPTIONS = new Set(
  `batchmode checkhostip clearallforwardings compression connectionattempts controlmaster controlpath controlpersist
  dynamicforward escapechar exitonforwardfailure forwardagent forwardx11 forwardx11trusted gssapiauthentication
  gssapidelegatecredentials hashknownhosts ipqos kbdinteractiveauthentication localforward loglevel
  numberofpasswordprompts passwordauthentication permitlocalcommand preferredauthentications pubkeyauthentication
  remoteforward requesttty sendenv serveralivecountmax serveraliveinterval setenv tcpkeepalive updatehostkeys
  visualhostkey`.split(/\s+/),
);

const LONGEST_LINE = 4096;

interface GivenOption {
  /** The option in lower case; a flag that stands for no option is kept as it is, such as `-F`. */
  readonly keyword: string;
  readonly value: string;
}

/**
 * Reads `ansible_ssh_common_args` and similar variables. If an option is given twice, the first counts, as in ssh. A jump host
 * may also be a ProxyCommand of `ssh -W %h:%p`.
 *
 * @throws {Error} with a sentence, when a connection without these arguments would take another path
 */
export function readSshArguments(line: string): SshArguments {
  if (line.length > LONGEST_LINE) throw new Error(`is longer than ${LONGEST_LINE} characters`);
  const { options, rest } = takeApart(splitWords(line));
  if (rest.length > 0) throw new Error(`has a word that is no option of ssh: ${jsonText(rest[0])}`);
  const first = (keyword: string) => options.find((option) => option.keyword === keyword)?.value;
  if (first('hostname') !== undefined) throw new Error('has a HostName: set ansible_host instead');
  const known = ['user', 'port', 'identityfile', 'proxyjump', 'proxycommand', 'connecttimeout'];
  const strictness = first('stricthostkeychecking')?.toLowerCase();
  const isFollowed = ({ keyword, value }: GivenOption) =>
    known.includes(keyword) ||
    HARMLESS_OPTIONS.has(keyword) ||
    (keyword === 'stricthostkeychecking' &&
      ['accept-new', 'ask', 'yes', 'true'].includes(value.toLowerCase()));
  return {
    user: first('user'),
    port: first('port'),
    identityFiles: options.flatMap(({ keyword, value }) => (keyword === 'identityfile' ? [value] : [])),
    proxyJump: jumpsOf(options.find(({ keyword }) => keyword === 'proxyjump' || keyword === 'proxycommand')),
    connectTimeout: first('connecttimeout'),
    acceptsNewKeys: strictness === 'accept-new',
    notFollowed: [...new Set(options.flatMap((option) => (isFollowed(option) ? [] : [shown(option)])))],
  };
}

function shown({ keyword, value }: GivenOption): string {
  return keyword === 'stricthostkeychecking' ? `${keyword}=${value}` : keyword;
}

/** The options and flags of a command line of ssh; `rest`: the words that are neither. */
function takeApart(words: readonly string[]): { options: GivenOption[]; rest: string[] } {
  const options: GivenOption[] = [];
  const rest: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (!/^-./.test(word)) {
      rest.push(word);
      continue;
    }
    for (let at = 1; at < word.length; at += 1) {
      const flag = word[at] ?? '';
      const takesValue = WITH_VALUE.includes(flag);
      const value = takesValue ? word.slice(at + 1) || (words[++index] ?? '') : '';
      if (flag === 'o') options.push(optionOf(value));
      else if (OPTION_OF.has(flag)) options.push({ keyword: OPTION_OF.get(flag) ?? '', value });
      else if (!HARMLESS_FLAGS.includes(flag)) options.push({ keyword: `-${flag}`, value });
      if (takesValue) break;
    }
  }
  return { options, rest };
}

/** `Key=Value`, or with a blank between them. */
function optionOf(text: string): GivenOption {
  const [, keyword = '', value = ''] = /^([^\s=]*)\s*=?\s*(.*)$/s.exec(text.trim()) ?? [];
  return { keyword: keyword.toLowerCase(), value: value.replace(/^"(.*)"$/s, '$1') };
}

function jumpsOf(option: GivenOption | undefined): readonly string[] | undefined {
  if (option === undefined) return undefined;
  if (option.value.toLowerCase() === 'none') return [];
  if (option.keyword === 'proxycommand') return jumpsOfCommand(option.value);
  return option.value.split(',').map((jump) => jump.trim().replace(/^ssh:\/\/(.*?)\/?$/, '$1'));
}

/** Reads `ssh -W %h:%p -q ops@gw`, the long form of ProxyJump (ssh_config(5)). */
function jumpsOfCommand(command: string): readonly string[] {
  const [program = '', ...words] = splitWords(command);
  const { options, rest } = takeApart(words);
  const first = (keyword: string) => options.find((option) => option.keyword === keyword)?.value;
  const [place = ''] = rest;
  const [, account, host = ''] = /^(?:(.+)@)?([^@]*)$/s.exec(place) ?? [];
  const understood = [
    '-W',
    'user',
    'port',
    'proxyjump',
    'proxycommand',
    'stricthostkeychecking',
    'userknownhostsfile',
  ];
  const isJump =
    /(^|\/)ssh$/.test(program) &&
    rest.length === 1 &&
    /^(%h:%p|\[%h\]:%p)$/.test(first('-W') ?? '') &&
    options.every(({ keyword }) => understood.includes(keyword) || HARMLESS_OPTIONS.has(keyword));
  if (!isJump)
    throw new Error('has a ProxyCommand, which kuafu does not run; a jump host is -J or ProxyJump');
  const user = first('user') ?? account;
  const port = first('port');
  const own = `${user === undefined ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}`;
  const before = options.find(({ keyword }) => keyword === 'proxyjump' || keyword === 'proxycommand');
  return [...(jumpsOf(before) ?? []), own];
}
