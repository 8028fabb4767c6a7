import { KubeObject } from '../../world/kubernetes/KubeObject';
import { HttpError } from '../HttpError';

const COMMON = ['metadata.name', 'metadata.namespace'];

/** Fields that the API server can select by, besides name and namespace. */
const FIELDS: Record<string, string[]> = {
  Event: [
    'involvedObject.apiVersion',
    'involvedObject.fieldPath',
    'involvedObject.kind',
    'involvedObject.name',
    'involvedObject.namespace',
    'involvedObject.resourceVersion',
    'involvedObject.uid',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  Job: ['status.successful'],
  Namespace: ['status.phase'],
  Node: ['spec.unschedulable'],
  Pod: [
    'spec.host',
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.nominatedNodeName',
    'status.phase',
    'status.podIP',
  ],
  ReplicaSet: ['status.replicas'],
};

/**
 * Whether an object of a kind meets a field selector, `metadata.name=a,status.phase!=Running`.
 *
 * @throws HttpError - 400: it cannot be read, or the kind cannot be selected by such a field.
 */
export function fieldFilter(
  selector: string | undefined,
  kind: string,
): (object: KubeObject) => boolean {
  const requirements = (selector ?? '')
    .split(',')
    .filter(Boolean)
    .map(text => {
      const match = text.match(/^([\w.]+)(!=|==|=)(.*)$/);
      if (!match) {
        throw new HttpError(
          400,
          `invalid selector: '${text}'; can't understand '${text}'`,
        );
      }
      if (![...COMMON, ...(FIELDS[kind] ?? [])].includes(match[1])) {
        throw new HttpError(
          400,
          `Unable to find "${kind}" that match label selector "", field selector "${selector}": field label not supported: ${match[1]}`,
        );
      }
      return {
        path: match[1].split('.'),
        negate: match[2] === '!=',
        value: match[3],
      };
    });
  return object =>
    requirements.every(({ path, negate, value }) => {
      const found = path.reduce((node: any, key) => node?.[key], object);
      return (String(found ?? '') === value) !== negate;
    });
}
