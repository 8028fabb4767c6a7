import { execFile } from 'node:child_process';

/**
 * Whether `mkdocs` with the plugin `techdocs-core` is installed: mkdocs alone
 * cannot render what TechDocs asks of it.
 */
export async function hasMkdocs(): Promise<boolean> {
  return (
    (await succeeds('mkdocs', ['--version'])) &&
    (await succeeds('python3', [
      '-c',
      "import importlib.metadata as m; m.version('mkdocs-techdocs-core')",
    ]))
  );
}

function succeeds(command: string, args: string[]): Promise<boolean> {
  return new Promise(resolve => {
    execFile(command, args, { timeout: 10_000 }, error => resolve(!error));
  });
}
