import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../runCommand';
import { withSandbox } from '../withSandbox';

const ACCOUNT = '111100000001';

/** Terraform's plan with `-detailed-exitcode`: 0 is empty, 2 is not. */
const CHANGES = 2;

/**
 * Applies a small module against the sandbox, plans again, which must change
 * nothing, and destroys it; true when all of that went through.
 *
 * @throws Error - terraform is not on PATH, or the AWS provider cannot be had.
 */
export function runTerraform(): Promise<boolean> {
  return withSandbox(async (sandbox, folder) => {
    const module = join(folder, 'module');
    cpSync(join(__dirname, 'module'), module, { recursive: true });
    const terraform = (...args: string[]) =>
      runCommand('terraform', [...args, '-no-color'], {
        cwd: module,
        env: {
          TF_IN_AUTOMATION: '1',
          CHECKPOINT_DISABLE: '1',
          AWS_ENDPOINT_URL: sandbox.urls.aws,
          AWS_ACCESS_KEY_ID: `AKIA${ACCOUNT}SANDBOX`,
          AWS_SECRET_ACCESS_KEY: 'sandbox',
          AWS_REGION: 'ap-southeast-2',
        },
      });
    if ((await terraform('init', '-input=false')) !== 0) {
      throw new Error(
        'the AWS provider cannot be had here (a mirror of providers will do): nothing was proved',
      );
    }
    const steps: Array<[string, string[]]> = [
      ['apply', ['apply', '-auto-approve', '-input=false']],
      ['plan is empty', ['plan', '-detailed-exitcode', '-input=false']],
      [
        'apply of a change',
        ['apply', '-auto-approve', '-input=false', '-var', 'keep=10'],
      ],
      ['destroy', ['destroy', '-auto-approve', '-input=false']],
    ];
    for (const [name, args] of steps) {
      const code = await terraform(...args);
      if (code !== 0) {
        const what = code === CHANGES ? 'changes are planned' : `ended ${code}`;
        process.stdout.write(`differs     terraform ${name}: ${what}\n`);
        return false;
      }
      process.stdout.write(`agreed      terraform ${name}\n`);
    }
    return true;
  });
}
