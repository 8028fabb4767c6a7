import { AwsError } from '../../../world/aws/AwsError';
import {
  clusterArn,
  isHere,
  serviceArn,
  shortName,
} from '../../../world/aws/ecs/arns';
import { ServiceRecord } from '../../../world/aws/ecs/records';
import { CallContext, Handlers } from '../handlers';
import { describeService } from './describeService';
import {
  describeServiceDeployment,
  describeServiceRevision,
} from './describeServiceDeployment';
import { checkNames, describeEach, pageOf } from './pages';
import { readTags } from './tags';

const MOST_SERVICES = 10;
const MOST_DEPLOYMENTS = 20;
const USUAL_SERVICES = 10;

/** Services and their deployments. */
export const serviceCalls: Handlers<typeof import('@aws-sdk/client-ecs')> = {
  CreateService(input, context) {
    const { ecs } = context.aws;
    const cluster = ecs.store.getCluster(context, input.cluster);
    const service = ecs.createService(cluster, input, {
      arn: context.callerArn,
      tags: readTags(input.tags),
    });
    return { service: describeService(service, ecs.store, true) };
  },

  UpdateService(input, context) {
    const { ecs } = context.aws;
    const cluster = ecs.store.getCluster(context, input.cluster);
    const service = ecs.store.getService(cluster, input.service!);
    ecs.updateService(cluster, service, input, context.callerArn);
    return { service: describeService(service, ecs.store, false) };
  },

  DeleteService(input, context) {
    const { ecs } = context.aws;
    const cluster = ecs.store.getCluster(context, input.cluster);
    const service = ecs.store.getService(cluster, input.service!);
    ecs.deleteService(service, input.force ?? false);
    return { service: describeService(service, ecs.store, false) };
  },

  ListServices(input, context) {
    const { store } = context.aws.ecs;
    const cluster = store.getCluster(context, input.cluster);
    const found = store
      .servicesOf(cluster)
      .filter(({ status }) => status !== 'INACTIVE')
      .filter(
        ({ launchType = 'FARGATE' }) =>
          !input.launchType || launchType === input.launchType,
      )
      .filter(() => (input.schedulingStrategy ?? 'REPLICA') === 'REPLICA');
    const page = pageOf(found.map(serviceArn), input, USUAL_SERVICES);
    return { serviceArns: page.items, nextToken: page.nextToken };
  },

  DescribeServices(input, context) {
    const { ecs } = context.aws;
    const cluster = ecs.store.getCluster(context, input.cluster);
    ecs.refresh();
    const { found, failures } = describeEach(
      checkNames(input.services, 'Services', MOST_SERVICES),
      name => ecs.store.findService(cluster, name),
      service =>
        describeService(
          service,
          ecs.store,
          input.include?.includes('TAGS') ?? false,
        ),
      name =>
        name.startsWith('arn:')
          ? name
          : `${clusterArn(context, cluster.name).replace(
              ':cluster/',
              ':service/',
            )}/${name}`,
    );
    return { services: found, failures };
  },

  ListServiceDeployments(input, context) {
    const service = serviceOf(input, context);
    const { status, createdAt } = input;
    const found = service.history.filter(
      entry =>
        (!status?.length || status.includes(entry.status)) &&
        (!createdAt?.after ||
          Date.parse(entry.createdAt) >= +createdAt.after) &&
        (!createdAt?.before ||
          Date.parse(entry.createdAt) <= +createdAt.before),
    );
    const page = pageOf(found, input, 20);
    return {
      serviceDeployments: page.items.map(entry => ({
        serviceDeploymentArn: entry.arn,
        serviceArn: serviceArn(service),
        clusterArn: clusterArn(service, service.cluster),
        createdAt: new Date(entry.createdAt),
        startedAt: new Date(entry.startedAt),
        finishedAt: entry.finishedAt ? new Date(entry.finishedAt) : undefined,
        targetServiceRevisionArn: entry.targetRevisionArn,
        status: entry.status,
        statusReason: entry.statusReason,
      })),
      nextToken: page.nextToken,
    };
  },

  DescribeServiceDeployments(input, context) {
    const { store } = context.aws.ecs;
    const { found, failures } = describeEach(
      checkNames(
        input.serviceDeploymentArns,
        'Service deployment ARNs',
        MOST_DEPLOYMENTS,
      ),
      arn => {
        const service = serviceOfChild(arn, context);
        const entry = service?.history.find(candidate => candidate.arn === arn);
        return service && entry && { service, entry };
      },
      ({ service, entry }) => describeServiceDeployment(entry, service, store),
      arn => arn,
    );
    return { serviceDeployments: found, failures };
  },

  DescribeServiceRevisions(input, context) {
    const { found, failures } = describeEach(
      checkNames(
        input.serviceRevisionArns,
        'Service revision ARNs',
        MOST_DEPLOYMENTS,
      ),
      arn => {
        const service = serviceOfChild(arn, context);
        const revision = service?.revisions.find(
          candidate => candidate.arn === arn,
        );
        return service && revision && { service, revision };
      },
      ({ service, revision }) => describeServiceRevision(revision, service),
      arn => arn,
    );
    return { serviceRevisions: found, failures };
  },
};

function serviceOf(
  input: { cluster?: string; service?: string },
  context: CallContext,
): ServiceRecord {
  const { store } = context.aws.ecs;
  const named = /:service\/([^/]+)\//.exec(input.service!)?.[1];
  const cluster = store.getCluster(context, input.cluster ?? named);
  return store.getService(cluster, input.service!);
}

/** The service that a deployment's or revision's ARN names. */
function serviceOfChild(
  arn: string,
  context: CallContext,
): ServiceRecord | undefined {
  const [, cluster, service] =
    /:service-(?:deployment|revision)\/([^/]+)\/([^/]+)\//.exec(arn) ?? [];
  if (!cluster) {
    throw new AwsError(
      'InvalidParameterException',
      `Invalid identifier: ${arn}`,
    );
  }
  const found =
    isHere(context, arn) && context.aws.ecs.store.findCluster(context, cluster);
  return found
    ? context.aws.ecs.store.findService(found, shortName(service))
    : undefined;
}
