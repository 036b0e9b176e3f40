// A process of its own on a ledger that others use at the same moment. Started by processes.test.ts:
// node contender.mjs SOURCES LEDGER PLAN-JSON (contend | reserve | append)
const [sources, file, planJson, mode] = process.argv.slice(2);
const { openLedger } = await import(`${sources}/ledger/open.js`);
const { currentOwner } = await import(`${sources}/ledger/owner.js`);
const plan = JSON.parse(planJson);
const owner = currentOwner({});
const tell = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

if (mode === 'contend') await contend();
else if (mode === 'reserve') await reserve();
else await appendForever();

/** When told to: makes the ledger, takes a lock, takes a spare, each at the same moment as the others. */
async function contend() {
  await import(`${sources}/ledger/sqlite.js`); // loaded beforehand, so that all start together
  tell('ready');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  const ledger = await openLedger({ ledger: { kind: 'sqlite', file } });
  const lock = await ledger.open(plan, owner).catch((error) => error);
  const own = await ledger.open({ ...plan, locks: [`own/${process.pid}`] }, owner);
  const host = await ledger.claim('contended', 'B', own);
  tell({ lock: typeof lock === 'string', message: String(lock.message), exitCode: lock.exitCode, host });
  process.stdin.resume().on('end', () => process.exit()); // a winner that ended would be a crashed operation
}

/** When told to: one of two spares by hand, of which one is taken already. */
async function reserve() {
  const ledger = await openLedger({ ledger: { kind: 'sqlite', file } });
  tell('ready');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  const candidates = ['last', 'taken'].map((name) => ({ name, room: 'B' }));
  const request = { candidates, count: 1, operator: `p${process.pid}`, note: '', forMs: 60_000 };
  const answer = await ledger.reserve(request).catch((error) => error);
  await ledger.close();
  tell({ hosts: answer.map?.((row) => row.host) ?? [], message: answer.message, exitCode: answer.exitCode });
  process.exit();
}

async function appendForever() {
  const ledger = await openLedger({ ledger: { kind: 'sqlite', file } });
  const id = await ledger.open(plan, owner);
  const event = { at: new Date().toISOString(), type: 'step-started', attempt: 1, stage: 's', undo: false };
  const lane = async (host) => {
    for (let step = 0; ; step += 1) {
      await ledger.append(id, { ...event, host, step: String(step) });
      tell({ host, step });
    }
  };
  await Promise.all(['a', 'b', 'c'].map(lane));
}
