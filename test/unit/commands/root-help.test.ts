import { expect, it } from 'vitest';
import { createProgram } from '../../../src/commands/program.js';
import { ROOT_HELP } from '../../../src/commands/root-help.js';

it('lists every command and every option there is, and no other', async () => {
  const program = await createProgram([], '1.2.3');
  const listed = [...ROOT_HELP.matchAll(/^ {2}(\S.*?) {2,}/gm)].map(([, term]) => term);
  const commands = program.commands.map((command) => command.name());
  const options = program.options.map((option) => option.flags);
  const terms = listed.filter((term) => !term?.startsWith('kuafu') && !/^\d/.test(term ?? ''));
  expect(terms.toSorted()).toEqual([...commands, ...options, '-h, --help'].toSorted());
});

it('says of options what the help of a command says', async () => {
  const program = await createProgram([], '1.2.3');
  for (const { flags, description } of program.options) {
    expect(ROOT_HELP).toMatch(
      new RegExp(`^  ${flags.replace(/[()]/g, '\\$&')} +${description.replace(/[()]/g, '\\$&')}$`, 'm'),
    );
  }
});
