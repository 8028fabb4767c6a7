import type {
  IIngress,
  INetworkPolicy,
  INetworkPolicyEgressRule,
} from 'kubernetes-models/networking.k8s.io/v1';
import { ComponentEnvironment, GitopsComponent } from '../types';
import { labelsOf, selectorOf } from './labels';

/** Where platforms keep what scrapes metrics and takes traces. */
const MONITORING_NAMESPACES = ['monitoring', 'platform-monitoring'];

const OTLP_PORTS = [4317, 4318];
const POSTGRES_PORT = 5432;

/** Where a VPC's own addresses are: private, and what EKS takes for pods. */
const PRIVATE_RANGES = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
];

/** Instance metadata would hand out the node's own credentials. */
const LINK_LOCAL = '169.254.0.0/16';

/** The agent from which a pod gets the credentials of its role. */
const POD_IDENTITY_AGENT = '169.254.170.23/32';

const tcp = (ports: number[]) =>
  ports.map(port => ({ protocol: 'TCP' as const, port }));

const namespaces = (names: string[]) => ({
  namespaceSelector: {
    matchExpressions: [
      { key: 'kubernetes.io/metadata.name', operator: 'In', values: names },
    ],
  },
});

/**
 * Who may call a component, and what it may call: names, its own namespace,
 * AWS and the rest of the world by HTTPS, telemetry, and in the private network
 * the database and what the form names. Nothing else.
 */
export function networkPolicy(component: GitopsComponent): INetworkPolicy {
  const { name, ports, exposure, environments, egressPorts } = component;
  const privatePorts = [
    ...new Set([
      ...(environments.some(({ hasDatabase }) => hasDatabase)
        ? [POSTGRES_PORT]
        : []),
      ...egressPorts,
    ]),
  ].sort((a, b) => a - b);
  const portNames = Object.keys(ports).map(port => ({ port }));
  const egress: INetworkPolicyEgressRule[] = [
    {
      to: [namespaces(['kube-system'])],
      ports: [{ protocol: 'UDP', port: 53 }, ...tcp([53])],
    },
    { to: [{ podSelector: {} }] },
    { to: [namespaces(MONITORING_NAMESPACES)], ports: tcp(OTLP_PORTS) },
    {
      to: [{ ipBlock: { cidr: '0.0.0.0/0', except: [LINK_LOCAL] } }],
      ports: tcp([443]),
    },
    { to: [{ ipBlock: { cidr: POD_IDENTITY_AGENT } }], ports: tcp([80]) },
    ...(privatePorts.length > 0
      ? [
          {
            to: PRIVATE_RANGES.map(cidr => ({ ipBlock: { cidr } })),
            ports: tcp(privatePorts),
          },
        ]
      : []),
  ];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name },
    spec: {
      podSelector: { matchLabels: selectorOf(component) },
      policyTypes: ['Ingress', 'Egress'],
      ingress:
        portNames.length === 0
          ? []
          : [
              {
                from: [{ podSelector: {} }, namespaces(MONITORING_NAMESPACES)],
                ports: portNames,
              },
              // The load balancer is no pod: it calls from its subnets, and
              // who may call it is for its own security group to say.
              ...(exposure === 'none'
                ? []
                : [{ ports: [{ port: exposedPort(component) }] }]),
            ],
      egress,
    },
  };
}

function exposedPort({ ports }: GitopsComponent): 'http' | 'grpc' {
  return ports.http ? 'http' : 'grpc';
}

/** Where a component is reached in an environment; undefined when it is not. */
export function hostOf(
  { name, exposure }: Pick<GitopsComponent, 'name' | 'exposure'>,
  { domain }: Pick<ComponentEnvironment, 'domain'>,
): string | undefined {
  return exposure === 'none' ? undefined : `${name}.${domain}`;
}

/**
 * The way in from outside: one load balancer an environment and exposure,
 * shared by its components, and the DNS record as the environment routes.
 *
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
 * @see https://kubernetes-sigs.github.io/external-dns/latest/docs/tutorials/aws/
 */
export function ingress(
  component: GitopsComponent,
  environment: ComponentEnvironment,
): IIngress {
  const { name, system, exposure } = component;
  const port = exposedPort(component);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name,
      labels: labelsOf(component),
      annotations: {
        'alb.ingress.kubernetes.io/scheme':
          exposure === 'public' ? 'internet-facing' : 'internal',
        'alb.ingress.kubernetes.io/group.name': groupName(
          system,
          environment.shortName,
          exposure,
        ),
        'alb.ingress.kubernetes.io/target-type': 'ip',
        'alb.ingress.kubernetes.io/listen-ports': '[{"HTTP":80},{"HTTPS":443}]',
        'alb.ingress.kubernetes.io/ssl-redirect': '443',
        'alb.ingress.kubernetes.io/ssl-policy':
          'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
        ...(port === 'grpc'
          ? {
              'alb.ingress.kubernetes.io/backend-protocol-version': 'GRPC',
              'alb.ingress.kubernetes.io/healthcheck-path':
                '/grpc.health.v1.Health/Check',
              'alb.ingress.kubernetes.io/success-codes': '0',
            }
          : { 'alb.ingress.kubernetes.io/healthcheck-path': '/readyz' }),
        ...routingAnnotations(environment),
      },
    },
    spec: {
      ingressClassName: 'alb',
      rules: [
        {
          host: hostOf(component, environment),
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: { service: { name, port: { name: port } } },
              },
            ],
          },
        },
      ],
    },
  };
}

/** At most 63 characters, of which the end tells environments apart. */
function groupName(...parts: string[]): string {
  const [system, ...rest] = parts;
  const end = `-${rest.join('-')}`;
  return `${system.slice(0, 63 - end.length).replace(/-+$/, '')}${end}`;
}

/** How the record in Route 53 answers; the host itself is the rule's. */
function routingAnnotations({
  routing,
  regions,
}: ComponentEnvironment): Record<string, string> {
  const externalDns = 'external-dns.alpha.kubernetes.io';
  switch (routing) {
    case 'none':
      return { [`${externalDns}/controller`]: 'none' };
    case 'latency':
    case 'latency-health-checked':
      return {
        [`${externalDns}/set-identifier`]: regions[0],
        [`${externalDns}/aws-region`]: regions[0],
        // An alias record takes its health from the load balancer's targets.
        [`${externalDns}/aws-evaluate-target-health`]: String(
          routing === 'latency-health-checked',
        ),
      };
    default:
      return {};
  }
}
