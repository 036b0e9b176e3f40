import { PLACE, ZONE } from './zones.js';

/** A time format of widely used programs. */
export interface StampFormat {
  readonly name: string;
  /** Without flags. Its groups are the letters of `fields`. */
  readonly pattern: string;
  /** See fieldsReader. */
  readonly fields: string;
  /**
   * How the time begins: 0 is a digit, A and a are letters of that case. This avoids nearly every attempt with a wrong pattern.
   */
  readonly begins: readonly string[];
  /** The time must be at the beginning of the line, or be the whole line: the rest of the line then confirms it. */
  readonly isFirst?: true;
  /** The time is not one piece that could be cut off. */
  readonly isSpread?: true;
}

const CLOCK = String.raw`(\d\d):(\d\d):(\d\d)`;
const LOOSE_CLOCK = String.raw`(\d{1,2}):(\d\d):(\d\d)`;
const FRACTION = String.raw`(?:[.,](\d{1,9}))?`;
const MONTH =
  '(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)';
const WEEKDAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const ZONED = `(?: ?(${ZONE}))?`;
const HALF = String.raw`[ \u202f]?([AaPp][Mm])(?!\w)`;
const END = String.raw`(?!\d)`;

const DIGITS: readonly StampFormat[] = [
  {
    // ISO 8601 and RFC 3339, also with a blank; Go, nginx, Samba (/); MariaDB and apt (two blanks); Fortinet (time=).
    name: 'ISO 8601',
    pattern: String.raw`(\d{4})[-/.](\d\d)[-/.](\d\d)(?:[Tt_\t]| {1,2}| time=)${LOOSE_CLOCK}${FRACTION}${ZONED}${END}`,
    fields: 'YmdHMSfz',
    begins: ['0000-', '0000/', '0000.'],
  },
  {
    name: 'ISO 8601, basic',
    pattern: String.raw`(\d{4})(\d\d)(\d\d)T(\d\d):?(\d\d):?(\d\d)${FRACTION}${ZONED}${END}`,
    fields: 'YmdHMSfz',
    begins: ['00000000T'],
  },
  {
    name: 'basic date, a clock',
    pattern: String.raw`(\d{4})(\d\d)(\d\d)[ -]${CLOCK}${FRACTION}${ZONED}(?![\d:])`,
    fields: 'YmdHMSfz',
    begins: ['00000000 00:', '00000000-00:'],
  },
  {
    // Numbers without leading zeros: 20171224-0:7:20:9|Step_LSC
    name: 'HealthApp',
    pattern: String.raw`(\d{4})(\d\d)(\d\d)-(\d{1,2}):(\d{1,2}):(\d{1,2}):(\d{1,3})(?=\|)`,
    fields: 'YmdHMSL',
    begins: ['00000000-'],
  },
  {
    // NCSA common log of Apache, nginx, HAProxy, CUPS; Django and Flask have a blank before the clock.
    name: 'common log',
    pattern: String.raw`(\d\d)/${MONTH}/(\d{4})[: ]${CLOCK}${FRACTION}${ZONED}${END}`,
    fields: 'dbYHMSfz',
    begins: ['00/Aaa/', '00/AAA/'],
  },
  {
    // RFC 1123 after its weekday; PHP, Tomcat, BIND, Redis, Oracle; Erlang with two colons.
    name: 'day, month, year',
    pattern: String.raw`(\d{1,2})[- ]${MONTH}[- ](\d{4})(?: |::)${CLOCK}${FRACTION}(?: (${ZONE}|${PLACE}))?${END}`,
    fields: 'dbYHMSfz',
    begins: ['0-Aaa-', '00-Aaa-', '0 Aaa ', '00 Aaa ', '0-AAA-', '00-AAA-'],
  },
  {
    name: 'Redis before 3.0',
    pattern: String.raw`(\d{1,2}) ${MONTH} ${CLOCK}${FRACTION}${END}`,
    fields: 'dbHMSf',
    begins: ['0 Aaa 00:', '00 Aaa 00:'],
  },
  {
    // Hadoop's and Spark's ConsoleAppender.
    name: 'yy/MM/dd',
    pattern: String.raw`(\d\d)/(\d\d)/(\d\d) ${CLOCK}${FRACTION}(?![\d:])`,
    fields: 'YmdHMSf',
    begins: ['00/00/00 '],
  },
  {
    name: 'WebSphere',
    pattern: String.raw`(\d{1,2})/(\d{1,2})/(\d\d) ${LOOSE_CLOCK}:(\d{3}) (${ZONE})(?=\])`,
    fields: 'mdYHMSfz',
    begins: ['00/00/00 ', '0/00/00 ', '00/0/00 ', '0/0/00 '],
  },
  {
    // With am and pm the month comes first; without, the order is not known.
    name: 'US, 12 hours',
    pattern: String.raw`(\d{1,2})/(\d{1,2})/(\d{4}),? ${LOOSE_CLOCK}${FRACTION}${HALF}`,
    fields: 'mdYIMSfp',
    begins: ['00/00/0000', '0/00/0000', '00/0/0000', '0/0/0000'],
  },
  {
    name: 'day.month.year',
    pattern: String.raw`(\d{1,2})\.(\d\d)\.(\d{4}),? ${CLOCK}${FRACTION}${ZONED}${END}`,
    fields: 'dmYHMSfz',
    begins: ['00.00.0000', '0.00.0000'],
  },
  {
    name: 'Proxifier',
    pattern: String.raw`(\d\d)\.(\d\d) ${CLOCK}(?=\])`,
    fields: 'mdHMS',
    begins: ['00.00 00:'],
  },
  {
    name: 'Android',
    pattern: String.raw`(\d\d)-(\d\d) ${CLOCK}\.(\d{3})(?= +(?:\d+ +\d+ +)?[VDIWEFS][ /])`,
    fields: 'mdHMSf',
    begins: ['00-00 00:'],
  },
  {
    name: 'HDFS',
    pattern: String.raw`(\d\d)(\d\d)(\d\d) (\d\d)(\d\d)(\d\d)(?= \d+ [A-Z]+ )`,
    fields: 'YmdHMS',
    begins: ['000000 000000 '],
    isFirst: true,
  },
  {
    name: 'MySQL before 5.7',
    pattern: String.raw`(\d\d)(\d\d)(\d\d) {1,2}${LOOSE_CLOCK}(?=\s|$)`,
    fields: 'YmdHMS',
    begins: ['000000 00:', '000000  0:'],
    isFirst: true,
  },
  {
    // Squid, Redis' MONITOR, strace, some dmesg; a whole number may mean anything.
    name: 'seconds since the epoch',
    pattern: String.raw`(\d{10})\.(\d{1,9})(?=[\s:,|\])]|$)`,
    fields: 'sf',
    begins: ['0000000000.'],
  },
  {
    name: 'seconds since the epoch, in brackets',
    pattern: String.raw`(?<=\[)(\d{10})(?=\][\s:]|\]$)`,
    fields: 's',
    begins: ['0000000000]'],
  },
  {
    name: 'milli-, micro- or nanoseconds since the epoch',
    pattern: String.raw`(\d{13}|\d{16}|\d{19})(?=[\s:,|\]]|$)`,
    fields: 's',
    begins: [13, 16, 19].map((digits) => '0'.repeat(digits)),
  },
  {
    // RAS events of the HPC clusters at Los Alamos.
    name: 'HPC',
    pattern: String.raw`\d+ \S+ \S+ \S+ (\d{10}) [01] `,
    fields: 's',
    begins: [1, 2, 3, 4, 5, 6, 7].map((digits) => `${'0'.repeat(digits)} `),
    isFirst: true,
    isSpread: true,
  },
];

const LETTERS: readonly StampFormat[] = [
  {
    // RFC 3164, with the year and the zone that Cisco adds.
    name: 'syslog',
    pattern: String.raw`${MONTH} ([ \d]\d)(?: (\d{4}))? ${CLOCK}${FRACTION}${ZONED}(?=[ :\]]|$)`,
    fields: 'bdYHMSfz',
    begins: ['Aaa 00 ', 'Aaa  0 '],
  },
  {
    name: 'java.util.logging',
    pattern: String.raw`${MONTH} (\d{1,2}), (\d{4}),? ${LOOSE_CLOCK}${FRACTION}${HALF}${ZONED}`,
    fields: 'bdYIMSfpz',
    begins: ['Aaa 00, ', 'Aaa 0, '],
  },
  {
    // asctime(3), as in Apache's error log, and date(1) with its zone.
    name: 'asctime',
    pattern: String.raw`${WEEKDAY} ${MONTH} ([ \d]\d) ${CLOCK}${FRACTION}${ZONED} (\d{4})${END}`,
    fields: 'bdHMSfzY',
    begins: ['Aaa Aaa '],
  },
  {
    name: 'glog',
    pattern: String.raw`(?<=[IWEF])(\d{4})(\d\d)(\d\d) ${CLOCK}\.(\d{6})(?= )`,
    fields: 'YmdHMSf',
    begins: ['00000000 00:'],
  },
  {
    // The format of Kubernetes; glog without the year.
    name: 'klog',
    pattern: String.raw`(?<=[IWEF])(\d\d)(\d\d) ${CLOCK}\.(\d{6})(?= )`,
    fields: 'mdHMSf',
    begins: ['0000 00:'],
  },
  {
    // Logs of supercomputers at Sandia and Livermore: a tag, seconds, and the date again.
    name: 'BGL and Thunderbird',
    pattern: String.raw`(?:-|[A-Z][A-Z0-9_]*) (\d{10}) \d{4}\.\d\d\.\d\d \S+ (?:\d{4}(?:-\d\d){3}(?:\.\d\d){2}\.(\d{6}))?`,
    fields: 'sf',
    begins: ['- 0000000000 ', 'A'],
    isFirst: true,
    isSpread: true,
  },
];

export const FORMATS: readonly StampFormat[] = [...DIGITS, ...LETTERS];
