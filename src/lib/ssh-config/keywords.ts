/** The kind of value of an option that decides how kuafu connects. */
export type OptionKind =
  | 'word'
  | 'host'
  | 'words'
  | 'line'
  | 'jumps'
  | 'port'
  | 'flag'
  | 'seconds'
  | 'strictness'
  | 'family';

/** By keyword in lower case; the names and their kinds of value are those of readconf.c of OpenSSH. */
export const FOLLOWED: ReadonlyMap<string, OptionKind> = new Map([
  ['addressfamily', 'family'],
  ['bindaddress', 'word'],
  ['certificatefile', 'word'],
  ['connecttimeout', 'seconds'],
  ['globalknownhostsfile', 'words'],
  ['hostkeyalias', 'word'],
  ['hostname', 'host'],
  ['identitiesonly', 'flag'],
  ['identityagent', 'word'],
  ['identityfile', 'word'],
  ['port', 'port'],
  ['proxycommand', 'line'],
  ['proxyjump', 'jumps'],
  ['refuseconnection', 'word'],
  ['stricthostkeychecking', 'strictness'],
  ['tag', 'word'],
  ['user', 'word'],
  ['userknownhostsfile', 'words'],
]);

/** Options that have an older name. */
export const RENAMED: ReadonlyMap<string, string> = new Map([['identityfile2', 'identityfile']]);

/** An option that changes connections of ssh, but not those of kuafu. */
export interface Unfollowed {
  readonly name: string;
  /**
   * says: at every connection, because ssh would take another route or show another identity. shows: when the host is looked
   * up.
   */
  readonly weight: 'says' | 'shows';
  /** Values that change nothing. */
  readonly harmless: RegExp;
}

const OFF = /^(no|none|false)$/i;
const NOTHING = /^$/;

export const UNFOLLOWED: ReadonlyMap<string, Unfollowed> = new Map(
  (
    [
      ['BindInterface', 'says', NOTHING],
      ['CanonicalizeHostname', 'says', OFF],
      ['CanonicalizePermittedCNAMEs', 'says', OFF],
      ['KnownHostsCommand', 'says', OFF],
      ['PKCS11Provider', 'says', OFF],
      ['RevokedHostKeys', 'says', OFF],
      ['PreferredAuthentications', 'shows', NOTHING],
      ['PubkeyAuthentication', 'shows', /^(yes|true|unbound|host-bound)$/i],
      ['NoHostAuthenticationForLocalhost', 'shows', OFF],
      ['VerifyHostKeyDNS', 'shows', OFF],
      ['ForwardAgent', 'shows', OFF],
      ['PermitLocalCommand', 'shows', OFF],
      ['Ciphers', 'shows', NOTHING],
      ['MACs', 'shows', NOTHING],
      ['KexAlgorithms', 'shows', NOTHING],
      ['HostKeyAlgorithms', 'shows', NOTHING],
      ['PubkeyAcceptedAlgorithms', 'shows', NOTHING],
      ['RequiredRSASize', 'shows', NOTHING],
    ] as const
  ).map(([name, weight, harmless]) => [name.toLowerCase(), { name, weight, harmless }]),
);

/** The other options that ssh knows, in any version: they have no meaning for a connection of kuafu. */
const WITHOUT_MEANING = new Set(
  `addkeystoagent afstokenpassing batchmode canonicaldomains canonicalizefallbacklocal canonicalizemaxdots
  casignaturealgorithms challengeresponseauthentication channeltimeout checkhostip cipher clearallforwardings compression
  compressionlevel connectionattempts controlmaster controlpath controlpersist dsaauthentication dynamicforward
  enableescapecommandline enablesshkeysign escapechar exitonforwardfailure fallbacktorsh fingerprinthash
  forkafterauthentication forwardx11 forwardx11timeout forwardx11trusted gatewayports globalknownhostsfile2
  gssapiauthentication gssapiclientidentity gssapidelegatecredentials gssapikexalgorithms gssapikeyexchange
  gssapirenewalforcesrekey gssapiserveridentity gssapitrustdns hashknownhosts hostbasedacceptedalgorithms
  hostbasedauthentication hostbasedkeytypes ignoreunknown ipqos kbdinteractiveauthentication kbdinteractivedevices
  keepalive kerberosauthentication kerberostgtpassing localcommand localforward loglevel logverbose
  numberofpasswordprompts obscurekeystroketiming passwordauthentication permitremoteopen protocol proxyusefdpass
  pubkeyacceptedkeytypes rekeylimit remotecommand remoteforward requesttty rhostsauthentication rhostsrsaauthentication
  rsaauthentication securitykeyprovider sendenv serveralivecountmax serveraliveinterval sessiontype setenv
  skeyauthentication smartcarddevice stdinnull streamlocalbindmask streamlocalbindunlink syslogfacility tcpkeepalive
  tisauthentication tunnel tunneldevice updatehostkeys usekeychain useprivilegedport userknownhostsfile2 useroaming usersh
  versionaddendum visualhostkey warnweakcrypto xauthlocation`.split(/\s+/),
);

export function isKnownOption(keyword: string): boolean {
  return FOLLOWED.has(keyword) || UNFOLLOWED.has(keyword) || WITHOUT_MEANING.has(keyword);
}
