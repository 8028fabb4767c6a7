import type * as Sdk from '@aws-sdk/client-rds';
import { AwsError } from '../../world/aws/AwsError';
import { DatabaseInstance } from '../../world/aws/databases/records';
import { CallContext, Handlers } from './handlers';
import { describeInstance, readTags } from './rdsShapes';

/** What RDS does to DB instances: members of clusters and plain ones. */
export const rdsInstanceHandlers: Handlers<typeof Sdk> = {
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
    const instance = instanceOf(input, context);
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
    const instance = instanceOf(input, context);
    context.aws.databaseChanges.instances.delete(instance, {
      skipSnapshot: input.SkipFinalSnapshot,
      finalSnapshotId: input.FinalDBSnapshotIdentifier,
    });
    return { DBInstance: describeInstance(instance, context) };
  },

  StopDBInstance(input, context) {
    const instance = instanceOf(input, context);
    context.aws.databaseChanges.instances.stop(instance);
    return { DBInstance: describeInstance(instance, context) };
  },

  StartDBInstance(input, context) {
    const instance = instanceOf(input, context);
    context.aws.databaseChanges.instances.start(instance);
    return { DBInstance: describeInstance(instance, context) };
  },
};

function instanceOf(
  input: { DBInstanceIdentifier?: string },
  context: CallContext,
): DatabaseInstance {
  return context.aws.databases.getInstance(
    context,
    input.DBInstanceIdentifier!,
  );
}
