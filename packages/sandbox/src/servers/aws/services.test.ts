import { ListAccessPoliciesCommand, EKSClient } from '@aws-sdk/client-eks';
import {
  DescribeUsersCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import { ListAttributesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { AwsRig, startAws } from './__testUtils__/startAws';
import { loadService, SERVICE_NAMES } from './services';

describe('the services of AWS', () => {
  let aws: AwsRig;
  beforeAll(async () => {
    aws = await startAws();
  });
  afterAll(() => aws.close());

  it.each(SERVICE_NAMES)(
    'serves only operations of %s that its model has',
    name => {
      const { model, handlers } = loadService(name)!;
      expect(model.operations.size).toBeGreaterThan(0);
      expect(
        Object.keys(handlers).filter(
          operation => !model.operations.has(operation),
        ),
      ).toEqual([]);
    },
  );

  it('names the call that it does not serve, in every protocol', async () => {
    const options = aws.as('111100000001');
    const served = [
      [
        'eks:ListAccessPolicies',
        () => new EKSClient(options).send(new ListAccessPoliciesCommand({})),
      ],
      [
        'elasticache:DescribeUsers',
        () => new ElastiCacheClient(options).send(new DescribeUsersCommand({})),
      ],
      [
        'ecs:ListAttributes',
        () =>
          new ECSClient(options).send(
            new ListAttributesCommand({ targetType: 'container-instance' }),
          ),
      ],
    ] as const;
    for (const [name, call] of served) {
      await expect(call()).rejects.toMatchObject({
        message: `${name} is not in the sandbox`,
        $metadata: { httpStatusCode: 501 },
      });
    }
  });

  it('does not know a path that no operation of a REST service has', async () => {
    const reply = await fetch(`${aws.endpoint}/nowhere`, {
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=AKIA111100000001SANDBOX/20261121/us-east-1/eks/aws4_request, SignedHeaders=host, Signature=0',
      },
    });
    expect(reply.status).toBe(404);
    expect(reply.headers.get('x-amzn-errortype')).toBe(
      'UnknownOperationException',
    );
  });
});
