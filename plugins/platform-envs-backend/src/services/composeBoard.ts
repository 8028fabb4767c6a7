import {
  compareWithPrevious,
  DeliveryCell,
  DeliveryLink,
  DesiredFact,
  EnvironmentRuntime,
  EnvironmentSummary,
  judgeDelivery,
  LABEL_COMPONENT,
  LABEL_ENVIRONMENT,
  LABEL_PART_OF,
  OverviewRow,
  Release,
  SourceState,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import { Deployment } from '@fairway/plugin-platform-envs-node';
import { parseEntityRef } from '@backstage/catalog-model';
import { Board, BoardInput, cellKey, Finding } from './board';
import { boardSources } from './boardSources';
import { ComponentEntry } from './CatalogView';
import {
  DesiredFile,
  desiredFileOf,
  RepositoryState,
  subjectOf,
} from './DesiredState';
import { fillLinks, isWebUrl } from './links';
import { DeploymentIndex } from './matchDeployment';
import {
  conditionIn,
  readEntry,
  readLive,
  toFact,
  unitOf,
  withoutRevision,
  worstFirst,
} from './readCell';

/** Why nothing reports on what runs. */
const NO_SOURCE: Record<EnvironmentRuntime, string> = {
  eks: 'no Argo CD is configured (platformEnvs.argocd.instances)',
  ecs: 'AWS is not configured (the block aws)',
  local: 'Fairway does not look into developers’ machines',
};

/** At most so many resources go with a cell; the worst come first. */
const MAX_RESOURCES = 30;

class BoardComposer {
  readonly #environments: Map<string, EnvironmentSummary>;
  readonly #repositories: Map<string, RepositoryState>;
  readonly #index: DeploymentIndex;
  readonly #findings: Finding[] = [];
  readonly #deployments = new Map<string, Deployment>();
  readonly #files = new Map<string, DesiredFile>();
  readonly #matched = new Set<Deployment>();
  readonly #usedPaths = new Set<string>();

  constructor(private readonly input: BoardInput) {
    this.#environments = new Map(
      input.catalog.environments.map(e => [e.ref, e]),
    );
    this.#repositories = new Map(
      input.repositories.map(r => [`${r.repository}#${r.branch}`, r]),
    );
    this.#index = new DeploymentIndex(
      input.deploymentSources.flatMap(s => s.snapshot.deployments),
    );
  }

  compose(): Board {
    const { catalog } = this.input;
    const rows = catalog.components.map(entry => this.#row(entry));
    this.#findOrphans();
    for (const text of catalog.problems) this.#findings.push({ text });
    return {
      sources: boardSources(this.input),
      environments: catalog.environments.map(e => this.#withLinks(e)),
      rows: rows.map(row => ({
        ...row,
        findings: this.#findings
          .filter(f => f.componentRef === row.component.ref)
          .map(f => f.text),
      })),
      findings: this.#findings,
      deployments: this.#deployments,
      files: this.#files,
    };
  }

  #row(entry: ComponentEntry): OverviewRow {
    const { component } = entry;
    for (const text of entry.problems) {
      this.#findings.push({ componentRef: component.ref, text });
    }
    const environments = entry.environmentRefs
      .map(ref => this.#environments.get(ref))
      .filter(e => !!e);
    let previous:
      | { environmentRef: string; release: Release | undefined }
      | undefined;
    const cells = environments.map(environment => {
      const cell = this.#cell(entry, environment);
      const release =
        cell.desired.status === 'ok' ? cell.desired.value : undefined;
      const known =
        cell.desired.status === 'ok' || cell.state === 'not-deployed';
      const behind =
        previous && known ? compareWithPrevious(release, previous) : undefined;
      previous = { environmentRef: environment.ref, release };
      return behind ? { ...cell, behind } : cell;
    });
    return { component, cells, findings: [] };
  }

  #cell(entry: ComponentEntry, environment: EnvironmentSummary): DeliveryCell {
    const componentRef = entry.component.ref;
    const key = cellKey(componentRef, environment.ref);
    const desired = this.#desired(entry, environment);
    if (desired.file) this.#files.set(key, desired.file);
    const { match, deployments, expected } = this.#index.match(
      entry,
      environment,
    );
    for (const deployment of deployments) this.#matched.add(deployment);
    const deployment = deployments[0];
    if (deployment) this.#deployments.set(key, deployment);
    const application =
      deployment && toFact(deployment, entry, desired.fact, environment);
    if (deployments.length > 1 && application) {
      const names = deployments.map(d => `${d.name} (${d.instance})`);
      application.problem = `There are ${deployments.length} ${unitOf(
        environment,
      )}s for it: ${names.join(
        ', ',
      )}. Remove one, or name the right one in an annotation.`;
    }
    this.#findMismatch(entry, environment, desired, deployments, expected);
    const source = this.#sourceOf(environment, deployment);
    const live = readLive(environment, deployment, application, source);
    const base = {
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
      sync: application?.sync ?? ('Unknown' as const),
      health: deployment?.health ?? ('Unknown' as const),
    };
    return {
      ...base,
      ...judgeDelivery(
        {
          runtime: environment.runtime,
          desired: desired.fact,
          ...(application && { application }),
          source,
        },
        this.input.now,
      ),
      source,
      ...(deployment?.resources.length && {
        resources: worstFirst(deployment.resources).slice(0, MAX_RESOURCES),
      }),
      ...(deployment?.operation && {
        lastOperation: withoutRevision(deployment.operation),
      }),
      links: this.#links(entry, environment, deployment, desired),
    };
  }

  #desired(
    entry: ComponentEntry,
    environment: EnvironmentSummary,
  ): {
    fact: DesiredFact;
    reading: DeliveryCell['desired'];
    file?: DesiredFile;
    exists: boolean;
  } {
    const unknown = (reason: string, observedAt?: string) => ({
      fact: { kind: 'unknown' as const, reason },
      reading: unavailableReading<never>(reason, observedAt),
      exists: false,
    });
    const file = desiredFileOf(environment, entry.gitopsName);
    if (!file) {
      return unknown(
        environment.runtime === 'local'
          ? 'It runs on each developer’s own machine, and nothing records what stands there'
          : `${environment.title} does not say where its desired state is kept (spec.gitops)`,
      );
    }
    const key = `${file.repository}#${file.branch}`;
    const repository = this.#repositories.get(key);
    this.#usedPaths.add(`${key}#${file.path}`);
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
    { component }: ComponentEntry,
    environment: EnvironmentSummary,
    desired: { fact: DesiredFact; file?: DesiredFile; exists: boolean },
    deployments: Deployment[],
    expected?: string,
  ): void {
    const at = {
      componentRef: component.ref,
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
    if (!this.#sourcesAreLive(environment)) return;
    if (expected && deployments.length === 0) {
      this.#findings.push({
        ...at,
        text: `${where}: its annotation names the ${unit} ${expected}, which does not exist.`,
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

  /** Applications and overlays that belong to no cell. */
  #findOrphans(): void {
    const runtimeOf = ({ instance }: Deployment) =>
      this.input.deploymentSources.find(s => s.instance === instance)
        ?.runtime ?? 'eks';
    for (const deployment of this.#index.all) {
      const component = deployment.labels[LABEL_COMPONENT];
      const shortName = deployment.labels[LABEL_ENVIRONMENT];
      if (!component || !shortName || this.#matched.has(deployment)) continue;
      const system = deployment.labels[LABEL_PART_OF];
      const environment = this.input.catalog.environments.find(
        e =>
          e.shortName === shortName &&
          parseEntityRef(e.systemRef).name === system,
      );
      this.#findings.push({
        ...(environment && { environmentRef: environment.ref }),
        text: `The ${unitOf({ runtime: runtimeOf(deployment) })} ${
          deployment.name
        } deploys "${component}" to ${shortName}, but the catalog does not say that it runs there.`,
      });
    }
    for (const repository of this.input.repositories) {
      for (const path of Object.keys(repository.entries)) {
        const key = `${repository.repository}#${repository.branch}#${path}`;
        if (!this.#usedPaths.has(key)) this.#findUnclaimed(repository, path);
      }
    }
  }

  #findUnclaimed(repository: RepositoryState, path: string): void {
    for (const environment of this.input.catalog.environments) {
      const { gitops, runtime } = environment;
      if (
        gitops?.repository !== repository.repository ||
        gitops.branch !== repository.branch
      ) {
        continue;
      }
      const subject = subjectOf(path, gitops.path, runtime);
      if (subject?.shortName !== environment.shortName) continue;
      this.#findings.push({
        environmentRef: environment.ref,
        text: `Git has ${path}, but the catalog knows no component "${subject.gitopsName}" that runs here.`,
      });
    }
  }

  /** Those that could report on an environment. */
  #sourcesFor({ runtime }: EnvironmentSummary) {
    return this.input.deploymentSources.filter(s => s.runtime === runtime);
  }

  #sourcesAreLive(environment: EnvironmentSummary): boolean {
    const sources = this.#sourcesFor(environment);
    return (
      sources.length > 0 &&
      sources.every(s => conditionIn(s.snapshot, environment).state === 'live')
    );
  }

  #sourceOf(
    environment: EnvironmentSummary,
    deployment: Deployment | undefined,
  ): DeliveryCell['source'] {
    const sources = this.#sourcesFor(environment);
    if (sources.length === 0) {
      return { state: 'absent', message: NO_SOURCE[environment.runtime] };
    }
    const own = sources.find(s => s.instance === deployment?.instance);
    const order: SourceState[] = ['error', 'stale', 'absent', 'live'];
    const conditions = (own ? [own] : sources).map(({ snapshot }) =>
      conditionIn(snapshot, environment),
    );
    const [worst] = conditions.sort(
      (a, b) => order.indexOf(a.state) - order.indexOf(b.state),
    );
    return worst;
  }

  #links(
    entry: ComponentEntry,
    environment: EnvironmentSummary,
    deployment: Deployment | undefined,
    desired: { file?: DesiredFile; exists: boolean },
  ): DeliveryLink[] {
    const { gitHost, linkTemplates } = this.input;
    const links: DeliveryLink[] = [];
    if (deployment?.url && isWebUrl(deployment.url)) {
      links.push(
        environment.runtime === 'ecs'
          ? { title: 'ECS console', url: deployment.url, type: 'aws' }
          : { title: 'Argo CD', url: deployment.url, type: 'argocd' },
      );
    }
    if (gitHost && desired.file && desired.exists) {
      const { repository, branch, path } = desired.file;
      const url = gitHost.webUrl(repository, { branch, path });
      if (isWebUrl(url)) {
        links.push({ title: 'Desired state in Git', url, type: 'git' });
      }
    }
    links.push(
      ...fillLinks(linkTemplates, {
        component: entry.component.name,
        environment: environment.shortName,
        system: parseEntityRef(environment.systemRef).name,
        namespace: environment.namespace,
        cluster:
          environment.clusterRef && parseEntityRef(environment.clusterRef).name,
      }),
      ...entry.links.filter(l => l.type === 'runbook'),
    );
    return links;
  }

  #withLinks(environment: EnvironmentSummary): EnvironmentSummary {
    const { gitHost } = this.input;
    const { gitops, runtime, shortName } = environment;
    if (!gitHost || !gitops) return environment;
    const path = [
      gitops.path,
      runtime === 'eks' ? `overlays/${shortName}` : shortName,
    ]
      .filter(Boolean)
      .join('/');
    const url = gitHost.webUrl(gitops.repository, {
      branch: gitops.branch,
      path,
    });
    if (!isWebUrl(url)) return environment;
    return {
      ...environment,
      links: [
        { title: 'Desired state in Git', url, type: 'git' },
        ...environment.links,
      ],
    };
  }
}

/** Puts catalog, Git and deployments side by side. Pure; the same input gives the same board. */
export function composeBoard(input: BoardInput): Board {
  const composer = new BoardComposer(input);
  return composer.compose();
}
