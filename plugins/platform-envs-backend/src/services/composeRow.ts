import {
  compareWithPrevious,
  DeliveryCell,
  DeliveryRow,
  DesiredFact,
  EnvironmentSummary,
  judgeDelivery,
  Release,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import { Deployment } from '@fairway/plugin-platform-envs-node';
import { BoardInput, ComposedRow, Finding } from './board';
import { ComponentEntry } from './CatalogView';
import { cellLinks } from './cellLinks';
import { applyCommits, commitQuestions } from './commits/applyCommits';
import { DesiredFile, desiredFileOf, RepositoryState } from './DesiredState';
import { deploymentId, DeploymentIndex, MatchResult } from './matchDeployment';
import {
  readEntry,
  readLive,
  toDetail,
  toFact,
  unitOf,
  withoutRevision,
  worstFirst,
} from './readCell';
import { sourceOf, sourcesAreLive } from './sourceConditions';

/** What a row is composed of. */
export interface RowInput {
  input: Pick<
    BoardInput,
    'commits' | 'deploymentSources' | 'gitHost' | 'linkTemplates'
  >;
  environments: ReadonlyMap<string, EnvironmentSummary>;
  /** By `repository#branch`. */
  repositories: ReadonlyMap<string, RepositoryState>;
  index: DeploymentIndex;
  /** Absent: sentences have places for ages, and cells have no links. */
  now?: Date;
}

/** At most so many resources go with a cell; the worst come first. */
const MAX_RESOURCES = 30;

interface Desired {
  fact: DesiredFact;
  reading: DeliveryCell['desired'];
  file?: DesiredFile;
  exists: boolean;
}

class RowComposer {
  readonly #findings: Finding[] = [];
  readonly #deployments = new Map<string, Deployment>();
  readonly #matched: string[] = [];

  constructor(
    private readonly given: RowInput,
    private readonly entry: ComponentEntry,
  ) {}

  compose(): ComposedRow {
    const { component, problems, environmentRefs } = this.entry;
    for (const text of problems) {
      this.#findings.push({ componentRef: component.ref, text });
    }
    let previous:
      | { environmentRef: string; release: Release | undefined }
      | undefined;
    const cells = environmentRefs
      .map(ref => this.given.environments.get(ref))
      .filter(e => !!e)
      .map(environment => {
        const cell = this.#cell(environment);
        const release =
          cell.desired.status === 'ok' ? cell.desired.value : undefined;
        const known =
          cell.desired.status === 'ok' || cell.state === 'not-deployed';
        const behind =
          previous && known
            ? compareWithPrevious(release, previous)
            : undefined;
        previous = { environmentRef: environment.ref, release };
        return behind ? { ...cell, behind } : cell;
      });
    const { source } = this.entry;
    const { commits } = this.given.input;
    const row: DeliveryRow = {
      component,
      cells: commits ? applyCommits(cells, source, commits) : cells,
      findings: this.#findings.map(f => f.text),
    };
    return {
      row,
      findings: this.#findings,
      deployments: this.#deployments,
      matched: this.#matched,
      questions: commits ? commitQuestions(cells, source) : [],
    };
  }

  #cell(environment: EnvironmentSummary): DeliveryCell {
    const { input, index, now } = this.given;
    const componentRef = this.entry.component.ref;
    const desired = this.#desired(environment);
    const matched = index.match(this.entry, environment);
    const { match, deployments } = matched;
    this.#matched.push(...deployments.map(deploymentId));
    const deployment = deployments[0];
    if (deployment) this.#deployments.set(environment.ref, deployment);
    const application =
      deployment && toFact(deployment, this.entry, desired.fact, environment);
    if (deployments.length > 1 && application) {
      const names = deployments.map(d => `${d.name} (${d.instance})`);
      application.problem = `There are ${deployments.length} ${unitOf(
        environment,
      )}s for it: ${names.join(
        ', ',
      )}. Remove one, or name the right one in an annotation.`;
    }
    this.#findMismatch(environment, desired, matched);
    const source = sourceOf(input.deploymentSources, environment, deployment);
    const live = readLive(environment, deployment, application, source);
    return {
      componentRef,
      environmentRef: environment.ref,
      ...(deployment && {
        application: {
          name: deployment.name,
          instance: deployment.instance,
          match,
        },
      }),
      desired: desired.reading,
      live,
      sync: application?.sync ?? 'Unknown',
      health: deployment?.health ?? 'Unknown',
      ...judgeDelivery(
        {
          runtime: environment.runtime,
          desired: desired.fact,
          ...(application && { application }),
          source,
        },
        now,
      ),
      source,
      ...(deployment?.resources.length && {
        resources: worstFirst(deployment.resources).slice(0, MAX_RESOURCES),
      }),
      ...(deployment?.operation && {
        lastOperation: withoutRevision(deployment.operation),
      }),
      ...(deployment && toDetail(deployment)),
      links: now
        ? cellLinks(input, this.entry, environment, deployment, desired)
        : [],
    };
  }

  #desired(environment: EnvironmentSummary): Desired {
    const unknown = (reason: string, observedAt?: string) => ({
      fact: { kind: 'unknown' as const, reason },
      reading: unavailableReading<never>(reason, observedAt),
      exists: false,
    });
    const file = desiredFileOf(environment, this.entry.gitopsName);
    if (!file) {
      return unknown(
        environment.runtime === 'local'
          ? 'It runs on each developer’s own machine, and nothing records what stands there'
          : `${environment.title} does not say where its desired state is kept (spec.gitops)`,
      );
    }
    const key = `${file.repository}#${file.branch}`;
    const repository = this.given.repositories.get(key);
    const found = repository?.entries[file.path];
    if (!repository?.observedAt) {
      const reason = repository?.message ?? 'It has not been read yet';
      return {
        ...unknown(`${file.repository} is not known: ${reason}`),
        file,
      };
    }
    if (!found) {
      return {
        fact: { kind: 'absent' },
        reading: unavailableReading(
          `${file.repository} has no ${file.path}`,
          repository.observedAt,
        ),
        file,
        exists: false,
      };
    }
    return {
      ...readEntry(found, repository, environment),
      file,
      exists: true,
    };
  }

  #findMismatch(
    environment: EnvironmentSummary,
    desired: Desired,
    { deployments, expected, holdsOthers }: MatchResult,
  ): void {
    const at = {
      componentRef: this.entry.component.ref,
      environmentRef: environment.ref,
    };
    const where = environment.shortName;
    const unit = unitOf(environment);
    if (deployments.length > 1) {
      this.#findings.push({
        ...at,
        text: `${where}: there are ${
          deployments.length
        } ${unit}s for it (${deployments.map(d => d.name).join(', ')}).`,
      });
    }
    if (desired.fact.kind === 'unknown' && desired.exists) {
      this.#findings.push({ ...at, text: `${where}: ${desired.fact.reason}` });
    }
    if (!sourcesAreLive(this.given.input.deploymentSources, environment)) {
      return;
    }
    if (expected && deployments.length === 0) {
      this.#findings.push({
        ...at,
        text: `${where}: its annotation names the ${unit} ${expected}, which ${
          holdsOthers
            ? 'only holds other applications; name one of those.'
            : 'does not exist.'
        }`,
      });
    } else if (
      desired.exists &&
      deployments.length === 0 &&
      (environment.runtime === 'eks' || desired.fact.kind === 'released')
    ) {
      this.#findings.push({
        ...at,
        text: `${where}: there is ${
          environment.runtime === 'eks' ? 'an overlay' : 'a release'
        } in Git, but no ${unit} deploys it.`,
      });
    }
    if (desired.fact.kind === 'absent' && deployments.length > 0) {
      this.#findings.push({
        ...at,
        text: `${where}: there is the ${unit} ${
          deployments[0].name
        }, but Git has no ${
          environment.runtime === 'eks' ? 'overlay' : 'release'
        } for it.`,
      });
    }
  }
}

/** Puts catalog, Git and deployments side by side for one component. Pure; the same input gives the same row. */
export function composeRow(
  rowInput: RowInput,
  entry: ComponentEntry,
): ComposedRow {
  return new RowComposer(rowInput, entry).compose();
}
