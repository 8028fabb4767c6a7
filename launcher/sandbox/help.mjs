const START = `./fairway sandbox [--port N] [--speed N] [--generate SERVICESxENVIRONMENTS]

Starts the sandbox alone: GitHub, Argo CD, Kubernetes, AWS and what else the
portal talks to, on loopback. State is kept in .fairway/sandbox.

  --port N       the first of its ports, the control server's (default 7100, or
                 FAIRWAY_SANDBOX_PORT)
  --speed N      how fast what takes time goes; 1 is like the real ones
  --generate SxE generated platforms beside the seeded ones, for example 2000x3:
                 services and environments, at most 5000x5. Their state is in
                 .fairway/sandbox-SxE, their catalog entities in
                 catalog/generated.yaml there. The first start takes a minute.`;

const VERBS = {
  status: [
    'what runs, where, since when, in which situation',
    `./fairway sandbox status [--json]`,
  ],
  scenario: [
    'list the situations, or start one',
    `./fairway sandbox scenario                          lists them
./fairway sandbox scenario NAME [KEY=VALUE...]      starts one
./fairway sandbox scenario NAME --off               ends one
./fairway sandbox scenario calm                     ends all

Situations add up; calm ends them. They outlive a restart.`,
  ],
  faults: [
    'list, add or clear faults of single calls',
    `./fairway sandbox faults                            lists them
./fairway sandbox faults add --upstream NAME WHICH WHAT HOW-LONG
./fairway sandbox faults clear [ID]                 one, or all

Which calls (all of the upstream unless told)
  --route R        a path prefix, a path with * and **, /a regular expression/,
                   or a route as "sandbox counters" shows it, with or without
                   its method
  --method M       GET, POST, ...
  --service S --action A
                   of AWS: rds DescribeDBClusters

What happens
  --status N       an error in the vendor's shape; with --code, --message and
                   --header NAME:VALUE where wanted
  --throttle       the vendor's way of saying "too many calls"
  --html           a sign-in page instead of the answer (200, or --status N)
  --delay D        the answer comes later: 2s, 250ms
  --truncate       the connection is cut in the middle of the body
  --drop           the connection is cut at once; with --stream in mid-stream
  --stall          no answer ever comes; with --stream it stops in mid-stream
  --lose           events are left out of streams
  --after N        of a stream: after N pieces

How long (until cleared unless told)
  --count N        so many calls
  --for D          so long: 60s, PT5M
  --share P        that part of the calls: 20% or 0.2; --seed N picks others

Faults end with the sandbox.`,
  ],
  counters: [
    'calls, bytes, failures and peaks by upstream and route',
    `./fairway sandbox counters [UPSTREAM] [--json]
./fairway sandbox counters --reset                  begin from zero`,
  ],
  advance: [
    "move the world's clock forward",
    `./fairway sandbox advance DURATION

90s, 15m, 3h, 2d, 1h30m, or ISO 8601: PT15M, P2D. What was about to happen
comes forward with it.`,
  ],
  reset: [
    'put everything back to the seed',
    `./fairway sandbox reset

Repositories, registries, clusters, stacks, the clock, situations and faults
are as on the first start. The sandbox goes on running.`,
  ],
};

/** What can be done with a sandbox that runs. */
export const VERB_NAMES = Object.keys(VERBS);

/**
 * @param {string} [verb]
 * @returns {string} how to use a verb, or all of it
 */
export function sandboxHelp(verb) {
  const common = `Options of all
  --port N       the sandbox's first port (default 7100, or FAIRWAY_SANDBOX_PORT)
  --json         what the sandbox answers, as it is
`;
  if (verb) {
    const [text, usage] = VERBS[verb];
    return `${text[0].toUpperCase()}${text.slice(1)}.\n\n${usage}\n\n${common}`;
  }
  return `${START}

Ask and drive one that runs:

${Object.entries(VERBS)
  .map(([name, [text]]) => `  ./fairway sandbox ${name.padEnd(9)} ${text}`)
  .join('\n')}

./fairway sandbox VERB --help tells more.

${common}`;
}
