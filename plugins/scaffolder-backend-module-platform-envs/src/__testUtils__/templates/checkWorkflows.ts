import { buildSync } from 'esbuild';
import { createRequire } from 'node:module';
import { parse } from 'yaml';
import { RenderedFile } from './startRenderer';

type ParseWorkflow = (file: { name: string; content: string }) => string[];

let parser: ParseWorkflow | undefined;

/**
 * GitHub's own parser of workflows. It comes as modules that import JSON in a
 * way that Node has given up, so it is bundled first.
 *
 * @see https://github.com/actions/languageservices/tree/main/workflow-parser
 */
function workflowParser(): ParseWorkflow {
  if (!parser) {
    const [{ text }] = buildSync({
      stdin: {
        contents: `
          import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
          module.exports = file =>
            parseWorkflow(file, new NoOperationTraceWriter())
              .context.errors.getErrors()
              .map(error => error.message);
        `,
        resolveDir: __dirname,
      },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      write: false,
      logLevel: 'silent',
    }).outputFiles;
    const loaded = { exports: {} };
    // eslint-disable-next-line no-new-func
    new Function('module', 'exports', 'require', text)(
      loaded,
      loaded.exports,
      createRequire(__filename),
    );
    parser = loaded.exports as ParseWorkflow;
  }
  return parser;
}

/**
 * What is wrong with the workflows of a new repository: what GitHub would not
 * take, and what this house does not allow.
 */
export function checkWorkflows(files: RenderedFile[]): string[] {
  const workflows = files.filter(({ path }) =>
    /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path),
  );
  return workflows.flatMap(({ path, content }) => {
    const text = content.toString('utf8');
    const errors = workflowParser()({ name: path, content: text });
    return errors.length
      ? errors
      : checkRules(parse(text)).map(complaint => `${path}: ${complaint}`);
  });
}

function checkRules(workflow: any): string[] {
  const complaints: string[] = [];
  if (workflow.permissions === undefined) {
    complaints.push('the jobs have every permission: name those they need');
  }
  const secrets = JSON.stringify(workflow).match(/secrets\.\w+/g) ?? [];
  secrets
    .filter(secret => secret !== 'secrets.GITOPS_APP_PRIVATE_KEY')
    .forEach(secret => complaints.push(`uses the stored ${secret}`));
  for (const [name, job] of Object.entries<any>(workflow.jobs)) {
    if (job.uses === undefined && job['timeout-minutes'] === undefined) {
      complaints.push(`${name} may run for hours: give it timeout-minutes`);
    }
    for (const { uses } of job.steps ?? []) {
      if (uses && !/^\.\/|@(v\d+(\.\d+)*|[0-9a-f]{40})$/.test(uses)) {
        complaints.push(`${name} uses ${uses}, which can change any day`);
      }
    }
    if (job.uses === './.github/workflows/deliver.yml') {
      const guarded =
        [job.needs].flat().includes('check') &&
        /github\.event_name == 'push'/.test(job.if) &&
        job.permissions?.['id-token'] === 'write' &&
        job.secrets === 'inherit';
      if (!guarded) {
        complaints.push(
          `${name} must need check, run for pushes only, have id-token: write and secrets: inherit`,
        );
      }
    }
  }
  return complaints;
}
