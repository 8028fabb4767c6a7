import type * as Sdk from '@aws-sdk/client-rds';
import { AwsError } from '../../world/aws/AwsError';
import { Handlers } from './handlers';
import {
  describeCluster,
  describeGlobal,
  describeInstance,
  describeSnapshot,
  readTags,
} from './rdsShapes';

/** What can be done to databases: clusters, instances, global databases, snapshots. */
export const rdsChangingHandlers: Handlers<typeof Sdk> = {
  CreateGlobalCluster(input, context) {
    const database = context.aws.databaseChanges.globals.create(
      { accountId: context.accountId, region: context.region },
      {
        id: need(input.GlobalClusterIdentifier, 'GlobalClusterIdentifier'),
        sourceCluster: input.SourceDBClusterIdentifier,
        engine: input.Engine,
        engineVersion: input.EngineVersion,
        databaseName: input.DatabaseName,
        storageEncrypted: input.StorageEncrypted,
        deletionProtection: input.DeletionProtection,
        tags: readTags(input.Tags),
      },
    );
    return { GlobalCluster: describeGlobal(database, context) };
  },

  ModifyGlobalCluster(input, context) {
    const database = context.aws.databases.getGlobal(
      context,
      need(input.GlobalClusterIdentifier, 'GlobalClusterIdentifier'),
    );
    context.aws.databaseChanges.globals.modify(database, {
      newId: input.NewGlobalClusterIdentifier,
      deletionProtection: input.DeletionProtection,
      engineVersion: input.EngineVersion,
      allowsMajorUpgrade: input.AllowMajorVersionUpgrade,
    });
    return { GlobalCluster: describeGlobal(database, context) };
  },

  DeleteGlobalCluster(input, context) {
    const database = context.aws.databases.getGlobal(
      context,
      input.GlobalClusterIdentifier!,
    );
    context.aws.databaseChanges.globals.delete(database);
    return {
      GlobalCluster: {
        ...describeGlobal(database, context),
        Status: 'deleting',
      },
    };
  },

  RemoveFromGlobalCluster(input, context) {
    const database = context.aws.databases.getGlobal(
      context,
      need(input.GlobalClusterIdentifier, 'GlobalClusterIdentifier'),
    );
    context.aws.databaseChanges.globals.removeMember(
      database,
      need(input.DbClusterIdentifier, 'DbClusterIdentifier'),
    );
    return { GlobalCluster: describeGlobal(database, context) };
  },

  SwitchoverGlobalCluster(input, context) {
    const database = context.aws.databases.getGlobal(
      context,
      input.GlobalClusterIdentifier!,
    );
    context.aws.databaseChanges.globals.switchOver(
      database,
      input.TargetDbClusterIdentifier!,
    );
    return { GlobalCluster: describeGlobal(database, context) };
  },

  FailoverGlobalCluster(input, context) {
    if (input.AllowDataLoss && input.Switchover) {
      throw new AwsError(
        'InvalidParameterCombination',
        'AllowDataLoss and Switchover cannot be specified together',
      );
    }
    const { globals } = context.aws.databaseChanges;
    const database = context.aws.databases.getGlobal(
      context,
      input.GlobalClusterIdentifier!,
    );
    // Without either, AWS takes it for a switchover.
    if (input.AllowDataLoss) {
      globals.failOver(database, input.TargetDbClusterIdentifier!);
    } else {
      globals.switchOver(database, input.TargetDbClusterIdentifier!);
    }
    return { GlobalCluster: describeGlobal(database, context) };
  },

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
    const cluster = context.aws.databases.getCluster(
      context,
      input.DBClusterIdentifier!,
    );
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
    const cluster = context.aws.databases.getCluster(
      context,
      input.DBClusterIdentifier!,
    );
    context.aws.databaseChanges.clusters.delete(cluster, {
      skipSnapshot: input.SkipFinalSnapshot,
      finalSnapshotId: input.FinalDBSnapshotIdentifier,
    });
    return { DBCluster: describeCluster(cluster, context) };
  },

  StopDBCluster(input, context) {
    const cluster = context.aws.databases.getCluster(
      context,
      input.DBClusterIdentifier!,
    );
    context.aws.databaseChanges.clusters.stop(cluster);
    return { DBCluster: describeCluster(cluster, context) };
  },

  StartDBCluster(input, context) {
    const cluster = context.aws.databases.getCluster(
      context,
      input.DBClusterIdentifier!,
    );
    context.aws.databaseChanges.clusters.start(cluster);
    return { DBCluster: describeCluster(cluster, context) };
  },

  FailoverDBCluster(input, context) {
    const cluster = context.aws.databases.getCluster(
      context,
      input.DBClusterIdentifier!,
    );
    context.aws.databaseChanges.clusters.failover(
      cluster,
      input.TargetDBInstanceIdentifier,
    );
    return { DBCluster: describeCluster(cluster, context) };
  },

  CreateDBClusterSnapshot(input, context) {
    const cluster = context.aws.databases.getCluster(
      context,
      input.DBClusterIdentifier!,
    );
    const snapshot = context.aws.databaseChanges.clusters.snapshot(
      cluster,
      input.DBClusterSnapshotIdentifier!,
      readTags(input.Tags),
    );
    return { DBClusterSnapshot: describeSnapshot(snapshot) };
  },

  CreateDBInstance(input, context) {
    const instance = context.aws.databaseChanges.instances.create(
      { accountId: context.accountId, region: context.region },
      {
        id: input.DBInstanceIdentifier!,
        engine: input.Engine!,
        instanceClass: input.DBInstanceClass!,
        clusterId: input.DBClusterIdentifier,
        engineVersion: input.EngineVersion,
        availabilityZone: input.AvailabilityZone,
        allocatedGb: input.AllocatedStorage,
        masterUsername: input.MasterUsername,
        masterPassword: input.MasterUserPassword,
        managesPassword: input.ManageMasterUserPassword,
        databaseName: input.DBName,
        port: input.Port,
        deletionProtection: input.DeletionProtection,
        promotionTier: input.PromotionTier,
        multiAz: input.MultiAZ,
        tags: readTags(input.Tags),
      },
    );
    return { DBInstance: describeInstance(instance, context) };
  },

  ModifyDBInstance(input, context) {
    if (input.NewDBInstanceIdentifier) {
      throw new AwsError(
        'InvalidParameterCombination',
        'Renaming a DB instance is not in the sandbox',
      );
    }
    const instance = context.aws.databases.getInstance(
      context,
      input.DBInstanceIdentifier!,
    );
    context.aws.databaseChanges.instances.modify(instance, {
      instanceClass: input.DBInstanceClass,
      allocatedGb: input.AllocatedStorage,
      deletionProtection: input.DeletionProtection,
      promotionTier: input.PromotionTier,
      multiAz: input.MultiAZ,
      backupRetentionDays: input.BackupRetentionPeriod,
      immediately: input.ApplyImmediately,
    });
    return { DBInstance: describeInstance(instance, context) };
  },

  DeleteDBInstance(input, context) {
    const instance = context.aws.databases.getInstance(
      context,
      input.DBInstanceIdentifier!,
    );
    context.aws.databaseChanges.instances.delete(instance, {
      skipSnapshot: input.SkipFinalSnapshot,
      finalSnapshotId: input.FinalDBSnapshotIdentifier,
    });
    return { DBInstance: describeInstance(instance, context) };
  },

  StopDBInstance(input, context) {
    const instance = context.aws.databases.getInstance(
      context,
      input.DBInstanceIdentifier!,
    );
    context.aws.databaseChanges.instances.stop(instance);
    return { DBInstance: describeInstance(instance, context) };
  },

  StartDBInstance(input, context) {
    const instance = context.aws.databases.getInstance(
      context,
      input.DBInstanceIdentifier!,
    );
    context.aws.databaseChanges.instances.start(instance);
    return { DBInstance: describeInstance(instance, context) };
  },
};

/** A parameter that RDS wants although its model does not say so. */
function need(value: string | undefined, name: string): string {
  if (!value) {
    throw new AwsError(
      'InvalidParameterValue',
      `The parameter ${name} must be provided and must not be blank.`,
    );
  }
  return value;
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
