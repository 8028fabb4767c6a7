import {
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  Service,
  UpdateServiceCommand,
  UpdateServiceCommandInput,
  UpdateServiceCommandOutput,
} from '@aws-sdk/client-ecs';
import { AwsRig, startAws } from './startAws';

export const DEV = '333300000001';
export const REGION = 'us-west-2';
export const CLUSTER = 'cornjacket-platform-dev';
/** Without a tag. */
export const IMAGE =
  '333300000000.dkr.ecr.us-west-2.amazonaws.com/cornjacket-ingestion';

/** A pretend AWS and the ECS of one of its environments. */
export interface EcsRig {
  aws: AwsRig;
  readonly ecs: ECSClient;
  /** A service with its tags; `cornjacket-ingestion` unless told. */
  describeOne(
    service?: string,
    cluster?: string,
    client?: ECSClient,
  ): Promise<Service>;
  /** Waits until a service has one deployment, which is complete. */
  settled(service?: string): Promise<Service>;
  /** Registers a revision with one container; returns its ARN. */
  register(image: string, family?: string): Promise<string>;
  /** Changes `cornjacket-ingestion`. */
  update(
    input: Partial<UpdateServiceCommandInput>,
  ): Promise<UpdateServiceCommandOutput>;
}

/** Starts it. */
export async function startEcsRig(): Promise<EcsRig> {
  const aws = await startAws();
  let known: { endpoint: string; client: ECSClient } | undefined;
  // After a restart the address is another.
  const clientNow = () => {
    if (known?.endpoint !== aws.endpoint) {
      known = {
        endpoint: aws.endpoint,
        client: new ECSClient(aws.as(DEV, REGION)),
      };
    }
    return known.client;
  };
  const describeOne: EcsRig['describeOne'] = async (
    service = 'cornjacket-ingestion',
    cluster = CLUSTER,
    client = clientNow(),
  ) => {
    const { services } = await client.send(
      new DescribeServicesCommand({
        cluster,
        services: [service],
        include: ['TAGS'],
      }),
    );
    return services![0];
  };
  return {
    aws,
    get ecs() {
      return clientNow();
    },
    describeOne,
    settled: service =>
      aws.soon(
        () => describeOne(service),
        ({ deployments }) =>
          deployments!.length === 1 &&
          deployments![0].rolloutState === 'COMPLETED',
      ),
    async register(image, family = 'cornjacket-ingestion') {
      const { taskDefinition } = await clientNow().send(
        new RegisterTaskDefinitionCommand({
          family,
          networkMode: 'awsvpc',
          requiresCompatibilities: ['FARGATE'],
          cpu: '256',
          memory: '512',
          containerDefinitions: [{ name: family, image }],
        }),
      );
      return taskDefinition!.taskDefinitionArn!;
    },
    update: input =>
      clientNow().send(
        new UpdateServiceCommand({
          cluster: CLUSTER,
          service: 'cornjacket-ingestion',
          ...input,
        }),
      ),
  };
}

/** Texts of a service's events, newest first. */
export function messagesOf(service: Service): string[] {
  return service.events!.map(({ message }) => message!);
}
