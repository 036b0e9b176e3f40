import { afterEach, beforeEach, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';
import { scaleWithoutBalancer } from '../support/lost-balancer.js';

let room: LabRoom;
beforeEach(async () => {
  room = new LabRoom();
  await room.open();
});
afterEach(() => room.close());

it('a template that does not run the application is called that, with those that do', async () => {
  const run = await room.scale({ templateIp: 'lb-a' });
  expect(run.code).toBe(3);
  expect(run.stderr).toContain('template host lb-a does not have shop');
  expect(run.stderr).toMatch(/hosts of shop: web-a-\[01-\d\d\],web-b-\[01-\d\d\]/);
});

it('a template that cannot be reached is called the template, and nothing was changed', async () => {
  await room.powerOff('web-a-02');
  const run = await room.scale({ templateIp: 'web-a-02' });
  expect(run.code).toBe(5);
  expect(run.stderr).toMatch(/the template cannot be read, nothing was changed: web-a-02 /);
});

it('the plan names the operation before it that is unfinished, and its checksum', async () => {
  const broken = await scaleWithoutBalancer(room, {});
  expect(broken.code).toBe(4);
  const words = room.scaleWords({}).filter((word) => word !== '--yes');
  const { code, stderr } = await room.kuafu(words);
  expect(code).toBe(3);
  expect(stderr).toMatch(
    new RegExp(`operation ${broken.id} on this group is unfinished and keeps new-b-01; kuafu ops resume`),
  );
  expect(stderr).toMatch(/^checksum [0-9a-f]{64}$/m);
  const { stdout } = await room.kuafu([...words, '--dry-run', '--json']);
  expect(stderr).toContain(JSON.parse(stdout).checksum);
});
