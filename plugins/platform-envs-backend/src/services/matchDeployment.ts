import { parseEntityRef } from '@backstage/catalog-model';
import {
  CellMatch,
  EnvironmentSummary,
  LABEL_COMPONENT,
  LABEL_ENVIRONMENT,
  LABEL_PART_OF,
} from '@fairway/plugin-platform-envs-common';
import { Deployment } from '@fairway/plugin-platform-envs-node';
import { ComponentEntry } from './CatalogView';

/** The deployments of a moment, findable by name and by label. */
export class DeploymentIndex {
  readonly #byName = new Map<string, Deployment[]>();
  readonly #byLabels = new Map<string, Deployment[]>();

  constructor(readonly all: Deployment[]) {
    for (const deployment of all) {
      push(this.#byName, deployment.name, deployment);
      const component = deployment.labels[LABEL_COMPONENT];
      const environment = deployment.labels[LABEL_ENVIRONMENT];
      if (component && environment) {
        push(this.#byLabels, `${component} ${environment}`, deployment);
      }
    }
  }

  /**
   * The deployments that could stand for a component in an environment. An
   * annotation decides; else labels; else the name `<component>-<environment>`.
   * More than one means that nobody can tell which.
   */
  match(
    { component, gitopsName, applicationNames }: ComponentEntry,
    environment: EnvironmentSummary,
  ): { match: CellMatch; deployments: Deployment[]; expected?: string } {
    const declared = applicationNames[environment.ref];
    if (declared) {
      const deployments = this.#byName.get(declared) ?? [];
      return {
        match: deployments.length ? 'declared' : 'none',
        deployments,
        expected: declared,
      };
    }
    const system = parseEntityRef(environment.systemRef).name;
    const ofSystem = (d: Deployment) =>
      (d.labels[LABEL_PART_OF] ?? system) === system;
    const names = new Set([component.name, gitopsName]);
    const labelled = [...names]
      .flatMap(
        name => this.#byLabels.get(`${name} ${environment.shortName}`) ?? [],
      )
      .filter(ofSystem);
    if (labelled.length) return { match: 'declared', deployments: labelled };
    const named = (
      this.#byName.get(`${gitopsName}-${environment.shortName}`) ?? []
    ).filter(
      d =>
        ofSystem(d) &&
        names.has(d.labels[LABEL_COMPONENT] ?? gitopsName) &&
        (d.labels[LABEL_ENVIRONMENT] ?? environment.shortName) ===
          environment.shortName,
    );
    return { match: named.length ? 'derived' : 'none', deployments: named };
  }
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
