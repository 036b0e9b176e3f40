import type { CapacityVerdict } from '../../report/capacity.js';
import { type CapacityReport, isFinding } from '../../report/capacity-report.js';
import { type BarChart, type PageTable, renderPage, type Verdict } from '../frame/page.js';
import {
  basisSentence,
  fixLines,
  modelSentence,
  percent,
  roomLoad,
  rounded,
  verdictSentence,
} from './capacity-view.js';

/** `kuafu report capacity --html`: the verdict, the command, needed and present hosts, use by room, then the numbers. */
export async function renderCapacityPage(report: CapacityReport): Promise<string> {
  const { verdicts, at, notes } = report;
  return await renderPage({
    title: 'Capacity without a room',
    at,
    asked: modelSentence(report),
    verdicts: verdicts.map((verdict) => ({ text: verdictSentence(verdict), tone: toneOf(verdict) })),
    commands: fixLines(report),
    charts: [hostsChart(verdicts), ...loadCharts(report)],
    tables: [verdictTable(verdicts), hostTable(report)],
    notes,
  });
}

/** Without load nothing can be judged: that is no finding, and no good news. */
function toneOf(verdict: CapacityVerdict): Verdict['tone'] {
  if (isFinding(verdict)) return 'bad';
  return verdict.basis === 'idle' ? 'muted' : 'good';
}

function hostsChart(verdicts: readonly CapacityVerdict[]): BarChart {
  return {
    title: 'If a room is lost: hosts there, hosts needed',
    unit: 'hosts',
    labels: verdicts.map(({ app, group, lost }) => `${app}/${group}, ${lost} lost`),
    series: [
      { name: 'there', tone: 'plain', values: verdicts.map(({ there }) => there) },
      {
        name: 'needed',
        tone: verdicts.map(toneOf),
        values: verdicts.map(({ needed }) => needed),
      },
    ],
  };
}

function loadCharts({ groups, question }: CapacityReport): BarChart[] {
  const rows = groups.flatMap((group) =>
    [...new Set(group.hosts.map(({ room }) => room))].map((room) => ({
      label: `${group.app}/${group.group}, room ${room}`,
      ...roomLoad(group, room),
    })),
  );
  const labels = rows.map(({ label }) => label);
  const cpu: BarChart = {
    title: 'CPU in use now',
    unit: '% of the CPUs of its hosts',
    labels,
    series: [
      {
        name: 'CPU',
        tone: rows.map(({ cpuShare }) => ((cpuShare ?? 0) > question.target ? 'bad' : 'plain')),
        values: rows.map(({ cpuShare }) => (cpuShare === null ? null : rounded(cpuShare * 100))),
      },
    ],
    limit: { name: `target ${percent(question.target)}`, value: question.target * 100 },
  };
  const rate: BarChart = {
    title: 'Requests now',
    unit: 'a second',
    labels,
    series: [{ name: 'requests/s', tone: 'plain', values: rows.map(({ requests }) => rounded(requests)) }],
  };
  return rows.some(({ requests }) => (requests ?? 0) > 0) ? [cpu, rate] : [cpu];
}

function verdictTable(verdicts: readonly CapacityVerdict[]): PageTable {
  return {
    title: 'If a room is lost',
    head: ['Group', 'Lost', 'Left', 'There', 'Needed', 'Short by', 'By'],
    rows: verdicts.map((verdict) => [
      `${verdict.app}/${verdict.group}`,
      verdict.lost,
      verdict.left.join(', '),
      String(verdict.there),
      verdict.needed === null ? '?' : String(verdict.needed),
      String(verdict.short),
      basisSentence(verdict),
    ]),
  };
}

function hostTable({ groups }: CapacityReport): PageTable {
  return {
    title: 'Hosts',
    head: ['Group', 'Room', 'Host', 'Serves', 'CPUs', 'In use', 'Requests/s'],
    rows: groups.flatMap(({ app, group, hosts }) =>
      hosts.map(({ host, room, serves, why, cpus, cpusUsed, requests }) => [
        `${app}/${group}`,
        room,
        host,
        serves ? 'yes' : `no: ${why}`,
        cpus === null ? '?' : String(cpus),
        cpusUsed === null ? '?' : cpusUsed.toFixed(2),
        requests === null ? '-' : requests.toFixed(1),
      ]),
    ),
  };
}
