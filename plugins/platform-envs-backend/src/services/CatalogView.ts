import {
  Entity,
  parseEntityRef,
  RELATION_OWNED_BY,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import {
  ANNOTATION_ARGOCD_INSTANCE,
  ANNOTATION_ENVIRONMENTS,
  ANNOTATION_GITOPS_NAME,
  ANNOTATION_LANGUAGE,
  comparePromotionOrder,
  DeliveryLink,
  EnvironmentSummary,
  OverviewRow,
} from '@fairway/plugin-platform-envs-common';
import { ReplicatedDatabase } from '@fairway/plugin-platform-envs-node';
import {
  ApplicationChoice,
  applicationChoices,
  instanceNames,
} from './applicationChoices';
import { replicatedDatabase, toEnvironment } from './catalogEnvironments';
import { ComponentSource, sourceOf } from './commits/sourceOf';
import { entityLinks } from './entityLinks';
import { Monitoring, monitoringOf } from './observability/monitoringOf';

/** A component, and where the catalog says that it runs. */
export interface ComponentEntry {
  component: OverviewRow['component'];
  /** Name in the GitOps repository and of its image entry. */
  gitopsName: string;
  /** Refs of the environments it is to run in, in promotion order. */
  environmentRefs: string[];
  /** By environment ref, where annotations say anything of the application. */
  applications: Record<string, ApplicationChoice>;
  /** Where its source is kept; absent where the entity names no repository. */
  source?: ComponentSource;
  /** Links of the entity itself. */
  links: DeliveryLink[];
  /** How it is watched; absent in what an older version saved. */
  monitoring?: Monitoring;
  /** What is wrong with its entry in the catalog. */
  problems: string[];
}

/** What the catalog says about environments and what runs in them. */
export interface CatalogView {
  /** By system, then in promotion order. */
  environments: EnvironmentSummary[];
  /** By system, then by name. */
  components: ComponentEntry[];
  /** By environment ref; absent where there is nothing to replicate. */
  databases: Record<string, ReplicatedDatabase>;
  /** Why an environment has no replicated database, by environment ref. */
  databaseAbsence: Record<string, string>;
  /** Entities that could not be used. */
  problems: string[];
}

const collator = new Intl.Collator('en-US');

/** Types of component that are expected to run somewhere. */
const RUNNING_TYPES = ['service', 'website', 'worker'];

/**
 * Reads the entities of kinds Environment, Component and Resource. One that is
 * malformed costs no other. `known` gives what is known of a component to which
 * nothing happened.
 */
export function buildCatalogView(
  entities: Entity[],
  known: (component: Entity) => ComponentEntry | undefined = () => undefined,
): CatalogView {
  const problems: string[] = [];
  const environments = collect(
    entities.filter(e => e.kind === 'Environment'),
    toEnvironment,
    problems,
  ).sort((a, b) =>
    comparePromotionOrder(
      { ...a, system: a.systemRef },
      { ...b, system: b.systemRef },
    ),
  );
  const instances = new Map(
    entities
      .filter(e => e.kind === 'Environment')
      .map(e => [
        stringifyEntityRef(e),
        instanceNames(e.metadata.annotations?.[ANNOTATION_ARGOCD_INSTANCE]),
      ]),
  );
  const components = collect(
    entities.filter(e => e.kind === 'Component'),
    entity => known(entity) ?? toComponent(entity, environments, instances),
    problems,
  ).sort(
    (a, b) =>
      collator.compare(
        a.component.systemRef ?? '',
        b.component.systemRef ?? '',
      ) || collator.compare(a.component.name, b.component.name),
  );
  const resources = new Map(
    entities
      .filter(e => e.kind === 'Resource')
      .map(e => [stringifyEntityRef(e), e]),
  );
  const databases: CatalogView['databases'] = {};
  const databaseAbsence: CatalogView['databaseAbsence'] = {};
  for (const environment of environments) {
    const found = replicatedDatabase(environment, resources);
    if (typeof found === 'string') databaseAbsence[environment.ref] = found;
    else databases[environment.ref] = found;
  }
  return { environments, components, databases, databaseAbsence, problems };
}

function collect<T>(
  entities: Entity[],
  read: (entity: Entity) => T | undefined,
  problems: string[],
): T[] {
  return entities.flatMap(entity => {
    try {
      const result = read(entity);
      return result === undefined ? [] : [result];
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      problems.push(`${stringifyEntityRef(entity)} cannot be used: ${reason}`);
      return [];
    }
  });
}

function toComponent(
  entity: Entity,
  environments: EnvironmentSummary[],
  /** Argo CD instances by the ref of the environment that names them. */
  instances: ReadonlyMap<string, string[] | undefined>,
): ComponentEntry | undefined {
  const annotations = entity.metadata.annotations ?? {};
  const type = String(entity.spec?.type ?? 'service');
  const declared = annotations[ANNOTATION_ENVIRONMENTS];
  const systemRef = entity.spec?.system
    ? stringifyEntityRef(
        parseEntityRef(String(entity.spec.system), {
          defaultKind: 'system',
          defaultNamespace: entity.metadata.namespace,
        }),
      )
    : undefined;
  const siblings = environments.filter(e => e.systemRef === systemRef);
  if (
    declared === undefined &&
    !(RUNNING_TYPES.includes(type) && siblings.length > 0)
  ) {
    return undefined;
  }
  const { refs, problems } = environmentsOf(declared, systemRef, siblings);
  const { choices, problems: unclear } = applicationChoices(
    annotations,
    siblings.filter(e => refs.includes(e.ref)),
    ref => instances.get(ref),
  );
  const gitopsName =
    annotations[ANNOTATION_GITOPS_NAME] ?? entity.metadata.name;
  const source = sourceOf(
    annotations,
    [gitopsName, entity.metadata.name],
    siblings,
  );
  return {
    component: {
      ref: stringifyEntityRef(entity),
      name: entity.metadata.name,
      ...(entity.metadata.title && { title: entity.metadata.title }),
      type,
      ...(annotations[ANNOTATION_LANGUAGE] && {
        language: annotations[ANNOTATION_LANGUAGE],
      }),
      lifecycle: String(entity.spec?.lifecycle ?? 'unknown'),
      ownerRef: ownerOf(entity),
      ...(systemRef && { systemRef }),
    },
    gitopsName,
    ...(source && { source }),
    environmentRefs: refs,
    applications: choices,
    links: entityLinks(entity),
    monitoring: monitoringOf(annotations, siblings),
    problems: [...problems, ...unclear],
  };
}

function environmentsOf(
  declared: string | undefined,
  systemRef: string | undefined,
  siblings: EnvironmentSummary[],
): { refs: string[]; problems: string[] } {
  if (!declared?.trim()) {
    return {
      refs: [],
      problems: [
        `It runs nowhere: its annotation ${ANNOTATION_ENVIRONMENTS} names no environment.`,
      ],
    };
  }
  if (!systemRef) {
    return {
      refs: [],
      problems: [
        `It has no system, so ${ANNOTATION_ENVIRONMENTS} cannot be resolved.`,
      ],
    };
  }
  const names = new Set(
    declared
      .split(',')
      .map(name => name.trim())
      .filter(Boolean),
  );
  const found = siblings.filter(e => names.has(e.shortName));
  const unknown = [...names].filter(
    name => !siblings.some(e => e.shortName === name),
  );
  return {
    refs: found.map(e => e.ref),
    problems: unknown.map(
      name =>
        `Its annotation ${ANNOTATION_ENVIRONMENTS} names "${name}", which ${
          parseEntityRef(systemRef).name
        } does not have.`,
    ),
  };
}

function ownerOf(entity: Entity): string {
  const relation = entity.relations?.find(r => r.type === RELATION_OWNED_BY);
  if (relation) return relation.targetRef;
  return stringifyEntityRef(
    parseEntityRef(String(entity.spec?.owner ?? 'unknown'), {
      defaultKind: 'group',
      defaultNamespace: entity.metadata.namespace,
    }),
  );
}
