import { ConflictError } from '@backstage/errors';
import { RenderedComparison } from '@fairway/plugin-platform-envs-common';
import {
  Deployment,
  DeploymentSource,
  KubernetesDocument,
} from '@fairway/plugin-platform-envs-node';
import { compareLive, compareRendered } from './compareObjects';
import { ComparisonFacts } from './ComparisonFacts';
import { KeptAnswers } from './KeptAnswers';
import { Side } from './side';

/** Rendered manifests that are remembered; each is some 10 kB. */
const MAX_RENDERED = 60;

/** The Kubernetes objects of sides, as what applies them tells them. */
export class SideObjects {
  readonly #rendered = new KeptAnswers<KubernetesDocument[]>(MAX_RENDERED);

  constructor(
    private readonly options: {
      facts: ComparisonFacts;
      deploymentSources: DeploymentSource[];
    },
  ) {}

  /**
   * What differs between the objects of two sides.
   *
   * @throws ConflictError - nothing stands there, or what applies it cannot tell.
   */
  async compare(from: Side, to: Side): Promise<RenderedComparison> {
    if (from.kind === 'live') {
      const { source, deployment } = this.#sourceOf(to, 'getManagedObjects');
      const managed = await source.getManagedObjects!(deployment.name, {
        namespace: deployment.namespace,
      });
      return compareLive(managed);
    }
    const [before, after] = await Promise.all(
      [from, to].map(side => this.#render(side)),
    );
    return compareRendered(before, after);
  }

  #render(side: Side): Promise<KubernetesDocument[]> {
    const { source, deployment } = this.#sourceOf(side, 'getRenderedObjects');
    const { name, namespace } = deployment;
    const { revision } = side;
    const read = () =>
      source.getRenderedObjects!(name, {
        namespace,
        ...(revision && { revision }),
      });
    return revision
      ? this.#rendered.get(
          [deployment.instance, namespace, name, revision].join(' '),
          read,
        )
      : read();
  }

  #sourceOf(
    { cell, environment }: Side,
    method: 'getRenderedObjects' | 'getManagedObjects',
  ): { source: DeploymentSource; deployment: Deployment } {
    const deployment = this.options.facts.getDeployment(
      cell.componentRef,
      environment.ref,
    );
    if (!deployment) {
      throw new ConflictError(
        `Nothing stands for it in ${environment.title}: ${cell.sentence}`,
      );
    }
    const source = this.options.deploymentSources.find(
      s => s.instance === deployment.instance,
    );
    if (!source?.[method]) {
      throw new ConflictError(
        environment.runtime === 'ecs'
          ? 'Amazon ECS applies no Kubernetes objects; what differs stands under configuration and image'
          : `${
              source?.title ?? deployment.instance
            } cannot tell what it would apply`,
      );
    }
    return { source, deployment };
  }
}
