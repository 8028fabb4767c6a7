import { parseArgs } from 'node:util';
import { startSandbox } from './startSandbox';
import { GITHUB_WEBHOOK_SECRET } from './world/GithubState';
import { parseGeneratedSize } from './world/seed/generatePlatforms';

const USAGE = `Usage: sandbox --data-dir <folder> [--port 7100] [--speed 1]
               [--generate 2000x3] [--webhook-url <url>]

Starts the pretend platform on loopback: control, GitHub, Argo CD, Kubernetes,
AWS, sign-in (OpenID Connect) and Grafana on seven ports from --port on (0:
free ports). Prints one line of JSON with the URLs when it is up. Stop it with SIGTERM or Ctrl+C.

--generate adds platforms with so many services in so many environments, and
writes their catalog entities to <folder>/catalog/generated.yaml.

--webhook-url (or SANDBOX_WEBHOOK_URL) gives every repository of the platforms
a webhook for pushes to that address, signed with "${GITHUB_WEBHOOK_SECRET}".
`;

async function main() {
  const started = Date.now();
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string' },
      port: { type: 'string', default: '7100' },
      speed: { type: 'string', default: '1' },
      host: { type: 'string' },
      generate: { type: 'string' },
      'webhook-url': {
        type: 'string',
        default: process.env.SANDBOX_WEBHOOK_URL,
      },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (!values['data-dir']) {
    throw new Error('--data-dir is missing: name a folder for its state');
  }
  const sandbox = await startSandbox({
    dataDir: values['data-dir'],
    port: numberOf('--port', values.port),
    speed: numberOf('--speed', values.speed),
    host: values.host,
    generate: values.generate ? parseGeneratedSize(values.generate) : undefined,
    portalHook: values['webhook-url']
      ? { url: values['webhook-url'], secret: GITHUB_WEBHOOK_SECRET }
      : undefined,
    // who starts it by hand is served first; the rest is rendered in seconds
    renderedAtStart: 0,
  });

  let stopping = false;
  const stop = async () => {
    if (stopping) {
      return;
    }
    stopping = true;
    await sandbox.close();
    process.exit(0);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);

  const ready = { ready: true, urls: sandbox.urls, ms: Date.now() - started };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

function numberOf(option: string, value: string): number {
  const number = Number(value);
  if (value.trim() === '' || Number.isNaN(number)) {
    throw new Error(`${option} takes a number, not "${value}"`);
  }
  return number;
}

main().catch(error => {
  process.stderr.write(
    `sandbox: ${error instanceof Error ? error.message : error}\n`,
  );
  process.exit(1);
});
