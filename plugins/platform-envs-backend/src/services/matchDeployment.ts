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
import { ApplicationChoice } from './applicationChoices';
import { ComponentEntry } from './CatalogView';
import { selects } from './labelSelector';

/** What of a component decides which deployments are its own. */
export type MatchedEntry = Pick<
  ComponentEntry,
  'component' | 'gitopsName' | 'applications'
>;

/** Names a deployment among those of all sources. */
export function deploymentId({
  instance,
  namespace,
  name,
}: Deployment): string {
  return `${instance}/${namespace}/${name}`;
}

/** What stands for a component in an environment. */
export interface MatchResult {
  match: CellMatch;
  deployments: Deployment[];
  /** What an annotation names, where nothing stands for it. */
  expected?: string;
  /** There is such an application, but it only holds others. */
  holdsOthers?: boolean;
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
   * More than one means that nobody can tell which. What only holds other
   * applications stands for nothing.
   */
  match(entry: MatchedEntry, environment: EnvironmentSummary): MatchResult {
    const choice = entry.applications[environment.ref];
    const chosen = choice && this.#chosen(choice, environment);
    if (chosen) return chosen;
    const { component, gitopsName } = entry;
    const system = parseEntityRef(environment.systemRef).name;
    const isCandidate = (d: Deployment) =>
      (d.labels[LABEL_PART_OF] ?? system) === system &&
      !isParent(d) &&
      (!choice || isWithin(d, choice));
    const names = new Set([component.name, gitopsName]);
    const labelled = [...names]
      .flatMap(name => this.#find(labelKey(name, environment.shortName)))
      .filter(isCandidate);
    if (labelled.length) return { match: 'declared', deployments: labelled };
    const named = this.#find(
      nameKey(`${gitopsName}-${environment.shortName}`),
    ).filter(
      d =>
        isCandidate(d) &&
        names.has(d.labels[LABEL_COMPONENT] ?? gitopsName) &&
        (d.labels[LABEL_ENVIRONMENT] ?? environment.shortName) ===
          environment.shortName,
    );
    return { match: named.length ? 'derived' : 'none', deployments: named };
  }

  /** What annotations choose; undefined when they leave it open. */
  #chosen(
    choice: ApplicationChoice,
    environment: EnvironmentSummary,
  ): MatchResult | undefined {
    const { name, selector = [], exact } = choice;
    const key = chosenKey(choice);
    if (!key) return undefined;
    const found = this.#find(key).filter(
      d =>
        isWithin(d, choice) &&
        selects(selector, d.labels) &&
        (exact || agrees(d, environment, choice)),
    );
    const deployments = found.filter(d => !isParent(d));
    if (deployments.length) return { match: 'declared', deployments };
    if (!exact) return undefined;
    const expected =
      name ??
      selector
        .map(t => `${t.key}${t.negated ? '!=' : '='}${t.value}`)
        .join(',');
    return {
      match: 'none',
      deployments: [],
      expected,
      ...(found.length && { holdsOthers: true }),
    };
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
      const list = this.#find(key);
      const at = list.indexOf(deployment);
      // in place: of some labels there are thousands
      if (at >= 0) list.splice(at, 1);
      if (list.length === 0) this.#byKey.delete(key);
    }
  }
}

/** Which one it is and what it says it belongs to. */
function placeOf(deployment: Deployment) {
  return [deploymentId(deployment), deployment.labels, isParent(deployment)];
}

/** Every key under which `match` looks for a component in an environment. */
export function lookupKeysOf(
  { component, gitopsName, applications }: MatchedEntry,
  { ref, shortName }: EnvironmentSummary,
): string[] {
  const choice = applications[ref];
  const chosen = choice && chosenKey(choice);
  if (chosen && choice.exact) return [chosen];
  return [
    ...(chosen ? [chosen] : []),
    nameKey(`${gitopsName}-${shortName}`),
    labelKey(component.name, shortName),
    ...(gitopsName === component.name ? [] : [labelKey(gitopsName, shortName)]),
  ];
}

/** Whether it only holds other applications, and nothing of it runs. */
export function isParent({ children, images }: Deployment): boolean {
  return !!children?.length && images.length === 0;
}

/** Where what a choice names is found; its other conditions are looked at there. */
function chosenKey({ name, selector }: ApplicationChoice): string | undefined {
  if (name) return nameKey(name);
  const term = selector?.find(t => !t.negated);
  return term && selectedKey(term.key, term.value);
}

function isWithin(
  { instance, namespace, project }: Deployment,
  choice: ApplicationChoice,
): boolean {
  return (
    (!choice.instances || choice.instances.includes(instance)) &&
    (!choice.namespace || choice.namespace === namespace) &&
    (!choice.project || choice.project === project)
  );
}

/** Whether what a choice for all environments names belongs to this one: by label, name, cluster or instance. */
function agrees(
  { name, labels, destination }: Deployment,
  { shortName, clusterRef, namespace }: EnvironmentSummary,
  { instances }: ApplicationChoice,
): boolean {
  const label = labels[LABEL_ENVIRONMENT];
  if (label) return label === shortName;
  if (name.endsWith(`-${shortName}`)) return true;
  const cluster = clusterRef && parseEntityRef(clusterRef).name;
  if (cluster && destination?.cluster === cluster) {
    return !namespace || namespace === destination.namespace;
  }
  return instances !== undefined;
}

/** Every key under which a deployment is found. */
function keysOf({ name, labels }: Deployment): string[] {
  const component = labels[LABEL_COMPONENT];
  const environment = labels[LABEL_ENVIRONMENT];
  return [
    nameKey(name),
    ...(component && environment ? [labelKey(component, environment)] : []),
    ...Object.entries(labels).map(([key, value]) => selectedKey(key, value)),
  ];
}

function selectedKey(key: string, value: string): string {
  return `selected ${key}=${value}`;
}

function nameKey(name: string): string {
  return `name ${name}`;
}

function labelKey(component: string, environment: string): string {
  return `label ${component} ${environment}`;
}
