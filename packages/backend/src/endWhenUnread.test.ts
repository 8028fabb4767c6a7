import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const TRANSFORM = require.resolve('@backstage/cli/config/nodeTransform.cjs');

/** As the portal: every uncaught error goes to the log, and it ends in order. */
const SCRIPT = `
  const { endWhenUnread } = require(${JSON.stringify(
    path.join(__dirname, 'endWhenUnread.ts'),
  )});
  endWhenUnread();
  process.on('uncaughtException', error => console.log('Uncaught', error));
  process.on('SIGTERM', () => process.exit(7));
  setInterval(() => console.log('.'), 10);
`;

describe('endWhenUnread', () => {
  it('ends the process in order when whoever reads its log is gone', async () => {
    const child = spawn(
      process.execPath,
      ['--require', TRANSFORM, '-e', SCRIPT],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = await once(child, 'exit');
    expect(code).toBe(7);
  }, 20_000);

  it('goes on when a log cannot take a line for another reason', async () => {
    const child = spawn(
      process.execPath,
      [
        '--require',
        TRANSFORM,
        '-e',
        `${SCRIPT}
        process.stdout.emit('error', Object.assign(new Error('full'), { code: 'ENOSPC' }));
        setTimeout(() => process.exit(3), 200);`,
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    child.stdout.resume();
    const [code] = await once(child, 'exit');
    expect(code).toBe(3);
  }, 20_000);
});
