/** Where a step of a run stands. */
export type StepState =
  | 'open'
  | 'processing'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'skipped';

/** A step, as the checklist shows it. */
export interface RunStep {
  id: string;
  name: string;
  state: StepState;
  startedAt?: string;
  endedAt?: string;
  /** Oldest first, without colours and time. */
  lines: string[];
}

/** Where a run stands, in one word. */
export type RunState =
  | 'waiting'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'cancelled';

/** What the scaffolder tells of a run. */
export interface RunEvents {
  task?: {
    spec: {
      steps: Array<{ id: string; name: string; if?: unknown }>;
    };
  };
  steps: Record<
    string,
    { status: string; startedAt?: string; endedAt?: string } | undefined
  >;
  stepLogs: Record<string, string[] | undefined>;
  completed: boolean;
  cancelled: boolean;
  error?: Error;
}

/** The steps of a run; those that only speak after a failure are left out until they do. */
export function stepsOf(events: RunEvents): RunStep[] {
  const { task, steps, stepLogs, cancelled, error } = events;
  // events of an earlier attempt may still stand there
  const hasFailed = Boolean(error) && !cancelled;
  return (task?.spec.steps ?? [])
    .map((step): RunStep & { afterFailure: boolean } => {
      const seen = steps[step.id];
      return {
        id: step.id,
        name: step.name,
        state: stateOfStep(seen?.status, cancelled),
        startedAt: seen?.startedAt,
        endedAt: seen?.endedAt,
        lines: (stepLogs[step.id] ?? []).map(readLine).filter(Boolean),
        afterFailure: /failure\(\)/.test(String(step.if ?? '')),
      };
    })
    .filter(
      ({ afterFailure, state }) =>
        !afterFailure || (hasFailed && !['open', 'skipped'].includes(state)),
    )
    .map(({ afterFailure: _, ...step }) => step);
}

/** A cancelled run tells no more of the step in which it was. */
function stateOfStep(status: string | undefined, cancelled: boolean) {
  if (cancelled && status === 'processing') return 'cancelled';
  return (status ?? 'open') as StepState;
}

/** Where a run stands. */
export function stateOf(events: RunEvents): RunState {
  const { cancelled, completed, error, steps } = events;
  if (cancelled || Object.values(steps).some(s => s?.status === 'cancelled')) {
    return 'cancelled';
  }
  if (error) return 'failed';
  if (completed) return 'succeeded';
  return Object.values(steps).some(s => s && s.status !== 'open')
    ? 'running'
    : 'waiting';
}

/** A run in one sentence. */
export function sayRun(state: RunState, steps: RunStep[]): string {
  const at = steps.findIndex(step => step.state === 'processing');
  const done = steps.filter(step => step.state === 'completed').length;
  switch (state) {
    case 'waiting':
      return 'The run waits for its turn.';
    case 'running':
      return at < 0
        ? `${done} of ${steps.length} steps are done.`
        : `Step ${at + 1} of ${steps.length}: ${steps[at].name}.`;
    case 'succeeded':
      return 'All steps are done.';
    case 'cancelled':
      return `The run was cancelled after ${done} of ${steps.length} steps.`;
    default: {
      const failed = steps.find(step => step.state === 'failed');
      return failed
        ? `The run stopped at "${failed.name}".`
        : 'The run stopped.';
    }
  }
}

/** `12 s`, `3 min 5 s`; undefined for a step that has not begun. */
export function durationOf(step: RunStep, now: number): string | undefined {
  if (!step.startedAt || step.state === 'skipped') return undefined;
  const end = step.endedAt ? Date.parse(step.endedAt) : now;
  const seconds = Math.max(
    0,
    Math.round((end - Date.parse(step.startedAt)) / 1000),
  );
  if (!Number.isFinite(seconds)) return undefined;
  return seconds < 60
    ? `${seconds} s`
    : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** What the scaffolder itself says at the edges of a step adds nothing to the checklist. */
const EDGES = /^(Beginning step|Finished step|Skipping step)\b/;

/** A line of the log without the time before it, colours and level. */
function readLine(line: string): string {
  const text = line
    .replace(/^\S+ /, '')
    // eslint-disable-next-line no-control-regex
    .replace(/\u001b\[[0-9;]*m/g, '')
    .replace(/^(info|warn|error|debug): /, '')
    .trimEnd();
  return EDGES.test(text) ? '' : text;
}
