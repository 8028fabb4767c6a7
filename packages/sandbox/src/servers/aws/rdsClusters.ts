import type * as Sdk from '@aws-sdk/client-rds';
import { AwsError } from '../../world/aws/AwsError';
import { DatabaseCluster } from '../../world/aws/databases/records';
import { CallContext, Handlers } from './handlers';
import { describeCluster, describeSnapshot, readTags } from './rdsShapes';

/** What RDS does to Aurora clusters and their snapshots. */
export const rdsClusterHandlers: Handlers<typeof Sdk> = {
  CreateDBCluster(input, context) {
    const cluster = context.aws.databaseChanges.clusters.create(
      { accountId: context.accountId, region: context.region },
      {
        id: input.DBClusterIdentifier!,
        engine: input.Engine!,
        engineVersion: input.EngineVersion,
        globalClusterId: input.GlobalClusterIdentifier,
        masterUsername: input.MasterUsername,
        masterPassword: input.MasterUserPassword,
        managesPassword: input.ManageMasterUserPassword,
        databaseName: input.DatabaseName,
        port: input.Port,
        deletionProtection: input.DeletionProtection,
        backupRetentionDays: input.BackupRetentionPeriod,
        parameterGroup: input.DBClusterParameterGroupName,
        subnetGroup: input.DBSubnetGroupName,
        writeForwarding: input.EnableGlobalWriteForwarding,
        serverless: readScaling(input.ServerlessV2ScalingConfiguration),
        tags: readTags(input.Tags),
      },
    );
    return { DBCluster: describeCluster(cluster, context) };
  },

  ModifyDBCluster(input, context) {
    if (input.NewDBClusterIdentifier) {
      throw new AwsError(
        'InvalidParameterCombination',
        'Renaming a DB cluster is not in the sandbox',
      );
    }
    const cluster = clusterOf(input, context);
    context.aws.databaseChanges.clusters.modify(cluster, {
      engineVersion: input.EngineVersion,
      allowsMajorUpgrade: input.AllowMajorVersionUpgrade,
      port: input.Port,
      deletionProtection: input.DeletionProtection,
      backupRetentionDays: input.BackupRetentionPeriod,
      parameterGroup: input.DBClusterParameterGroupName,
      writeForwarding: input.EnableGlobalWriteForwarding,
      serverless: readScaling(input.ServerlessV2ScalingConfiguration),
    });
    return { DBCluster: describeCluster(cluster, context) };
  },

  DeleteDBCluster(input, context) {
    const cluster = clusterOf(input, context);
    context.aws.databaseChanges.clusters.delete(cluster, {
      skipSnapshot: input.SkipFinalSnapshot,
      finalSnapshotId: input.FinalDBSnapshotIdentifier,
    });
    return { DBCluster: describeCluster(cluster, context) };
  },

  StopDBCluster(input, context) {
    const cluster = clusterOf(input, context);
    context.aws.databaseChanges.clusterRuns.stop(cluster);
    return { DBCluster: describeCluster(cluster, context) };
  },

  StartDBCluster(input, context) {
    const cluster = clusterOf(input, context);
    context.aws.databaseChanges.clusterRuns.start(cluster);
    return { DBCluster: describeCluster(cluster, context) };
  },

  FailoverDBCluster(input, context) {
    const cluster = clusterOf(input, context);
    context.aws.databaseChanges.clusterRuns.failover(
      cluster,
      input.TargetDBInstanceIdentifier,
    );
    return { DBCluster: describeCluster(cluster, context) };
  },

  CreateDBClusterSnapshot(input, context) {
    const cluster = clusterOf(input, context);
    const snapshot = context.aws.databaseChanges.snapshots.create(
      cluster,
      input.DBClusterSnapshotIdentifier!,
      readTags(input.Tags),
    );
    return { DBClusterSnapshot: describeSnapshot(snapshot) };
  },
};

function clusterOf(
  input: { DBClusterIdentifier?: string },
  context: CallContext,
): DatabaseCluster {
  return context.aws.databases.getCluster(context, input.DBClusterIdentifier!);
}

function readScaling(
  given: Sdk.ServerlessV2ScalingConfiguration | undefined,
): { minimum: number; maximum: number } | undefined {
  if (!given) {
    return undefined;
  }
  const { MinCapacity: minimum, MaxCapacity: maximum } = given;
  if (
    minimum === undefined ||
    maximum === undefined ||
    minimum > maximum ||
    maximum < 1 ||
    maximum > 256 ||
    !Number.isInteger(minimum * 2) ||
    !Number.isInteger(maximum * 2)
  ) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Serverless v2 capacity goes in half steps from 0 to 256 ACUs, the minimum not above the maximum, the maximum at least 1',
    );
  }
  return { minimum, maximum };
}
