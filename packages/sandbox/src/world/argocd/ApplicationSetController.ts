import { stableUid } from '../kubernetes/ids';
import { kubeTime } from '../kubernetes/KubeObject';
import { World } from '../types';
import { ApplicationStore } from './ApplicationStore';
import { ArgocdError } from './ArgocdError';
import { ApplicationSet, ApplicationSetInput } from './applicationSetTypes';
import { GeneratorContext, fillIn, generateParams } from './generateParams';
import { ARGOCD_NAMESPACE, ApplicationInput } from './newApplication';
import { TaskQueues } from './TaskQueues';
import { Application, ResourceStatus } from './types';

const FINALIZER = 'resources-finalizer.argocd.argoproj.io';
/** As `requeueAfterSeconds` of git generators. */
const REQUEUE_MS = 180_000;

/**
 * Makes applications from application sets, and keeps them as the template
 * says: which of them are created, changed and deleted, `applicationsSync`
 * decides.
 */
export class ApplicationSetController {
  private readonly queues = new TaskQueues();
  private closed = false;

  constructor(
    private readonly world: Pick<
      World,
      'clock' | 'schedule' | 'speed' | 'report'
    >,
    private readonly store: ApplicationStore,
    private readonly context: GeneratorContext,
    private readonly applications: {
      upsert(input: ApplicationInput): Application;
      delete(name: string, cascade: boolean): void;
    },
  ) {}

  run(): void {
    const again = () => {
      if (!this.closed) {
        this.reconcileAll();
        this.world.schedule(
          Math.max(REQUEUE_MS, 1000 * this.world.speed),
          again,
        );
      }
    };
    again();
  }

  close(): void {
    this.closed = true;
  }

  /** Looks at every application set again, in the background. */
  reconcileAll(): void {
    for (const name of this.store.applicationSets.keys()) {
      this.reconcile(name).catch(error => {
        if (!this.closed) {
          this.world.report(`Argo CD could not reconcile ${name}`, error);
        }
      });
    }
  }

  /** Adds or replaces an application set, and makes its applications soon after. */
  upsert(input: ApplicationSetInput): ApplicationSet {
    const { name, labels, annotations, finalizers } = input.metadata;
    const before = this.store.applicationSets.get(name);
    const created = kubeTime(this.world.clock.now());
    const set: ApplicationSet = {
      metadata: {
        ...(before?.metadata ?? {
          name,
          namespace: ARGOCD_NAMESPACE,
          uid: stableUid(`applicationset/${name}/${created}`),
          creationTimestamp: created,
        }),
        labels,
        annotations,
        finalizers,
        generation: (before?.metadata.generation ?? 0) + 1,
      },
      spec: structuredClone(input.spec),
      status: before?.status ?? {},
    };
    this.store.saveApplicationSet(set);
    this.world.schedule(0, () => this.reconcile(name));
    return set;
  }

  /** Takes an application set away; its applications go with it, as their owner is gone. */
  delete(name: string): void {
    const set = this.store.applicationSets.get(name);
    if (set) {
      this.store.applicationSets.delete(name);
      const cascade = !set.spec.syncPolicy?.preserveResourcesOnDeletion;
      this.owned(set).forEach(application =>
        this.applications.delete(application.metadata.name, cascade),
      );
    }
  }

  /**
   * The applications that a set would make; nothing is changed.
   *
   * @throws ArgocdError - what is wrong with a generator or the template.
   */
  async generate(set: ApplicationSetInput): Promise<ApplicationInput[]> {
    const { spec } = set;
    if (spec.goTemplate) {
      throw new ArgocdError(
        'InvalidArgument',
        'goTemplate is not played; use {{parameter}} as in fasttemplate',
      );
    }
    const params = await Promise.all(
      (spec.generators ?? []).map(generator =>
        generateParams(generator, this.context),
      ),
    );
    const preserve = spec.syncPolicy?.preserveResourcesOnDeletion;
    const made = params.flat().map(entry => {
      const { metadata, spec: filled } = fillIn(
        spec.template,
        entry,
      ) as ApplicationInput;
      return {
        metadata: {
          ...metadata,
          namespace: ARGOCD_NAMESPACE,
          finalizers:
            metadata.finalizers ?? (preserve ? undefined : [FINALIZER]),
        },
        spec: filled,
      };
    });
    const names = made.map(({ metadata }) => metadata.name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice) {
      throw new ArgocdError(
        'InvalidArgument',
        `ApplicationSet ${set.metadata.name} contains applications with duplicate name: ${twice}`,
      );
    }
    return made;
  }

  /** The applications of a set, by name. */
  owned({ metadata }: Pick<ApplicationSet, 'metadata'>): Application[] {
    return this.store
      .list()
      .filter(a =>
        a.metadata.ownerReferences?.some(
          owner =>
            owner.kind === 'ApplicationSet' && owner.uid === metadata.uid,
        ),
      );
  }

  private reconcile(name: string): Promise<void> {
    return this.queues.run(name, async () => {
      const set = this.store.applicationSets.get(name);
      if (!set || this.closed) {
        return;
      }
      try {
        const wanted = await this.generate(set);
        if (this.store.applicationSets.get(name) !== set || this.closed) {
          return;
        }
        this.bringAbout(set, wanted);
        this.setConditions(set);
      } catch (error) {
        this.setConditions(set, error as Error);
      }
      const resources = this.owned(set).map(toResourceStatus);
      set.status.resources = resources;
      set.status.resourcesCount = resources.length;
      this.store.saveApplicationSet(set);
    });
  }

  private bringAbout(set: ApplicationSet, wanted: ApplicationInput[]) {
    const policy = set.spec.syncPolicy?.applicationsSync ?? 'sync';
    const names = new Set(wanted.map(({ metadata }) => metadata.name));
    for (const { metadata, spec } of wanted) {
      const before = this.store.get(metadata.name);
      const owners = [ownerOf(set)];
      if (before && !this.owned(set).includes(before)) {
        throw new ArgocdError(
          'FailedPrecondition',
          `Object ${ARGOCD_NAMESPACE}/${metadata.name} is already owned by another ApplicationSet controller or was made by hand`,
        );
      }
      const changed =
        before &&
        ['create-update', 'sync'].includes(policy) &&
        (JSON.stringify(before.spec) !== JSON.stringify(spec) ||
          JSON.stringify(before.metadata.labels) !==
            JSON.stringify(metadata.labels));
      if (!before || changed) {
        this.applications.upsert({
          metadata: { ...metadata, ownerReferences: owners },
          spec,
        });
      }
    }
    if (policy === 'create-delete' || policy === 'sync') {
      this.owned(set)
        .filter(({ metadata }) => !names.has(metadata.name))
        .forEach(({ metadata }) =>
          this.applications.delete(
            metadata.name,
            Boolean((metadata.finalizers as string[] | undefined)?.length),
          ),
        );
    }
  }

  private setConditions(set: ApplicationSet, error?: Error) {
    const now = kubeTime(this.world.clock.now());
    const before = set.status.conditions ?? [];
    const message =
      error?.message ??
      'Successfully generated parameters for all Applications';
    const reason = error
      ? 'ApplicationGenerationFromParamsError'
      : 'ApplicationSetUpToDate';
    set.status.conditions = (
      [
        ['ErrorOccurred', Boolean(error), reason, message],
        [
          'ParametersGenerated',
          !error,
          error ? 'ErrorOccurred' : 'ParametersGenerated',
          message,
        ],
        [
          'ResourcesUpToDate',
          !error,
          reason,
          error ? message : 'All applications have been generated successfully',
        ],
      ] as const
    ).map(([type, is, why, text]) => {
      const status = is ? ('True' as const) : ('False' as const);
      const last = before.find(c => c.type === type);
      return {
        type,
        status,
        reason: why,
        message: text,
        lastTransitionTime:
          last?.status === status && last.message === text
            ? last.lastTransitionTime
            : now,
      };
    });
  }
}

function ownerOf({ metadata }: ApplicationSet) {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    name: metadata.name,
    uid: metadata.uid!,
    controller: true,
    blockOwnerDeletion: true,
  };
}

function toResourceStatus({ metadata, status }: Application): ResourceStatus {
  return {
    group: 'argoproj.io',
    version: 'v1alpha1',
    kind: 'Application',
    namespace: metadata.namespace,
    name: metadata.name,
    status: status.sync.status,
    health: status.health,
  };
}
