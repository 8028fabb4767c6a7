import { parseArgs } from 'node:util';
import { compareWithMoto } from './moto/compareWithMoto';
import { runBoto3 } from './boto3/runBoto3';
import { runTerraform } from './terraform/runTerraform';

const USAGE = `Usage: yarn workspace @fairway/sandbox realism <boto3|moto|terraform>

Starts a sandbox of its own, on free ports and in a temporary folder, lets a
client or a server of other makers judge it, and prints one line for each call:
agreed, or differs and how. Ends with 1 when something differs.

  boto3       the AWS SDK for Python, installed into a virtual environment
  moto        the same calls to moto, another pretend AWS; known differences
              are in realism/moto/knownDifferences.ts
  terraform   apply, an empty plan and destroy of a small module; needs
              terraform and the AWS provider

  --python <folder>   use, or make and keep, this virtual environment
`;

const RUNS: Record<string, (options: { python?: string }) => Promise<boolean>> =
  { boto3: runBoto3, moto: compareWithMoto, terraform: runTerraform };

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      python: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const run = RUNS[positionals[0]];
  if (values.help || !run) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 1;
  }
  return (await run({ python: values.python })) ? 0 : 1;
}

main().then(
  code => process.exit(code),
  error => {
    process.stderr.write(`${error?.stack ?? error}\n`);
    process.exit(1);
  },
);
