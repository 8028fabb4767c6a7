import { Signal } from './signals';
import { RepositoryComponent } from './types';

/** One thing that goes wrong, and what to do; alerts link to it. */
export interface RunbookSection {
  heading: string;
  /** One step each. */
  steps: string[];
}

/** The sections of a signal's alerts. */
export function signalSections(
  signal: Signal,
): Record<'failing' | 'slow', RunbookSection> & { behind?: RunbookSection } {
  const { work, by, total, failed, buckets, waiting } = signal;
  return {
    failing: {
      heading: `Too many ${work} fail`,
      steps: [
        `Find which: \`sum by (${by}) (rate(${total}{${failed}}[5m]))\`.`,
        'Take the id of one that failed and search the logs for it.',
        'Did it begin with a release? The history is on the Delivery tab. Go back by promoting the release before it.',
      ],
    },
    slow: {
      heading: `The ${work} take too long`,
      steps: [
        `\`histogram_quantile(0.95, sum by (le, ${by}) (rate(${buckets}[5m])))\` shows which.`,
        'Compare CPU and memory with what the environment grants, and look whether the number of replicas stands at its maximum.',
        'Look at what it waits for: a slow database or service shows as time that the process does not spend on its CPU.',
      ],
    },
    ...(waiting && {
      behind: {
        heading: `Too many ${work} wait`,
        steps: [
          `Is any work done at all? \`sum by (${by}) (rate(${total}[5m]))\` at zero means that it is stuck: look at the last log lines before it stopped.`,
          'If work is done, more arrives than one can do: raise the number of replicas in the environment.',
          'If it began with a release, go back by promoting the release before it.',
        ],
      },
    }),
  };
}

/** The section of an instance that does not come up or does not answer. */
export function notReadySection({
  environments,
  imageRepository,
}: RepositoryComponent): RunbookSection {
  const onEcs = environments[0]?.runtime === 'ecs';
  return {
    heading: 'It does not become ready',
    steps: [
      onEcs
        ? `Look at the events of its ECS service on its page in the portal. \`CannotPullContainerError\` means that the image in the GitOps repository is not in the registry: compare it with \`${imageRepository}\`.`
        : `Look at its pods on its page in the portal. \`ImagePullBackOff\` means that the image in the GitOps repository is not in the registry: compare it with \`${imageRepository}\`.`,
      'Read the first log line. A setting that cannot be used is named there.',
      'If it was killed for its memory, the limit is too low or something grows: compare memory over several restarts on the dashboard.',
      'Otherwise it waits for something it needs to start: a database, a broker, a secret. The log names it.',
    ],
  };
}

/** The anchor that Git hosts give a heading. */
export function anchorOf({ heading }: RunbookSection): string {
  return heading
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replace(/ /g, '-');
}
