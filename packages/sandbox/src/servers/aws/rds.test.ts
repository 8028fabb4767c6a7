import {
  DescribeDBClusterParameterGroupsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBParameterGroupsCommand,
  DescribeDBSubnetGroupsCommand,
  DescribeGlobalClustersCommand,
  ListTagsForResourceCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { AwsRig, startAws } from './__testUtils__/startAws';

const PROD = '111100000003';

describe('RDS', () => {
  let aws: AwsRig;
  let sydney: RDSClient;
  let melbourne: RDSClient;
  beforeAll(async () => {
    aws = await startAws();
    sydney = new RDSClient(aws.as(PROD));
    melbourne = new RDSClient(aws.as(PROD, 'ap-southeast-4'));
  });
  afterAll(() => aws.close());

  it('shows a global database in the regions of its members', async () => {
    for (const rds of [sydney, melbourne]) {
      const { GlobalClusters } = await rds.send(
        new DescribeGlobalClustersCommand({}),
      );
      expect(GlobalClusters).toEqual([
        expect.objectContaining({
          GlobalClusterIdentifier: 'sample-platform-ai-prod',
          Engine: 'aurora-postgresql',
          EngineVersion: '16.4',
          Status: 'available',
        }),
      ]);
      const [writer, reader] = GlobalClusters![0].GlobalClusterMembers!;
      expect(writer).toMatchObject({
        DBClusterArn:
          'arn:aws:rds:ap-southeast-2:111100000003:cluster:sample-platform-ai-prod-sydney',
        IsWriter: true,
        Readers: [reader.DBClusterArn],
      });
      expect(reader).toMatchObject({
        DBClusterArn:
          'arn:aws:rds:ap-southeast-4:111100000003:cluster:sample-platform-ai-prod-melbourne',
        IsWriter: false,
        SynchronizationStatus: 'connected',
        GlobalWriteForwardingStatus: 'disabled',
      });
    }
  });

  it('shows clusters and instances in their own account and region only', async () => {
    const ids = async (rds: RDSClient) =>
      (await rds.send(new DescribeDBClustersCommand({}))).DBClusters!.map(
        c => c.DBClusterIdentifier,
      );
    expect(await ids(sydney)).toEqual(['sample-platform-ai-prod-sydney']);
    expect(await ids(melbourne)).toEqual(['sample-platform-ai-prod-melbourne']);
    expect(await ids(new RDSClient(aws.as(PROD, 'us-east-1')))).toEqual([]);
    expect(await ids(new RDSClient(aws.as('111100000001')))).toEqual([
      'sample-platform-ai-dev',
    ]);

    const { DBClusters } = await sydney.send(
      new DescribeDBClustersCommand({
        DBClusterIdentifier: 'sample-platform-ai-prod-sydney',
      }),
    );
    expect(DBClusters![0]).toMatchObject({
      GlobalClusterIdentifier: 'sample-platform-ai-prod',
      Endpoint: expect.stringContaining('.ap-southeast-2.rds.amazonaws.com'),
      DBClusterMembers: [
        {
          DBInstanceIdentifier: 'sample-platform-ai-prod-sydney-1',
          IsClusterWriter: true,
        },
        {
          DBInstanceIdentifier: 'sample-platform-ai-prod-sydney-2',
          IsClusterWriter: false,
        },
      ],
      TagList: [
        { Key: 'Environment', Value: 'prod' },
        { Key: 'System', Value: 'sample-platform-ai' },
      ],
    });
  });

  it('has plain instances, without clusters, for the postgres engine', async () => {
    const rds = new RDSClient(aws.as('333300000002', 'us-west-2'));
    expect(
      (await rds.send(new DescribeDBClustersCommand({}))).DBClusters,
    ).toEqual([]);
    const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({}));
    expect(DBInstances).toEqual([
      expect.objectContaining({
        DBInstanceIdentifier: 'cornjacket-prod',
        Engine: 'postgres',
        DBInstanceClass: 'db.r6g.large',
        ReadReplicaDBInstanceIdentifiers: ['cornjacket-prod-replica-1'],
      }),
      expect.objectContaining({
        DBInstanceIdentifier: 'cornjacket-prod-replica-1',
        ReadReplicaSourceDBInstanceIdentifier: 'cornjacket-prod',
      }),
    ]);
  });

  it('filters', async () => {
    const { DBInstances } = await sydney.send(
      new DescribeDBInstancesCommand({
        Filters: [
          {
            Name: 'db-cluster-id',
            Values: ['sample-platform-ai-prod-sydney'],
          },
          {
            Name: 'db-instance-id',
            Values: ['sample-platform-ai-prod-sydney-2'],
          },
        ],
      }),
    );
    expect(DBInstances!.map(i => i.DBInstanceIdentifier)).toEqual([
      'sample-platform-ai-prod-sydney-2',
    ]);
    const { GlobalClusters } = await sydney.send(
      new DescribeGlobalClustersCommand({
        Filters: [{ Name: 'db-cluster-id', Values: ['nothing'] }],
      }),
    );
    expect(GlobalClusters).toEqual([]);
    await expect(
      sydney.send(
        new DescribeDBInstancesCommand({
          Filters: [{ Name: 'colour', Values: ['red'] }],
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  it('names what it cannot find', async () => {
    await expect(
      sydney.send(
        new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: 'none' }),
      ),
    ).rejects.toMatchObject({
      name: 'GlobalClusterNotFoundFault',
      $metadata: { httpStatusCode: 404 },
    });
    await expect(
      sydney.send(
        new DescribeDBClustersCommand({
          DBClusterIdentifier: 'sample-platform-ai-prod-melbourne',
        }),
      ),
    ).rejects.toMatchObject({ name: 'DBClusterNotFoundFault' });
    await expect(
      sydney.send(
        new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'none' }),
      ),
    ).rejects.toMatchObject({ name: 'DBInstanceNotFoundFault' });
  });

  it('checks page sizes and markers', async () => {
    await expect(
      sydney.send(new DescribeDBClustersCommand({ MaxRecords: 5 })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await expect(
      sydney.send(new DescribeDBClustersCommand({ Marker: 'x' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  it('pages with a marker', async () => {
    const [seed] = aws.world.platforms;
    const prod = seed.environments[2];
    const many = Array.from({ length: 45 }, (_, index) => ({
      id: `many-${String(index).padStart(2, '0')}`,
      region: 'eu-west-1',
      instances: 1,
    }));
    const rig = await startAws({
      platforms: [
        {
          ...seed,
          environments: [
            {
              ...prod,
              database: {
                ...prod.database!,
                globalCluster: undefined,
                clusters: many,
              },
            },
          ],
        },
      ],
    });
    try {
      const rds = new RDSClient(rig.as(PROD, 'eu-west-1'));
      const seen: string[] = [];
      let Marker: string | undefined;
      let calls = 0;
      do {
        const page = await rds.send(
          new DescribeDBClustersCommand({ MaxRecords: 20, Marker }),
        );
        seen.push(...page.DBClusters!.map(c => c.DBClusterIdentifier!));
        Marker = page.Marker;
        calls += 1;
      } while (Marker);
      expect(calls).toBe(3);
      expect(seen).toEqual(many.map(({ id }) => id));
    } finally {
      await rig.close();
    }
  });

  it('lists tags', async () => {
    const { TagList } = await sydney.send(
      new ListTagsForResourceCommand({
        ResourceName:
          'arn:aws:rds:ap-southeast-2:111100000003:cluster:sample-platform-ai-prod-sydney',
      }),
    );
    expect(TagList).toContainEqual({ Key: 'Environment', Value: 'prod' });
  });

  it('has the groups that its databases are in, and names those that are not there', async () => {
    const { DBClusters } = await sydney.send(new DescribeDBClustersCommand({}));
    const [{ DBSubnetGroup, DBClusterParameterGroup }] = DBClusters!;
    const subnets = await sydney.send(
      new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: DBSubnetGroup }),
    );
    expect(
      subnets.DBSubnetGroups![0].Subnets!.map(
        ({ SubnetAvailabilityZone }) => SubnetAvailabilityZone!.Name,
      ),
    ).toEqual(['ap-southeast-2a', 'ap-southeast-2b', 'ap-southeast-2c']);
    const groups = await sydney.send(
      new DescribeDBClusterParameterGroupsCommand({}),
    );
    expect(groups.DBClusterParameterGroups).toMatchObject([
      {
        DBClusterParameterGroupName: DBClusterParameterGroup,
        DBParameterGroupFamily: 'aurora-postgresql16',
      },
    ]);
    expect(
      (await sydney.send(new DescribeDBParameterGroupsCommand({})))
        .DBParameterGroups,
    ).toHaveLength(1);
    await expect(
      sydney.send(
        new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: 'none' }),
      ),
    ).rejects.toMatchObject({ name: 'DBSubnetGroupNotFoundFault' });
    for (const call of [
      new DescribeDBClusterParameterGroupsCommand({
        DBClusterParameterGroupName: 'none',
      }),
      new DescribeDBParameterGroupsCommand({ DBParameterGroupName: 'none' }),
    ]) {
      await expect(sydney.send(call as any)).rejects.toMatchObject({
        name: 'DBParameterGroupNotFoundFault',
      });
    }
  });
});
