import { join } from 'node:path';
import { loadService, SERVICE_NAMES } from '../../src/servers/aws/services';
import { pythonEnvironment } from '../pythonEnvironment';
import { runCommand } from '../runCommand';
import { withSandbox } from '../withSandbox';

/** Lets boto3 call everything that the sandbox serves of AWS; true when it agreed with all of it. */
export function runBoto3(options: { python?: string }): Promise<boolean> {
  return withSandbox(async (sandbox, folder) => {
    const bin = await pythonEnvironment(
      options.python ?? join(folder, 'python'),
      join(__dirname, 'requirements.txt'),
    );
    const served = Object.fromEntries(
      SERVICE_NAMES.map(name => [
        name,
        Object.keys(loadService(name)!.handlers).sort(),
      ]),
    );
    const code = await runCommand(
      join(bin, 'python'),
      [join(__dirname, 'main.py')],
      {
        env: {
          SANDBOX_AWS: sandbox.urls.aws,
          SANDBOX_CONTROL: sandbox.urls.control,
          SANDBOX_SERVED: JSON.stringify(served),
          PYTHONDONTWRITEBYTECODE: '1',
        },
      },
    );
    return code === 0;
  });
}
