import * as ecs from '@aws-sdk/client-ecs';
import * as eks from '@aws-sdk/client-eks';
import { PAUSE, Seen, Step, stepsOf } from '../Step';

const call = stepsOf('ecs');
const kubernetes = stepsOf('eks');

const cluster = 'realism';

export const CONTAINER_STEPS: Step[] = [
  call(new ecs.CreateClusterCommand({ clusterName: cluster })),
  call(new ecs.ListClustersCommand({})),
  call(new ecs.DescribeClustersCommand({ clusters: [cluster] })),
  call(
    new ecs.DescribeClustersCommand({ clusters: ['none'] }),
    'no such cluster',
  ),
  call(
    new ecs.RegisterTaskDefinitionCommand({
      family: 'realism',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        {
          name: 'one',
          image: 'public.ecr.aws/nginx/nginx:stable',
          essential: true,
          portMappings: [{ containerPort: 80 }],
        },
      ],
    }),
  ),
  call(
    new ecs.RegisterTaskDefinitionCommand({
      family: 'realism',
      containerDefinitions: [],
    }),
    'no containers',
  ),
  call(new ecs.DescribeTaskDefinitionCommand({ taskDefinition: 'realism:1' })),
  call(
    new ecs.DescribeTaskDefinitionCommand({ taskDefinition: 'none' }),
    'no such definition',
  ),
  call(new ecs.ListTaskDefinitionsCommand({ familyPrefix: 'realism' })),
  call(new ecs.ListTaskDefinitionFamiliesCommand({ familyPrefix: 'realism' })),
  call(
    ({ subnet }: Seen) =>
      new ecs.CreateServiceCommand({
        cluster,
        serviceName: 'one',
        taskDefinition: 'realism:1',
        desiredCount: 1,
        launchType: 'FARGATE',
        networkConfiguration: {
          awsvpcConfiguration: { subnets: [subnet], securityGroups: [] },
        },
      }),
  ),
  PAUSE,
  call(new ecs.ListServicesCommand({ cluster })),
  call(new ecs.DescribeServicesCommand({ cluster, services: ['one'] })),
  call(
    new ecs.DescribeServicesCommand({ cluster, services: ['none'] }),
    'no such service',
  ),
  call(
    new ecs.DescribeServicesCommand({ cluster: 'none', services: ['one'] }),
    'no such cluster',
  ),
  call(
    new ecs.UpdateServiceCommand({ cluster, service: 'one', desiredCount: 0 }),
  ),
  call(
    new ecs.UpdateServiceCommand({ cluster, service: 'none', desiredCount: 0 }),
    'no such service',
  ),
  PAUSE,
  call(new ecs.DeleteServiceCommand({ cluster, service: 'one' })),
  PAUSE,
  call(
    new ecs.DeregisterTaskDefinitionCommand({ taskDefinition: 'realism:1' }),
  ),
  call(new ecs.DeleteClusterCommand({ cluster })),
  call(new ecs.DeleteClusterCommand({ cluster: 'none' }), 'no such cluster'),
  kubernetes(new eks.ListClustersCommand({})),
  kubernetes(
    new eks.DescribeClusterCommand({ name: 'none' }),
    'no such cluster',
  ),
  kubernetes(
    new eks.ListNodegroupsCommand({ clusterName: 'none' }),
    'no such cluster',
  ),
  kubernetes(
    new eks.DescribeNodegroupCommand({
      clusterName: 'none',
      nodegroupName: 'none',
    }),
    'no such cluster',
  ),
];
