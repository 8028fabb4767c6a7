import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  CostExplorerClient,
  GetTagsCommand,
} from '@aws-sdk/client-cost-explorer';
import { DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import { AwsRig, startAws } from './__testUtils__/startAws';

describe('STS and the door of the AWS endpoint', () => {
  let aws: AwsRig;
  beforeAll(async () => {
    aws = await startAws();
  });
  afterAll(() => aws.close());

  const ROLE = 'arn:aws:iam::111100000003:role/fairway-reader';

  it('gives a session of a role, with which the account is reached', async () => {
    const sts = new STSClient(aws.as('000000000000'));
    const { Credentials, AssumedRoleUser } = await sts.send(
      new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'fairway' }),
    );

    expect(Credentials?.AccessKeyId).toBe('ASIA111100000003SANDBOX');
    expect(Credentials!.Expiration!.getTime()).toBeGreaterThan(
      Date.now() + 3_500_000,
    );
    expect(AssumedRoleUser?.Arn).toBe(
      'arn:aws:sts::111100000003:assumed-role/fairway-reader/fairway',
    );

    const session = new STSClient({
      ...aws.as('111100000003'),
      credentials: {
        accessKeyId: Credentials!.AccessKeyId!,
        secretAccessKey: Credentials!.SecretAccessKey!,
        sessionToken: Credentials!.SessionToken!,
      },
    });
    expect(await session.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: '111100000003',
      Arn: 'arn:aws:sts::111100000003:assumed-role/fairway-reader/fairway',
    });
  });

  it('refuses a role of an account that does not exist', async () => {
    const sts = new STSClient(aws.as('000000000000'));
    await expect(
      sts.send(
        new AssumeRoleCommand({
          RoleArn: 'arn:aws:iam::999999999999:role/fairway-reader',
          RoleSessionName: 'fairway',
        }),
      ),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('names a member that is missing', async () => {
    const sts = new STSClient(aws.as('000000000000'));
    await expect(
      sts.send(new AssumeRoleCommand({ RoleArn: ROLE } as any)),
    ).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining("'roleSessionName'"),
    });
  });

  it('refuses unknown keys in the words of each protocol', async () => {
    const stranger = {
      ...aws.as('111100000003'),
      credentials: { accessKeyId: 'AKIASTRANGER', secretAccessKey: 'x' },
    };
    await expect(
      new STSClient(stranger).send(new GetCallerIdentityCommand({})),
    ).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(
      new ECRClient(stranger).send(new DescribeRepositoriesCommand({})),
    ).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
    await expect(
      new ECRClient(aws.as('999999999999')).send(
        new DescribeRepositoriesCommand({}),
      ),
    ).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });

  it('refuses a session key without its token, and a session that is over', async () => {
    const credentials = {
      accessKeyId: 'ASIA111100000003SANDBOX',
      secretAccessKey: 'sandbox',
    };
    await expect(
      new ECRClient({ ...aws.as('111100000003'), credentials }).send(
        new DescribeRepositoriesCommand({}),
      ),
    ).rejects.toMatchObject({ name: 'UnrecognizedClientException' });

    const sessionToken = Buffer.from(
      JSON.stringify({ roleArn: ROLE, sessionName: 'x', expiresAt: 1 }),
    ).toString('base64');
    await expect(
      new ECRClient({
        ...aws.as('111100000003'),
        credentials: { ...credentials, sessionToken },
      }).send(new DescribeRepositoriesCommand({})),
    ).rejects.toMatchObject({ name: 'ExpiredTokenException' });
  });

  it('says what it does not serve', async () => {
    const unsigned = await fetch(aws.endpoint, { method: 'POST', body: '{}' });
    expect(unsigned.status).toBe(400);
    expect(await unsigned.json()).toMatchObject({
      __type: 'MissingAuthenticationTokenException',
    });

    const call = (service: string, target: string, body = '{}') =>
      fetch(aws.endpoint, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': target,
          authorization: `AWS4-HMAC-SHA256 Credential=AKIA111100000003SANDBOX/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
        },
      });

    const noService = await call('lambda', 'X.ListFunctions');
    expect(noService.status).toBe(501);
    expect((await noService.json()).message).toContain(
      'lambda is not in the sandbox',
    );
    const notServed = await call('ecr', 'X.GetAccountSetting');
    expect(notServed.status).toBe(501);
    expect((await notServed.json()).message).toBe(
      'ecr:GetAccountSetting is not in the sandbox',
    );
    const unknown = await call('ecr', 'X.MakeCoffee');
    expect(unknown.status).toBe(400);
    const malformed = await call('ecr', 'X.DescribeRepositories', '{"maxRes');
    expect(malformed.status).toBe(400);
    expect((await malformed.json()).__type).toBe('SerializationException');
    const wrongType = await call(
      'ecr',
      'X.DescribeImages',
      '{"repositoryName": ["a"]}',
    );
    expect((await wrongType.json()).message).toContain(
      "'repositoryName' must be a string",
    );
  });

  it('counts and breaks calls by service and operation', async () => {
    const ecr = new ECRClient(aws.as('111100000000'));
    const describe = () => ecr.send(new DescribeRepositoriesCommand({}));
    await describe();
    expect(JSON.stringify(aws.world.counters.read())).toContain(
      'POST /ecr/DescribeRepositories',
    );
    const fault = aws.world.faults.add({
      upstream: 'aws',
      path: '/ecr/Describe',
      kind: 'status',
      status: 503,
      count: 1,
    });
    expect(fault.id).toBeDefined();
    await expect(describe()).rejects.toMatchObject({
      $metadata: { httpStatusCode: 503 },
      name: 'ServiceUnavailable',
    });
    await expect(describe()).resolves.toBeDefined();
  });

  it('throttles every service when the situation says so', async () => {
    await aws.world.scenarios.start('throttled');
    try {
      await expect(
        new RDSClient(aws.as('111100000003')).send(
          new DescribeDBClustersCommand({}),
        ),
      ).rejects.toMatchObject({ name: 'Throttling', message: 'Rate exceeded' });
      await expect(
        new CostExplorerClient(aws.as('000000000000', 'us-east-1')).send(
          new GetTagsCommand({
            TimePeriod: { Start: '2026-01-01', End: '2026-01-02' },
          }),
        ),
      ).rejects.toMatchObject({ name: 'ThrottlingException' });
    } finally {
      await aws.world.scenarios.start('calm');
    }
    await expect(
      new RDSClient(aws.as('111100000003')).send(
        new DescribeDBClustersCommand({}),
      ),
    ).resolves.toBeDefined();
  });
});
