import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout, absolute. */
export const ROOT =
  process.env.FAIRWAY_ROOT ??
  path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** What Fairway keeps: databases, sandbox, logs, marks of what was built. */
export const STATE_DIR = path.join(ROOT, '.fairway');

export const BACKSTAGE_CLI = path.join(
  ROOT,
  'node_modules/@backstage/cli/bin/backstage-cli',
);

/** Has a process end when its launcher is gone; resolved beside this file. */
export const LIFELINE = fileURLToPath(new URL('lifeline.cjs', import.meta.url));

/** Lets Node run the workspaces' TypeScript as it stands. */
export const NODE_TRANSFORM = path.join(
  ROOT,
  'node_modules/@backstage/cli/config/nodeTransform.cjs',
);
