import { EnvironmentSummary } from '@fairway/plugin-platform-envs-common';
import { parseSelector, SelectorTerm } from './labelSelector';

/** Which Argo CD application annotations choose for a component in one environment. */
export interface ApplicationChoice {
  /** Absent: annotations only narrow where to look. */
  name?: string;
  /** With at least one equality; never together with a name. */
  selector?: SelectorTerm[];
  /** Namespace of the application object. */
  namespace?: string;
  project?: string;
  /** Names of configured instances. */
  instances?: string[];
  /**
   * Whether name or selector is meant for this environment alone. Otherwise
   * the application must also agree with the environment.
   */
  exact: boolean;
}

/** Annotations of the Argo CD plugins of Backstage. */
const PREFIX = 'argocd/';

/** As Kubernetes allows names. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

class AnnotationReader {
  readonly problems: string[] = [];

  constructor(
    private readonly annotations: Record<string, string>,
    private readonly environment: EnvironmentSummary,
    private readonly isOnlyOne: boolean,
  ) {}

  read(ownInstances: string[] | undefined): ApplicationChoice | undefined {
    const name = this.#name();
    const selector = this.#selector();
    const chosen = this.#oneOf(name, selector);
    const choice: ApplicationChoice = {
      exact: !!chosen && (this.isOnlyOne || chosen.isOverride),
      ...(chosen === name && name && { name: name.value }),
      ...(chosen === selector && selector && { selector: selector.value }),
      ...this.#text('namespace', 'app-namespace'),
      ...this.#text('project', 'project-name'),
    };
    const instances =
      instanceNames(this.#of('instance-name')?.value) ?? ownInstances;
    if (instances) choice.instances = instances;
    return Object.keys(choice).length > 1 ? choice : undefined;
  }

  /** The override goes before the base; both for one place contradict each other. */
  #oneOf<T extends { isOverride: boolean; key: string }>(
    name: T | undefined,
    selector: { isOverride: boolean; key: string } | undefined,
  ) {
    if (!name || !selector) return name ?? selector;
    if (name.isOverride === selector.isOverride) {
      this.problems.push(
        `Its annotations ${name.key} and ${selector.key} exclude each other; the name counts.`,
      );
      return name;
    }
    return name.isOverride ? name : selector;
  }

  #name() {
    const found = this.#of('app-name');
    if (!found) return undefined;
    if (NAME.test(found.value)) return found;
    this.problems.push(
      `Its annotation ${found.key} says "${found.value.slice(
        0,
        80,
      )}", which cannot be the name of an application.`,
    );
    return undefined;
  }

  #selector() {
    const found = this.#of('app-selector');
    if (!found) return undefined;
    try {
      const value = parseSelector(found.value);
      if (value.some(term => !term.negated)) return { ...found, value };
    } catch {
      // told below
    }
    this.problems.push(
      `Its annotation ${found.key} says "${found.value.slice(
        0,
        80,
      )}", which is not understood; write label=value.`,
    );
    return undefined;
  }

  #text(property: 'namespace' | 'project', annotation: string) {
    const value = this.#of(annotation)?.value;
    return value ? { [property]: value } : {};
  }

  #of(name: string) {
    const { shortName } = this.environment;
    const override = `${shortName}.env.fairway.dev/argocd-${name}`;
    const key = this.annotations[override] ? override : `${PREFIX}${name}`;
    const value = this.annotations[key]?.trim();
    return value ? { key, value, isOverride: key === override } : undefined;
  }
}

/**
 * Reads the annotations `argocd/app-name`, `app-selector`, `app-namespace`,
 * `project-name` and `instance-name`. Each has an override for an environment
 * (`<shortName>.env.fairway.dev/argocd-app-name`); `instancesOf` tells which
 * instances an environment itself names. An annotation that cannot be
 * understood counts as absent and is told as a problem.
 */
export function applicationChoices(
  annotations: Record<string, string>,
  environments: EnvironmentSummary[],
  instancesOf: (environmentRef: string) => string[] | undefined,
): { choices: Record<string, ApplicationChoice>; problems: string[] } {
  const problems = new Set<string>();
  const choices: Record<string, ApplicationChoice> = {};
  for (const environment of environments) {
    const reader = new AnnotationReader(
      annotations,
      environment,
      environments.length === 1,
    );
    const choice = reader.read(instancesOf(environment.ref));
    reader.problems.forEach(problem => problems.add(problem));
    if (choice) choices[environment.ref] = choice;
  }
  return { choices, problems: [...problems] };
}

/** Instances named by an annotation, in its order. */
export function instanceNames(value: string | undefined): string[] | undefined {
  const names = (value ?? '')
    .split(',')
    .map(name => name.trim())
    .filter(Boolean);
  return names.length ? names : undefined;
}
