import { parseEntityRef } from '@backstage/catalog-model';
import {
  CellMatch,
  EnvironmentSummary,
  LABEL_COMPONENT,
  LABEL_ENVIRONMENT,
  LABEL_PART_OF,
} from '@fairway/plugin-platform-envs-common';
import { Deployment } from '@fairway/plugin-platform-envs-node';
import { isDeepStrictEqual } from 'node:util';
import { ComponentEntry } from './CatalogView';

/** What of a component decides which deployments are its own. */
export type MatchedEntry = Pick<
  ComponentEntry,
  'component' | 'gitopsName' | 'applicationNames'
>;

/** Names a deployment among those of all sources. */
export function deploymentId({
  instance,
  namespace,
  name,
}: Deployment): string {
  return `${instance}/${namespace}/${name}`;
}

/** The deployments of a moment, findable by name and by label. */
export class DeploymentIndex {
  #all: Deployment[] = [];
  /** By the keys of {@link keysOf}. */
  readonly #byKey = new Map<string, Deployment[]>();

  constructor(all: Deployment[] = []) {
    this.update(all);
  }

  get all(): Deployment[] {
    return this.#all;
  }

  /**
   * Takes the deployments of a later moment.
   *
   * `changed` are the keys under which something else is found now; who looked
   * under one of them ({@link lookupKeysOf}) has to look again. `moved` says
   * whether any came, went or is found under other keys.
   */
  update(all: Deployment[]): { changed: Set<string>; moved: boolean } {
    const before = this.#all;
    const changed = new Set<string>();
    const unseen = new Set<string>();
    let moved = false;
    const replace = (gone: Deployment, come: Deployment) => {
      const same = isDeepStrictEqual(gone, come);
      const keys = same ? unseen : changed;
      moved ||= !same && !isDeepStrictEqual(placeOf(gone), placeOf(come));
      this.#remove(gone, keys);
      this.#add(come, keys);
    };
    if (before.length === all.length) {
      // nearly always each stands where it stood
      for (let i = 0; i < all.length; i++) {
        if (before[i] !== all[i]) replace(before[i], all[i]);
      }
    } else {
      moved = true;
      const known = new Map(before.map(d => [deploymentId(d), d]));
      for (const deployment of all) {
        const id = deploymentId(deployment);
        const gone = known.get(id);
        known.delete(id);
        if (!gone) this.#add(deployment, changed);
        else if (gone !== deployment) replace(gone, deployment);
      }
      for (const gone of known.values()) this.#remove(gone, changed);
    }
    this.#all = all;
    return { changed, moved };
  }

  /**
   * The deployments that could stand for a component in an environment. An
   * annotation decides; else labels; else the name `<component>-<environment>`.
   * More than one means that nobody can tell which.
   */
  match(
    entry: MatchedEntry,
    environment: EnvironmentSummary,
  ): { match: CellMatch; deployments: Deployment[]; expected?: string } {
    const { component, gitopsName, applicationNames } = entry;
    const declared = applicationNames[environment.ref];
    if (declared) {
      const deployments = this.#find(nameKey(declared));
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
      .flatMap(name => this.#find(labelKey(name, environment.shortName)))
      .filter(ofSystem);
    if (labelled.length) return { match: 'declared', deployments: labelled };
    const named = this.#find(
      nameKey(`${gitopsName}-${environment.shortName}`),
    ).filter(
      d =>
        ofSystem(d) &&
        names.has(d.labels[LABEL_COMPONENT] ?? gitopsName) &&
        (d.labels[LABEL_ENVIRONMENT] ?? environment.shortName) ===
          environment.shortName,
    );
    return { match: named.length ? 'derived' : 'none', deployments: named };
  }

  #find(key: string): Deployment[] {
    return this.#byKey.get(key) ?? [];
  }

  #add(deployment: Deployment, changed: Set<string>): void {
    for (const key of keysOf(deployment)) {
      changed.add(key);
      const list = this.#byKey.get(key);
      if (list) list.push(deployment);
      else this.#byKey.set(key, [deployment]);
    }
  }

  #remove(deployment: Deployment, changed: Set<string>): void {
    for (const key of keysOf(deployment)) {
      changed.add(key);
      const rest = this.#find(key).filter(d => d !== deployment);
      if (rest.length) this.#byKey.set(key, rest);
      else this.#byKey.delete(key);
    }
  }
}

/** Which one it is and what it says it belongs to. */
function placeOf(deployment: Deployment) {
  return [deploymentId(deployment), deployment.labels];
}

/** Every key under which `match` looks for a component in an environment. */
export function lookupKeysOf(
  { component, gitopsName, applicationNames }: MatchedEntry,
  { ref, shortName }: EnvironmentSummary,
): string[] {
  const declared = applicationNames[ref];
  if (declared) return [nameKey(declared)];
  return [
    nameKey(`${gitopsName}-${shortName}`),
    labelKey(component.name, shortName),
    ...(gitopsName === component.name ? [] : [labelKey(gitopsName, shortName)]),
  ];
}

/** Every key under which a deployment is found. */
function keysOf({ name, labels }: Deployment): string[] {
  const component = labels[LABEL_COMPONENT];
  const environment = labels[LABEL_ENVIRONMENT];
  return component && environment
    ? [nameKey(name), labelKey(component, environment)]
    : [nameKey(name)];
}

function nameKey(name: string): string {
  return `name ${name}`;
}

function labelKey(component: string, environment: string): string {
  return `label ${component} ${environment}`;
}
