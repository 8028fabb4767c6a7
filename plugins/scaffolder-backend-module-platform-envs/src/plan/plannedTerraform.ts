import {
  PlannedChange,
  PlannedProperty,
  PlannedThing,
} from '@fairway/plugin-platform-envs-common';
import { ComponentEnvironment, GitopsComponent } from '../gitops/types';

const DAY_SECONDS = 86_400;

/** What the tasks of a component may do with its queue of jobs; the same as in `queue.tf`. */
export const QUEUE_ACTIONS = {
  send: ['sqs:SendMessage'],
  take: [
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ReceiveMessage',
  ],
  putAside: ['sqs:SendMessage'],
};

interface Statement {
  actions: string[];
  resource: string;
}

/**
 * What the Terraform root of a component on ECS makes in an environment beside
 * the services themselves: its roles with who may assume them and what they may
 * do, and its queue of jobs with the dead-letter queue. The environment has an
 * account and a region.
 */
export function plannedTerraform(
  component: GitopsComponent,
  environment: ComponentEnvironment,
  change: PlannedChange,
): PlannedThing[] {
  return [
    ...plannedQueues(component, environment),
    ...plannedRoles(component, environment),
  ].map(thing => ({ ...thing, environment: environment.shortName, change }));
}

type Thing = Omit<PlannedThing, 'environment' | 'change'>;

/** At most 80 characters with what is added; as `locals.tf` names it. */
function queueName(
  { name }: GitopsComponent,
  { shortName }: ComponentEnvironment,
): string {
  return `${name}-${shortName}`.slice(0, 75);
}

function plannedQueues(
  component: GitopsComponent,
  environment: ComponentEnvironment,
): Thing[] {
  const { queue } = component;
  if (!queue) return [];
  const name = queueName(component, environment);
  const described = (QueueName: string, properties: object): Thing => ({
    kind: 'awsResource',
    name: QueueName,
    where: `${environment.accountId}/${environment.primaryRegion}`,
    resourceType: 'AWS::SQS::Queue',
    properties: propertiesOf({
      QueueName,
      ...properties,
      SqsManagedSseEnabled: true,
    }),
  });
  return [
    {
      ...described(name, {
        VisibilityTimeout: queue.visibilityTimeoutSeconds,
        MessageRetentionPeriod: queue.retentionDays * DAY_SECONDS,
        ReceiveMessageWaitTimeSeconds: 20,
        RedrivePolicy: {
          deadLetterTargetArn: queueArn(`${name}-dead`, environment),
          maxReceiveCount: queue.maxAttempts,
        },
      }),
      note: 'Its URL is QUEUE_URL in the environment of the tasks',
    },
    {
      ...described(`${name}-dead`, {
        MessageRetentionPeriod: queue.deadLetterRetentionDays * DAY_SECONDS,
        RedriveAllowPolicy: {
          redrivePermission: 'byQueue',
          sourceQueueArns: [queueArn(name, environment)],
        },
      }),
      note: `Where jobs go that nobody could do: DEAD_LETTER_QUEUE_URL of what takes jobs`,
    },
  ];
}

function queueArn(
  name: string,
  { primaryRegion, accountId }: ComponentEnvironment,
): string {
  return `arn:aws:sqs:${primaryRegion}:${accountId}:${name}`;
}

/** The roles of `iam.tf`, in the order in which they come to bear. */
function plannedRoles(
  component: GitopsComponent,
  environment: ComponentEnvironment,
): Thing[] {
  const { name, system, secrets, workers, exposure, ports } = component;
  const { accountId, primaryRegion, shortName } = environment;
  const prefix = `${name}-${shortName}`.slice(0, 50);
  const role = (
    suffix: string,
    assumedBy: string,
    note: string,
    rights: {
      managed?: string;
      policies?: Record<string, Statement[]>;
    } = {},
  ): Thing => ({
    kind: 'iam',
    name: `${prefix}-${suffix}`,
    where: accountId!,
    resourceType: 'AWS::IAM::Role',
    note,
    properties: propertiesOf({
      RoleName: `${prefix}-${suffix}`,
      AssumeRolePolicyDocument: trust(assumedBy, accountId!),
      ...(rights.managed && {
        ManagedPolicyArns: [`arn:aws:iam::aws:policy/${rights.managed}`],
      }),
      ...policiesOf(rights.policies ?? {}),
    }),
  });
  const takesJobs = workers.length > 0 ? 'worker' : 'task';
  const queueRights = (of: string) =>
    queuePolicies(component, environment, of === takesJobs, of === 'task');
  return [
    role(
      'execution',
      'ecs-tasks.amazonaws.com',
      'What starts the tasks: it pulls the image, writes logs and reads the secret',
      {
        managed: 'service-role/AmazonECSTaskExecutionRolePolicy',
        policies:
          secrets.length > 0
            ? {
                secret: [
                  {
                    actions: ['secretsmanager:GetSecretValue'],
                    resource: `arn:aws:secretsmanager:${primaryRegion}:${accountId}:secret:${system}/${shortName}/${name}-??????`,
                  },
                ],
              }
            : {},
      },
    ),
    role(
      'task',
      'ecs-tasks.amazonaws.com',
      'What the component itself may do',
      { policies: queueRights('task') },
    ),
    ...(workers.length > 0
      ? [
          role('worker', 'ecs-tasks.amazonaws.com', 'What its workers may do', {
            policies: queueRights('worker'),
          }),
        ]
      : []),
    ...(environment.blueGreen && exposure !== 'none' && ports.http
      ? [
          role(
            'balancer',
            'ecs.amazonaws.com',
            'With it ECS moves requests from blue to green',
            {
              managed: 'AmazonECSInfrastructureRolePolicyForLoadBalancers',
            },
          ),
        ]
      : []),
  ];
}

function queuePolicies(
  component: GitopsComponent,
  environment: ComponentEnvironment,
  takes: boolean,
  isMain: boolean,
): Record<string, Statement[]> {
  if (!component.queue) return {};
  const name = queueName(component, environment);
  const jobs = queueArn(name, environment);
  const deadLetters = queueArn(`${name}-dead`, environment);
  return {
    ...(isMain &&
      component.kind !== 'worker' && {
        'send-jobs': [{ actions: QUEUE_ACTIONS.send, resource: jobs }],
      }),
    ...(takes && {
      'take-jobs': [
        { actions: QUEUE_ACTIONS.take, resource: jobs },
        { actions: QUEUE_ACTIONS.putAside, resource: deadLetters },
      ],
    }),
  };
}

function trust(service: string, accountId: string): object {
  return {
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'sts:AssumeRole',
    ...(service.startsWith('ecs-tasks') && {
      Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
    }),
  };
}

function policiesOf(policies: Record<string, Statement[]>): object {
  return Object.fromEntries(
    Object.entries(policies).map(([name, statements]) => [
      `Policy ${name}`,
      statements.map(({ actions, resource }) => ({
        Effect: 'Allow',
        Action: actions,
        Resource: resource,
      })),
    ]),
  );
}

function propertiesOf(properties: object): PlannedProperty[] {
  return Object.entries(properties).map(([name, value]) => ({
    name,
    value:
      typeof value === 'object'
        ? JSON.stringify(value, undefined, 2)
        : String(value),
  }));
}
