import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { SYSTEM } from './sides.mjs';

const PUSHER = 'bench:sandbox-github-token';

/**
 * Makes skeletons of what the portal's template made for a service, so that the
 * peer writes the same files: those of its repository, and those that its
 * commit added to the GitOps repository.
 *
 * @param {string} gitUrl of the Git server, without trailing slash
 * @param {string} folder of the rig
 * @param {{ name: string, taskId: string }} run that made the service
 * @throws Error when it made none
 */
export function writeStockSkeletons(gitUrl, folder, run) {
  const target = path.join(folder, 'templates/stock');
  const source = clone(gitUrl, run.name, folder);
  writeSkeleton(source, filesOf(source), path.join(target, 'skeleton'), run);
  const gitops = clone(gitUrl, SYSTEM, folder);
  const [commit] = git(
    gitops,
    'log',
    '--format=%H',
    `--grep=^Fairway-Task: ${run.taskId}$`,
  );
  if (!commit) throw new Error(`${run.name} has no desired state`);
  git(gitops, 'checkout', '--quiet', commit);
  const added = git(
    gitops,
    ...['show', '--format=', '--name-only', '--diff-filter=A', commit],
  );
  writeSkeleton(gitops, added, path.join(target, 'gitops'), run);
}

/**
 * A text as a template that gives it back for another service: what the
 * template language would read is written out.
 *
 * @param {string} text
 * @param {{ name: string, taskId: string }} run
 */
export function skeletonOf(text, { name, taskId }) {
  return text
    .replace(/\$\{\{|\{[%#]|[%#]\}/g, mark => `\${{ '${mark}' }}`)
    .replaceAll(name, '${{ values.name }}')
    .replaceAll(taskId, '${{ values.taskId }}');
}

function writeSkeleton(folder, files, target, run) {
  for (const file of files) {
    const text = fs.readFileSync(path.join(folder, file), 'utf8');
    const isRendered = text.includes(run.name) || text.includes(run.taskId);
    const to = path.join(
      target,
      skeletonOf(file, run) + (isRendered ? '.njk' : ''),
    );
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.writeFileSync(to, isRendered ? skeletonOf(text, run) : text);
  }
}

function clone(gitUrl, repository, folder) {
  const url = new URL(`${gitUrl}/${SYSTEM}/${repository}.git`);
  [url.username, url.password] = PUSHER.split(':');
  const to = path.join(folder, 'clones', repository);
  execFileSync('git', ['clone', '--quiet', url.href, to]);
  return to;
}

const filesOf = folder => git(folder, 'ls-files');

function git(folder, ...args) {
  return execFileSync('git', ['-c', 'core.quotePath=false', ...args], {
    cwd: folder,
    encoding: 'utf8',
  })
    .split('\n')
    .filter(Boolean);
}
