import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
  RestoreSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { AwsRig, startAws } from './__testUtils__/startAws';

const DEV = '111100000001';

describe('Secrets Manager', () => {
  let aws: AwsRig;
  let secrets: SecretsManagerClient;
  beforeEach(async () => {
    aws = await startAws();
    secrets = new SecretsManagerClient(aws.as(DEV));
  });
  afterEach(() => aws.close());

  const create = (Name: string, SecretString?: string) =>
    secrets.send(new CreateSecretCommand({ Name, SecretString }));
  const read = (SecretId: string, VersionStage?: string) =>
    secrets.send(new GetSecretValueCommand({ SecretId, VersionStage }));
  const describeSecret = (SecretId: string) =>
    secrets.send(new DescribeSecretCommand({ SecretId }));

  it('knows of the secrets of a platform, and not what they hold', async () => {
    const { SecretList } = await secrets.send(
      new ListSecretsCommand({
        Filters: [{ Key: 'tag-value', Values: ['sample-platform'] }],
      }),
    );
    expect(SecretList).toHaveLength(1);
    expect(SecretList![0]).toMatchObject({
      Name: 'sample-platform-ai/dev/database',
      RotationEnabled: true,
      RotationRules: { AutomaticallyAfterDays: 30 },
    });
    await expect(read(SecretList![0].Name!)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message:
        "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    });
    await expect(describeSecret('nope')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
  });

  it('gives back what was put, and what was there before it, also after a restart', async () => {
    const { ARN } = await create('team/token', 'one');
    expect(ARN).toMatch(
      /^arn:aws:secretsmanager:ap-southeast-2:111100000001:secret:team\/token-\w{6}$/,
    );
    await expect(create('team/token')).rejects.toMatchObject({
      name: 'ResourceExistsException',
    });
    await secrets.send(
      new PutSecretValueCommand({ SecretId: ARN, SecretString: 'two' }),
    );
    await aws.restart();
    secrets = new SecretsManagerClient(aws.as(DEV));
    expect((await read(ARN!)).SecretString).toBe('two');
    expect((await read('team/token', 'AWSPREVIOUS')).SecretString).toBe('one');
    await secrets.send(
      new UpdateSecretCommand({
        SecretId: 'team/token',
        SecretBinary: Buffer.from([0, 1, 255]),
      }),
    );
    expect((await read('team/token')).SecretBinary).toEqual(
      new Uint8Array([0, 1, 255]),
    );
  });

  it('keeps a deleted secret for the window, then lets it go', async () => {
    await create('a', 'x');
    const remove = (RecoveryWindowInDays?: number) =>
      secrets.send(
        new DeleteSecretCommand({ SecretId: 'a', RecoveryWindowInDays }),
      );
    await expect(remove(3)).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await remove(7);
    await expect(read('a')).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
    await expect(create('a')).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
    await secrets.send(new RestoreSecretCommand({ SecretId: 'a' }));
    expect((await read('a')).SecretString).toBe('x');

    await remove(7);
    const day = 24 * 60 * 60 * 1000;
    aws.world.clock.advance(6 * day);
    expect((await describeSecret('a')).DeletedDate).toBeInstanceOf(Date);
    aws.world.clock.advance(2 * day);
    await expect(describeSecret('a')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('rotates over a while: pending, then current', async () => {
    await create('db', '{"username":"u","password":"old"}');
    await expect(
      secrets.send(new RotateSecretCommand({ SecretId: 'db' })),
    ).rejects.toMatchObject({ name: 'InvalidRequestException' });
    const { VersionId } = await secrets.send(
      new RotateSecretCommand({
        SecretId: 'db',
        RotationLambdaARN:
          'arn:aws:lambda:ap-southeast-2:111100000001:function:r',
        RotationRules: { AutomaticallyAfterDays: 10 },
      }),
    );
    expect((await read('db')).SecretString).toContain('old');
    expect(
      (await describeSecret('db')).VersionIdsToStages![VersionId!],
    ).toEqual(['AWSPENDING']);

    const after = await aws.soon(
      () => read('db'),
      ({ VersionId: id }) => id === VersionId,
    );
    expect(JSON.parse(after.SecretString!)).toMatchObject({ username: 'u' });
    expect(after.SecretString).not.toContain('old');
    const { LastRotatedDate, NextRotationDate } = await describeSecret('db');
    expect(
      Math.round(
        (NextRotationDate!.getTime() - LastRotatedDate!.getTime()) / 864e5,
      ),
    ).toBe(10);
  });

  it('is copied to another region, where it can only be read', async () => {
    await create('shared', 'v');
    const { ReplicationStatus } = await secrets.send(
      new ReplicateSecretToRegionsCommand({
        SecretId: 'shared',
        AddReplicaRegions: [{ Region: 'ap-southeast-4' }],
      }),
    );
    expect(ReplicationStatus![0].Status).toBe('InProgress');
    await aws.soon(
      () => describeSecret('shared'),
      secret => secret.ReplicationStatus![0].Status === 'InSync',
    );
    const melbourne = new SecretsManagerClient(aws.as(DEV, 'ap-southeast-4'));
    const copy = await melbourne.send(
      new GetSecretValueCommand({ SecretId: 'shared' }),
    );
    expect(copy.SecretString).toBe('v');
    expect(copy.ARN).toContain(':ap-southeast-4:');
    await expect(
      melbourne.send(
        new PutSecretValueCommand({ SecretId: 'shared', SecretString: 'w' }),
      ),
    ).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringContaining('replica'),
    });
  });
});
