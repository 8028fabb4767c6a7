import {
  DEPLOYERS,
  EnvironmentSummary,
  GateReadings,
  okReading,
  parseImageReference,
  Reading,
  Release,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import {
  Deployment,
  DeploymentSource,
} from '@fairway/plugin-platform-envs-node';
import { ComponentEntry } from '../CatalogView';
import { DesiredFile } from '../DesiredState';
import { DeploymentIndex } from '../matchDeployment';
import { conditionIn } from '../readCell';
import { shortName, withSync } from './ecsRollout';
import { PromotionPlanner } from './PromotionPlanner';
import { PromotionPlace } from './PromotionTargets';

/** Older observations than this (seconds) count as unknown. */
const MAX_AGE_SECONDS = 600;

/** Which key would bring a source of each runtime. */
const NOT_CONFIGURED = {
  eks: 'No Argo CD is configured (platformEnvs.argocd.instances).',
  ecs: 'AWS is not configured (the block aws).',
};

/** What is known of a component's deployment in one environment. */
export type ObservedDeployment =
  | { status: 'found'; deployment: Deployment; source: DeploymentSource }
  /** Something should report it, but does not now. */
  | { status: 'unavailable'; reason: string }
  /** Nothing reports what runs there, by nature. */
  | { status: 'absent'; reason: string };

/** Asks the sources what stands and what runs. Nothing is written. */
export class PromotionObserver {
  constructor(
    private readonly options: {
      planner: PromotionPlanner;
      deploymentSources: DeploymentSource[];
    },
  ) {}

  /** The deployment of a component in an environment, from the feeds. */
  deployment(
    component: ComponentEntry,
    environment: EnvironmentSummary,
  ): ObservedDeployment {
    const { runtime } = environment;
    if (runtime === 'local') {
      return {
        status: 'absent',
        reason: `${environment.title} is on developers’ machines; nothing reports on it.`,
      };
    }
    const deploymentSources = this.options.deploymentSources.filter(
      s => s.runtime === runtime,
    );
    if (deploymentSources.length === 0) {
      return {
        status: 'unavailable',
        reason: NOT_CONFIGURED[runtime],
      };
    }
    const snapshots = deploymentSources.map(source => {
      const snapshot = source.getSnapshot();
      const condition = conditionIn(snapshot, environment);
      return { source, snapshot, condition };
    });
    const { name, unit } = DEPLOYERS[runtime];
    const { deployments, expected } = new DeploymentIndex(
      snapshots.flatMap(({ snapshot }) => snapshot.deployments),
    ).match(component, environment);
    const silent = snapshots.find(
      ({ condition }) => condition.state !== 'live',
    );
    if (deployments.length > 1) {
      return {
        status: 'unavailable',
        reason: `${deployments.length} ${unit}s stand for it: ${deployments
          .map(d => shortName(d.name))
          .join(', ')}. Name one with an annotation.`,
      };
    }
    const [deployment] = deployments;
    if (!deployment) {
      return {
        status: 'unavailable',
        reason: silent
          ? quiet(silent)
          : `${name} has no ${unit} ${
              expected ??
              (runtime === 'ecs'
                ? component.gitopsName
                : `${component.gitopsName}-${environment.shortName}`)
            }.`,
      };
    }
    const own = snapshots.find(
      ({ source }) => source.instance === deployment.instance,
    )!;
    if (own.condition.state !== 'live') {
      return { status: 'unavailable', reason: quiet(own) };
    }
    if (deployment.problem) {
      return { status: 'unavailable', reason: deployment.problem };
    }
    return { status: 'found', deployment, source: own.source };
  }

  /** Everything that the gates need, but the slot. */
  async readings(
    place: PromotionPlace,
    now: Date,
  ): Promise<Omit<GateReadings, 'slotHeldBy'>> {
    const at = now.toISOString();
    const [desired, current] = await Promise.all([
      this.#release(place.sourceFile, at, place.source.title),
      this.#current(place.targetFile, at),
    ]);
    return {
      now: at,
      maxAgeSeconds: MAX_AGE_SECONDS,
      source: {
        name: place.source.shortName,
        desired,
        running: this.#running(place, desired, at),
      },
      target: { name: place.target.shortName, current },
    };
  }

  #running(
    place: PromotionPlace,
    desired: Reading<Release>,
    at: string,
  ): GateReadings['source']['running'] {
    const observed = this.deployment(place.component, place.source);
    if (observed.status !== 'found') {
      return observed.status === 'absent'
        ? observed
        : unavailableReading(observed.reason);
    }
    const wanted = desired.status === 'ok' ? desired.value : undefined;
    const deployment = withSync(observed.deployment, place.source, wanted);
    const release = runningRelease(deployment, wanted);
    return okReading(
      {
        sync: deployment.sync,
        health: deployment.health,
        ...(release && { release }),
        ...(deployment.healthMessage && { message: deployment.healthMessage }),
      },
      // A live feed is as fresh as this moment: it tells what changes.
      at,
    );
  }

  async #release(
    file: DesiredFile,
    at: string,
    title: string,
  ): Promise<Reading<Release>> {
    const reading = await this.#current(file, at);
    if (reading.status !== 'ok') return reading;
    return reading.value
      ? okReading(reading.value, at)
      : unavailableReading(`Nothing was released to ${title} yet.`);
  }

  async #current(
    file: DesiredFile,
    at: string,
  ): Promise<Reading<Release | undefined>> {
    try {
      const { planner } = this.options;
      const head = await planner.head(file.repository, file.branch);
      return okReading(await planner.releaseAt(file, head), at);
    } catch (error) {
      return unavailableReading((error as Error).message);
    }
  }
}

/** The image of the component among those that run; undefined when it cannot be told. */
function runningRelease(
  deployment: Deployment,
  desired: Release | undefined,
): Release | undefined {
  if (!desired) return undefined;
  return deployment.images
    .flatMap(reference => {
      try {
        return [parseImageReference(reference)];
      } catch {
        return [];
      }
    })
    .find(
      running =>
        running.image === desired.image ||
        (running.digest !== undefined && running.digest === desired.digest),
    );
}

function quiet({
  source,
  condition,
}: {
  source: DeploymentSource;
  condition: { message?: string };
}): string {
  return `${source.title} does not report now${
    condition.message ? `: ${condition.message}` : ''
  }.`;
}
