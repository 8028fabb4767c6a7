import { FirstDelivery } from '@fairway/plugin-platform-envs-common';
import { ImageReplica } from '@fairway/plugin-platform-envs-node';
import {
  desiredRelease,
  FirstDeliveryFacts,
  PATIENCE_MS,
  Verdict,
} from './verdict';

/** Whether the repository is there still. */
export function judgeRepository(
  { repository, createdAt }: FirstDelivery,
  { build, repositoryUrl }: FirstDeliveryFacts,
): Verdict {
  const link = { title: 'Repository', url: repositoryUrl };
  if (
    build?.status === 'unavailable' &&
    /^There is no repository/.test(build.reason)
  ) {
    return { state: 'failed', sentence: `${build.reason}.`, link };
  }
  return {
    state: 'done',
    at: createdAt,
    sentence: `${repository} is there.`,
    link,
  };
}

/** Whether CI has built the first image and the registry holds it. */
export function judgeImage(
  before: FirstDelivery,
  { build, image, cell }: FirstDeliveryFacts,
): Verdict {
  const release = desiredRelease(cell);
  if (release) {
    const was = before.steps.find(step => step.id === 'image');
    return {
      state: 'done',
      sentence: `CI built ${release.version ?? release.digest}.`,
      ...(was?.link && { link: was.link }),
    };
  }
  if (build?.status === 'unavailable') {
    return {
      state: 'running',
      sentence: `How CI stands is not known: ${build.reason}.`,
    };
  }
  const run = build?.value;
  if (!run) {
    return {
      state: 'waiting',
      sentence: build
        ? 'Waiting for CI to begin. If nothing begins, see whether GitHub Actions is enabled for the repository.'
        : 'Waiting for the first image. What CI does is not known here: set platformEnvs.gitHost.host.',
      ...(build && {
        wrong: { key: 'noBuild', patienceMs: PATIENCE_MS.noBuild },
      }),
    };
  }
  const link = { title: 'Build', url: run.url };
  switch (run.state) {
    case 'failed':
      return {
        state: 'failed',
        at: run.finishedAt,
        sentence: `CI could not build the first image (${
          run.failure ?? 'it does not say why'
        }). Push a fix, and it goes on by itself.`,
        link,
      };
    case 'succeeded': {
      const isMissing = image?.status === 'ok' && !image.value;
      return {
        state: isMissing ? 'running' : 'done',
        at: run.finishedAt,
        sentence: imageSentence(image),
        link,
        ...(isMissing && {
          wrong: { key: 'noImage', patienceMs: PATIENCE_MS.noImage },
        }),
      };
    }
    default:
      return {
        state: 'running',
        at: run.startedAt,
        sentence:
          run.state === 'queued'
            ? 'CI has the first build in its queue.'
            : 'CI builds the first image.',
        link,
      };
  }
}

function imageSentence(image: FirstDeliveryFacts['image']): string {
  if (image?.status === 'unavailable') {
    return `CI is done; whether the registry has the image is not known: ${image.reason}.`;
  }
  if (image && !image.value) {
    return 'CI says it is done, but the registry has no image. See whether its last job pushes one.';
  }
  const tag = image?.value?.tags[0];
  return tag ? `CI built and pushed ${tag}.` : 'CI is done.';
}

/** Whether the image has been copied to the platform's other regions; what was copied once stays so. */
export function judgeReplication(
  before: FirstDelivery,
  { image, replicas, secondRegions }: FirstDeliveryFacts,
): Verdict {
  const was = before.steps.find(step => step.id === 'replication');
  if (was && (was.state === 'done' || was.state === 'skipped')) {
    return { state: was.state, sentence: was.sentence, at: was.at };
  }
  const also = secondRegions.join(' and ');
  if (!replicas || (image?.status === 'ok' && !image.value)) {
    return secondRegions.length === 0
      ? {
          state: 'skipped',
          sentence:
            'The platform runs in one region; there is nothing to copy.',
        }
      : { state: 'waiting', sentence: `The registry copies it to ${also}.` };
  }
  if (replicas.status === 'unavailable') {
    return {
      state: 'running',
      sentence: `Whether the image has been copied is not known: ${replicas.reason}.`,
    };
  }
  if (replicas.value.length === 0) {
    return {
      state: 'skipped',
      sentence: secondRegions.length
        ? `The platform runs in ${also} too, but the registry copies this image nowhere: its replication rules do not name it.`
        : 'The registry copies this image nowhere; the platform runs in one region.',
    };
  }
  const regions = (state: ImageReplica['state']) =>
    replicas.value.filter(replica => replica.state === state);
  const failed = regions('failed');
  if (failed.length > 0) {
    return {
      state: 'running',
      sentence: `The copy to ${failed
        .map(({ region, reason }) =>
          reason ? `${region} (${reason})` : region,
        )
        .join(' and ')} failed. ${before.environmentName} does not need it.`,
    };
  }
  const copying = regions('copying');
  return copying.length > 0
    ? {
        state: 'running',
        sentence: `The registry copies it to ${namesOf(copying)}.`,
      }
    : {
        state: 'done',
        sentence: `Copied to ${namesOf(replicas.value)}.`,
      };
}

function namesOf(replicas: ImageReplica[]): string {
  return replicas.map(({ region }) => region).join(' and ');
}
