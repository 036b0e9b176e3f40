import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { DeviceState } from '../../../../src/lib/guard/generation.js';
import { openExec } from '../../../../src/lib/layers/dns/exec/adapter.js';
import { Secrets } from '../../../../src/lib/masking/secret.js';

/** A provider that takes a change, and lists it only at the third look afterwards. */
const LATE = `#!/bin/sh
folder=\${0%/*}
case $1 in
apply) cat > /dev/null; echo 0 > "$folder/looks" ;;
list)
  values='["203.0.113.101"]'
  if [ -e "$folder/looks" ]; then
    looks=$(cat "$folder/looks")
    echo $((looks + 1)) > "$folder/looks"
    [ "$looks" -lt 2 ] || values='["203.0.113.102"]'
  fi
  echo "{\\"records\\": [{\\"name\\": \\"www\\", \\"type\\": \\"A\\", \\"ttl\\": 5, \\"values\\": $values}]}" ;;
esac
`;

it('a change that a provider took and shows later is waited for: nobody takes it for refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kuafu-provider-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const program = join(folder, 'provider.sh');
  const file = join(folder, 'kuafu.config.yaml');
  await writeFile(program, LATE, { mode: 0o700 });
  await writeFile(file, '');
  const authority = openExec({
    zone: 'prog.test',
    program: [program],
    timeoutMs: 10_000,
    file,
    secrets: new Secrets(),
  });
  const content = (address: string) => ({ ttlSeconds: 5, values: [address] });
  const change = {
    name: 'www',
    type: 'A',
    from: content('203.0.113.101'),
    to: content('203.0.113.102'),
  } as const;
  await authority.apply([change], {} as DeviceState);
  expect(await authority.read(['www'])).toMatchObject([{ values: ['203.0.113.102'] }]);
});
