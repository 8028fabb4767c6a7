import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pythonEnvironment } from '../pythonEnvironment';
import { withSandbox } from '../withSandbox';
import { STEPS } from './calls';
import { KNOWN_DIFFERENCES } from './knownDifferences';
import { compareShapes, shapeOf } from './shapes';
import { anySubnet, startMoto } from './startMoto';
import { clientsOf, Seen, ServiceName, Step } from './Step';

/** More of the world's time than anything takes. */
const PAUSE_MS = 3_600_000;

type Answer = { reply: object } | { error: string; message: string };

interface Backend {
  clients: Record<ServiceName, any>;
  seen: Seen;
}

/**
 * Sends the same calls to the sandbox and to moto and compares what came back.
 *
 * @returns true when exactly the known differences were found
 */
export function compareWithMoto(options: {
  python?: string;
}): Promise<boolean> {
  return withSandbox(async (sandbox, folder) => {
    const bin = await pythonEnvironment(
      options.python ?? join(folder, 'python'),
      join(__dirname, 'requirements.txt'),
    );
    const moto = await startMoto(bin);
    try {
      return report(
        await compare(
          {
            clients: clientsOf(sandbox.urls.aws),
            seen: { subnet: 'subnet-0123456789abcdef0' },
          },
          {
            clients: clientsOf(moto.url),
            seen: { subnet: await anySubnet(moto.url) },
          },
          async () => {
            const { advance } = sandbox.world.clock as unknown as {
              advance(ms: number): void;
            };
            advance(PAUSE_MS);
            await sleep(200);
          },
        ),
      );
    } finally {
      await moto.stop();
    }
  });
}

/** Differences by call. */
async function compare(
  sandbox: Backend,
  moto: Backend,
  pause: () => Promise<void>,
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const step of STEPS) {
    if ('pause' in step) {
      await pause();
    } else {
      const label = labelOf(step, sandbox.seen);
      const here = await ask(sandbox, step);
      const there = await ask(moto, step);
      found.set(label, [
        ...(found.get(label) ?? []),
        ...differences(here, there),
      ]);
    }
  }
  return found;
}

function differences(here: Answer, there: Answer): string[] {
  if ('reply' in here && 'reply' in there) {
    return compareShapes(shapeOf(here.reply), shapeOf(there.reply));
  }
  const words = (answer: Answer) =>
    'error' in answer ? answer.error : 'a reply';
  return words(here) === words(there)
    ? []
    : [`${words(here)}, in moto ${words(there)}`];
}

async function ask(
  backend: Backend,
  step: Exclude<Step, { pause: true }>,
): Promise<Answer> {
  try {
    const command = step.command(backend.seen);
    const reply = await backend.clients[step.service].send(command);
    backend.seen[labelOf(step, backend.seen)] = reply;
    return { reply };
  } catch (error) {
    const { name, message } = error as Error;
    return { error: name, message };
  }
}

/** `ecr CreateRepository, again` */
function labelOf(step: Exclude<Step, { pause: true }>, seen: Seen): string {
  let operation = 'a call';
  try {
    operation = step.command(seen).constructor.name.replace(/Command$/, '');
  } catch {
    // An earlier reply that it needs is not there: the call itself will say so.
  }
  return [`${step.service} ${operation}`, step.about]
    .filter(Boolean)
    .join(', ');
}

function report(found: Map<string, string[]>): boolean {
  const known = new Set(KNOWN_DIFFERENCES.flatMap(group => group.differences));
  const met = new Set<string>();
  let good = true;
  for (const [label, lines] of found) {
    const all = lines.map(line => `${label}: ${line}`);
    all.forEach(line => met.add(line));
    const news = all.filter(line => !known.has(line));
    good &&= news.length === 0;
    const verdict = all.length > 0 ? 'known' : 'agreed';
    process.stdout.write(
      news.length > 0
        ? news.map(line => `differs     ${line}\n`).join('')
        : `${verdict.padEnd(11)} ${label}\n`,
    );
  }
  for (const line of known) {
    if (!met.has(line)) {
      good = false;
      process.stdout.write(`no longer   ${line}\n`);
    }
  }
  return good;
}
