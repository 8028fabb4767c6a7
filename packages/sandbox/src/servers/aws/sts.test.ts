import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
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

  it.each([
    ['a b', 'satisfy regular expression pattern: [\\w+=,.@-]*'],
    ['a', 'have length greater than or equal to 2'],
    ['a'.repeat(65), 'have length less than or equal to 64'],
  ])('refuses %s as the name of a session', async (RoleSessionName, rule) => {
    await expect(
      new STSClient(aws.as('000000000000')).send(
        new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName }),
      ),
    ).rejects.toMatchObject({
      name: 'ValidationError',
      message: `1 validation error detected: Value '${RoleSessionName}' at 'roleSessionName' failed to satisfy constraint: Member must ${rule}`,
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

  it('F40 refuses a role that is denied, a wrong external id, and sessions that are expired', async () => {
    const sts = new STSClient(aws.as('000000000000'));
    const assume = (account: string, ExternalId?: string) =>
      sts.send(
        new AssumeRoleCommand({
          RoleArn: `arn:aws:iam::${account}:role/fairway-reader`,
          RoleSessionName: 'fairway',
          ExternalId,
        }),
      );
    const { scenarios } = aws.world;
    await scenarios.start('role-denied', { account: '111100000002' });
    await expect(assume('111100000002')).rejects.toMatchObject({
      name: 'AccessDenied',
      message:
        'User: arn:aws:iam::000000000000:user/sandbox is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111100000002:role/fairway-reader',
      $metadata: { httpStatusCode: 403 },
    });
    await assume('111100000003');

    await scenarios.start('external-id', {
      account: '111100000003',
      externalId: 'secret-handshake',
    });
    await expect(assume('111100000003', 'wrong')).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    const { Credentials } = await assume('111100000003', 'secret-handshake');
    const client = new STSClient({
      ...aws.as('111100000003'),
      credentials: {
        accessKeyId: Credentials!.AccessKeyId!,
        secretAccessKey: Credentials!.SecretAccessKey!,
        sessionToken: Credentials!.SessionToken,
      },
    });
    const who = () => client.send(new GetCallerIdentityCommand({}));
    await who();
    await scenarios.start('credentials-expired', { account: '111100000003' });
    await expect(who()).rejects.toMatchObject({ name: 'ExpiredToken' });
    await scenarios.start('calm');
    await who();
    await assume('111100000002');
  });

  const issuerOf = async () => {
    const { cluster } = await new EKSClient(aws.as('111100000001')).send(
      new DescribeClusterCommand({ name: 'sample-platform-ai-dev' }),
    );
    return cluster!.identity!.oidc!.issuer!;
  };

  it('takes the token of a service account instead of a signature', async () => {
    const issuer = await issuerOf();
    const token = (claims: object) =>
      [{ alg: 'RS256' }, claims, {}]
        .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
    const now = Math.floor(aws.world.clock.now().getTime() / 1000);
    const claims = {
      iss: issuer,
      sub: 'system:serviceaccount:kube-system:ebs',
      aud: ['sts.amazonaws.com'],
      exp: now + 600,
    };
    const assume = (WebIdentityToken: string) =>
      new STSClient({ ...aws.as('111100000001') }).send(
        new AssumeRoleWithWebIdentityCommand({
          RoleArn: 'arn:aws:iam::111100000001:role/ebs',
          RoleSessionName: 'pod',
          WebIdentityToken,
        }),
      );
    const session = await assume(token(claims));
    expect(session.SubjectFromWebIdentityToken).toBe(claims.sub);
    expect(session.AssumedRoleUser!.Arn).toBe(
      'arn:aws:sts::111100000001:assumed-role/ebs/pod',
    );
    await expect(
      assume(token({ ...claims, exp: now - 1 })),
    ).rejects.toMatchObject({ name: 'ExpiredTokenException' });
    await expect(
      assume(token({ ...claims, iss: 'https://elsewhere' })),
    ).rejects.toMatchObject({
      name: 'InvalidIdentityTokenException',
      message:
        'No OpenIDConnect provider found in your account for https://elsewhere',
    });
    await expect(assume('x')).rejects.toMatchObject({
      name: 'InvalidIdentityTokenException',
    });
  });

  it('gives a user a session of their own, and a session none', async () => {
    const { Credentials } = await new STSClient(aws.as('111100000001')).send(
      new GetSessionTokenCommand({}),
    );
    const client = new STSClient({
      ...aws.as('111100000001'),
      credentials: {
        accessKeyId: Credentials!.AccessKeyId!,
        secretAccessKey: Credentials!.SecretAccessKey!,
        sessionToken: Credentials!.SessionToken,
      },
    });
    expect((await client.send(new GetCallerIdentityCommand({}))).Arn).toBe(
      'arn:aws:iam::111100000001:user/sandbox',
    );
    await expect(
      client.send(new GetSessionTokenCommand({})),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
