import type { IDeployment } from 'kubernetes-models/apps/v1';
import type {
  IContainer,
  IService,
  IServiceAccount,
} from 'kubernetes-models/v1';
import { ComponentEnvironment, GitopsComponent } from '../types';
import { hasService, labelsOf, selectorOf } from './labels';

/** The generated services end their requests within this when they are stopped. */
const GRACE_SECONDS = 30;

/** Endpoints and load balancers hear later than the pod that it is stopped. */
const DRAIN_SECONDS = 5;

/** Any user that is not root; images of the templates run as this one. */
const NOBODY = 65532;

/** The Deployment of a component as every environment has it. */
export function deployment(component: GitopsComponent): IDeployment {
  const { name, command, secrets, kind } = component;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      revisionHistoryLimit: 5,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
      },
      selector: { matchLabels: selectorOf(component) },
      template: {
        // The portal finds pods by these. Written out, for kustomize before 5
        // puts labels into pod templates only together with the selectors.
        metadata: { labels: labelsOf(component) },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds:
            GRACE_SECONDS + (kind === 'worker' ? 0 : DRAIN_SECONDS),
          securityContext: {
            runAsNonRoot: true,
            runAsUser: NOBODY,
            runAsGroup: NOBODY,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'topology.kubernetes.io/zone',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: selectorOf(component) },
            },
          ],
          containers: [
            {
              name,
              image: name,
              ...(command.length > 0 && { args: command }),
              ...portsOf(component),
              envFrom: [
                { configMapRef: { name } },
                ...(secrets.length > 0 ? [{ secretRef: { name } }] : []),
              ],
              ...probesOf(component),
              ...(hasService(component) && {
                lifecycle: { preStop: { sleep: { seconds: DRAIN_SECONDS } } },
              }),
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
              volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
            },
          ],
          volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }],
        },
      },
    },
  };
}

/** What an environment changes in the Deployment, as a strategic merge patch. */
export function deploymentPatch(
  { name, ports }: GitopsComponent,
  { shortName, sizing, metricsDiscovery }: ComponentEnvironment,
): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      template: {
        metadata: {
          labels: { 'fairway.dev/environment': shortName },
          ...(metricsDiscovery === 'annotations' &&
            ports.http && {
              annotations: {
                'prometheus.io/scrape': 'true',
                'prometheus.io/port': String(ports.http),
                'prometheus.io/path': '/metrics',
              },
            }),
        },
        spec: { containers: [{ name, resources: sizing.kubernetes }] },
      },
    },
  };
}

function portsOf({ ports }: GitopsComponent): Pick<IContainer, 'ports'> {
  const entries = Object.entries(ports);
  return entries.length === 0
    ? {}
    : {
        ports: entries.map(([name, containerPort]) => ({
          name,
          containerPort,
        })),
      };
}

/** By http where there is some, else by the health service of gRPC, else none. */
function probesOf({
  ports,
}: GitopsComponent): Pick<
  IContainer,
  'startupProbe' | 'livenessProbe' | 'readinessProbe'
> {
  const look = (path: string) =>
    ports.http
      ? { httpGet: { path, port: 'http' } }
      : { grpc: { port: ports.grpc! } };
  if (!ports.http && !ports.grpc) return {};
  return {
    startupProbe: {
      ...look('/healthz'),
      periodSeconds: 2,
      failureThreshold: 30,
    },
    livenessProbe: {
      ...look('/healthz'),
      periodSeconds: 10,
      timeoutSeconds: 2,
    },
    readinessProbe: { ...look('/readyz'), periodSeconds: 5, timeoutSeconds: 2 },
  };
}

/** The address of a component within its cluster. */
export function service(component: GitopsComponent): IService {
  const { name, ports } = component;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: {
      type: 'ClusterIP',
      selector: selectorOf(component),
      ports: [
        ...(ports.http ? [{ name: 'http', port: 80, targetPort: 'http' }] : []),
        ...(ports.grpc
          ? [
              {
                name: 'grpc',
                port: ports.grpc,
                targetPort: 'grpc',
                appProtocol: 'kubernetes.io/h2c',
              },
            ]
          : []),
      ],
    },
  };
}

/** Who a component is; AWS permissions hang on it. */
export function serviceAccount({ name }: GitopsComponent): IServiceAccount {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } };
}
