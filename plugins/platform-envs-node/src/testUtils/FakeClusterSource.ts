import { ClusterCapacity } from '@fairway/plugin-platform-envs-common';
import {
  CapacityQuery,
  ClusterSource,
  KubernetesCluster,
} from '../ports/ClusterSource';

/**
 * Answers what the test put in, by cluster; throws the error that it put in;
 * waits until it is aborted for a cluster that is to hang.
 *
 * @public
 */
export class FakeClusterSource implements ClusterSource {
  readonly answers = new Map<string, ClusterCapacity | Error | 'hang'>();
  readonly calls: Array<{
    cluster: KubernetesCluster;
    namespaces: string[];
    others: boolean;
  }> = [];

  async getCapacity(
    cluster: KubernetesCluster,
    { namespaces, others, signal }: CapacityQuery,
  ): Promise<ClusterCapacity> {
    this.calls.push({ cluster, namespaces, others });
    const answer = this.answers.get(cluster.name);
    if (answer instanceof Error) throw answer;
    if (answer === 'hang') {
      return new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason)),
      );
    }
    return (
      answer ?? {
        pools: [],
        unwellNodes: [],
        kubeletVersions: [],
        namespaces: [],
      }
    );
  }
}
