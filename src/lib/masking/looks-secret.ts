import { HIDDEN } from './masked.js';

/** Names that say that their value is a secret. */
const SOUNDS_SECRET =
  /PASS(WORD|WD|PHRASE)?|PWD|SECRET|TOKEN|CRED(S|ENTIALS?)?(_|$)|PRIVATE|(^|_)(PW|AUTH|KEY|DSN|PIN|SALT|JWT)(_|$)|API_?KEY|ACCESS_?KEY|WEBHOOK/i;
const BEGUN_KEY =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----.*?(?:-----END [A-Z0-9 ]{0,60}-----|$)/gs;
/** Up to the password in `//user:password@host`. Text that begins with a port is no password. */
const USER_BEFORE_PASSWORD = /:\/\/[^:/?#@]*:(?!\d{1,5}(?:[/?#]|$))/;
const WORD = /[^\s"'<>]+/g;
/** The same without a protocol, and in the form of Go's MySQL driver: `user:password@tcp(host:3306)/db`. */
const PASSWORD_OF_ADDRESS =
  /^(?!mailto:|sips?:|acct:)([\w.%+-]+:)[^\s/][^\s]*@(?=[\w.-]+(?::\d{1,5})?(?:[/?]|$)|\w+\()/;
/** `//TOKEN@host` */
const USER_OF_URL = /(:\/\/)([^\s:/?#@]{16,})@/g;
/** In queries, connection strings, options and JSON: `&password=…`, `Password=…;`, `--token …`, `"secret": "…"`. */
const ASSIGNED =
  /((?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|(?:access|account|shared|private|secret|sharedaccess)[_-]?key|credentials?|signature|sig|sas)["']?(?:\s{0,4}[=:]\s{0,4}|\s(?<=--[\w-]{1,32}\s)))("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s&;,"'}\])]+)/gi;
const SAYS_NOTHING =
  /^["']?(?:\d{1,5}[a-z]{0,2}|true|false|yes|no|on|off|null|none|required|optional|\(hidden\)?|\[\w+\]?)["']?$/i;

/** Tokens, by the prefix or form that their issuer gives them. */
const TOKENS = [
  'gh[oprsu]_[A-Za-z0-9]{16,}',
  'github_pat_\\w{20,}',
  'gl(?:pat|dt|rt|soat|cbt|ptt|ft|imt|agent|oas)-[\\w-]{16,}',
  'xox[abeprs]-[\\w-]{10,}',
  'xapp-[\\w-]{10,}',
  '(?<=hooks\\.slack\\.com/(?:services|workflows)/)[\\w/-]{8,}',
  '(?<=/api/webhooks/)\\d+/[\\w-]{16,}',
  '(?<=webhook\\.office\\.com/)[\\w@/-]{16,}',
  '(?<=/robot/send\\?access_token=)\\w{16,}',
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}',
  'LTAI[A-Za-z0-9]{12,}',
  'AKID[A-Za-z0-9]{13,}',
  'AIza[\\w-]{35}',
  'GOCSPX-[\\w-]{20,}',
  'ya29\\.[\\w-]{20,}',
  '(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,}',
  'whsec_[A-Za-z0-9+/=]{16,}',
  'sk-[A-Za-z0-9_-]{20,}',
  'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
  'key-[0-9a-f]{32}',
  'npm_[A-Za-z0-9]{30,}',
  'pypi-[\\w-]{16,}',
  'do[opr]_v1_[0-9a-f]{32,}',
  'hv[sbr]\\.[\\w-]{20,}',
  '(?<![\\w.])s\\.[A-Za-z0-9]{24}(?!\\w)',
  'eyJ[\\w-]{8,1024}\\.[\\w-]{8,}(?:\\.[\\w-]*)?',
  'AGE-SECRET-KEY-1[A-Z0-9]{20,}',
  '(?<!\\d)\\d{8,10}:AA[\\w-]{30,}',
  'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}',
  'sq0[a-z]{3}-[\\w-]{22,}',
  'dapi[0-9a-f]{32}',
  'dckr_pat_[\\w-]{20,}',
  'gl(?:c|sa)_[\\w+/=]{20,}',
  'hf_[A-Za-z0-9]{30,}',
  'ATATT3[\\w=-]{20,}',
  'NRAK-[A-Z0-9]{20,}',
  'lin_api_[A-Za-z0-9]{20,}',
  '(?<=(?:^|[^a-z])(?:bearer|basic|token)\\s{1,3})[\\w+/=.~-]{8,}',
  '\\$(?:2[abxy]?|5|6|y|argon2(?:id|i|d)|scrypt)\\$[\\w./$=,+-]{20,}',
].join('|');
/** For a test, as it is no literal. */
export const TOKEN = new RegExp(TOKENS, 'gi');
const MANY_KINDS = /[A-Za-z0-9+/_=-]{24,}/g;

/** Whether a name says that its value is a secret. */
export function soundsSecret(name: string): boolean {
  return SOUNDS_SECRET.test(name);
}

/**
 * The same, unless the value is clearly no secret: a number, a switch, a length of time or a path under a name such as TOKEN_TTL
 * or KEY_FILE.
 */
export function saysSecret(name: string, value: string): boolean {
  const isOrdinary =
    value === '' ||
    /^(?:\d{1,5}(?:\.\d+)?\s?[a-z]{0,2}|true|false|yes|no|on|off|none|\/[\w./-]*)$/i.test(value);
  return soundsSecret(name) && !isOrdinary;
}

/**
 * The value of a name that is not known to be secret, with the parts hidden that look like a secret: passwords in URLs and
 * connection strings, tokens with an issuer's prefix, keys, and text that is too random to be a word. Digests in hex, UUIDs,
 * versions, paths and names of images stay.
 */
export function hideLooks(value: string): string {
  return value
    .replace(BEGUN_KEY, HIDDEN)
    .replace(WORD, hidePasswordOfUrl)
    .replace(PASSWORD_OF_ADDRESS, `$1${HIDDEN}@`)
    .replace(USER_OF_URL, (whole, slashes: string, user: string) =>
      /\d/.test(user) || user.length >= 24 ? `${slashes}${HIDDEN}@` : whole,
    )
    .replace(TOKEN, HIDDEN)
    .replace(ASSIGNED, (whole, name: string, given: string) =>
      SAYS_NOTHING.test(given) ? whole : `${name}${HIDDEN}`,
    )
    .replace(MANY_KINDS, (text) => (isDisorderly(text) ? HIDDEN : text));
}

/** `//user:password@host`: up to the last @ of the word. */
function hidePasswordOfUrl(word: string): string {
  const at = word.lastIndexOf('@');
  const found = USER_BEFORE_PASSWORD.exec(word);
  if (found === null) return word;
  const from = found.index + found[0].length;
  return at > from ? word.slice(0, from) + HIDDEN + word.slice(at) : word;
}

/** Letters of both cases and digits, mixed as in no word or name: keys and tokens of an unknown issuer. */
function isDisorderly(text: string): boolean {
  const core = text.replace(/(?<!=)=+$/, '');
  if (/^[0-9a-f-]+$/i.test(core) || core.startsWith('/')) return false;
  const kinds = [...core].map((each) =>
    /[a-z]/.test(each) ? 0 : /[A-Z]/.test(each) ? 1 : /\d/.test(each) ? 2 : 3,
  );
  const changes = kinds.filter((kind, at) => at > 0 && kind !== kinds[at - 1]).length / core.length;
  const [lower, upper, digits] = [0, 1, 2].map((kind) => kinds.filter((each) => each === kind).length);
  // A secret key of AWS has exactly this length.
  if (core.length === 40 && upper && upper >= 8 && lower && lower >= 6 && digits) return true;
  if (!lower || !digits || digits < 2) return false;
  return upper ? upper >= 3 && changes >= 0.4 : core.length >= 32 && !/[-_/]/.test(core) && changes >= 0.4;
}
