import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import type { Lab } from '../../../../src/lib/lab/lab.js';
import { labPaths } from '../../../../src/lib/lab/paths.js';
import { DEFAULT_SIZES } from '../../../../src/lib/lab/sizes.js';
import { buildTopology } from '../../../../src/lib/lab/topology.js';
import { renderNextSteps } from '../../../../src/lib/ui/lab/lab-view.js';

const lab = {
  name: 'dev',
  paths: labPaths('dev'),
  record: { sizes: DEFAULT_SIZES },
  topology: buildTopology('dev', DEFAULT_SIZES),
} as Lab;

it.each([80, 60])('what to type next when a lab is up can be copied at %i columns', (columns) => {
  const lines = renderNextSteps(lab, columns).split('\n');
  expect(lines.filter((line) => line.length > columns)).toEqual([]);
  const typed = lines.filter((line) => line.startsWith('  ')).join('\n');
  const words = execFileSync('sh', ['-c', `kuafu() { echo "$@"; }\n${typed}`], { encoding: 'utf8' });
  expect(words.trim().split('\n')).toEqual([
    'lab run --name dev',
    'lab run --name dev -- kuafu scale --app shop --group web --idc B --count 20 --template-ip 198.18.1.11 --start',
    'lab run --name dev -- curl -sS http://203.0.113.102/whoami',
    'lab down --name dev',
  ]);
});
