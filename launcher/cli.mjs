import { isStopping, stopOnSignals } from './interrupt.mjs';
import { Problem, asProblem, printProblem } from './problem.mjs';

const COMMANDS = {
  up: 'build what is stale, start the portal and the sandbox, print the URL',
  dev: 'the same with hot reload',
  test: 'types, lint, format, unit, integration and browser tests',
  e2e: 'the browser tests alone',
  sandbox: 'start the sandbox alone, or ask and drive it: sandbox --help',
  token: 'print a token of a person, for the API: token <name>',
  bench: 'measure against other plugins and gates: bench --help',
  doctor: 'what is present, missing or unreachable, and how to mend it',
  clean: 'remove what was built and kept (--all: the dependencies too)',
};

const HELP = `Fairway, a developer portal for teams that run their products on AWS.

Usage: ./fairway <command> [options]

${Object.entries(COMMANDS)
  .map(([name, text]) => `  ${name.padEnd(9)} ${text}`)
  .join('\n')}

Options of up and dev
  --port N       the portal's port (default 7007, or FAIRWAY_PORT)
  --sandbox-port N
                 the first of the sandbox's seven ports (default 7100, or
                 FAIRWAY_SANDBOX_PORT)
  --app-port N   where dev serves the browser app (default 3000)
  --postgres     run on an embedded PostgreSQL instead of SQLite
  --generate SxE beside the seeded platforms, generated ones: 2000x3 is 2,000
                 services in 3 environments each; with data of their own

Options of token
  --port N       the portal's port (default 7007, or FAIRWAY_PORT)

Options of test
  --only LIST    stages to run, comma-separated: types, lint, format,
                 launcher, unit, browser; only when named, some minutes each:
                 replicas, two backends on one PostgreSQL, and resume, a
                 backend that is killed while it creates services
  --templates    builds and tests what every template makes, with its own
                 toolchain; needs the network. --only-template NAME takes one

Environment
  FAIRWAY_NODE       the Node to use, 22 or 24
  FAIRWAY_CHROMIUM   the browser of the browser tests

Everything that Fairway keeps is below .fairway/ and .tools/ in this folder.`;

const [command, ...args] = process.argv.slice(2);

// they have a help of their own
const explainsItself = ['sandbox', 'bench'].includes(command);
if (
  !command ||
  command === 'help' ||
  (args.includes('--help') && !explainsItself) ||
  command === '--help' ||
  command === '-h'
) {
  process.stdout.write(`${HELP}\n`);
  process.exit(command ? 0 : 2);
}
if (!(command in COMMANDS)) {
  process.stderr.write(
    `There is no command "${command}". ./fairway --help lists them: ${Object.keys(
      COMMANDS,
    ).join(', ')}.\n`,
  );
  process.exit(2);
}

stopOnSignals();
try {
  const { run } = await import(`./commands/${command}.mjs`);
  process.exitCode = (await run(args)) ?? 0;
} catch (error) {
  // what fails because it is being stopped is no news
  if (isStopping()) await new Promise(() => {});
  const cause = asProblem(error);
  if (cause instanceof Problem) {
    printProblem(cause);
  } else {
    process.stderr.write(`${cause?.stack ?? cause}\n`);
  }
  process.exit(1);
}
