import type * as Sdk from '@aws-sdk/client-rds';
import { AwsError } from '../../world/aws/AwsError';
import { GlobalDatabase } from '../../world/aws/databases/records';
import { CallContext, Handlers } from './handlers';
import { describeGlobal, readTags } from './rdsShapes';

/** What RDS does to Aurora global databases. */
export const rdsGlobalClusterHandlers: Handlers<typeof Sdk> = {
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
    const database = globalOf(input, context);
    context.aws.databaseChanges.globals.modify(database, {
      newId: input.NewGlobalClusterIdentifier,
      deletionProtection: input.DeletionProtection,
      engineVersion: input.EngineVersion,
      allowsMajorUpgrade: input.AllowMajorVersionUpgrade,
    });
    return { GlobalCluster: describeGlobal(database, context) };
  },

  DeleteGlobalCluster(input, context) {
    const database = globalOf(input, context);
    context.aws.databaseChanges.globals.delete(database);
    return {
      GlobalCluster: {
        ...describeGlobal(database, context),
        Status: 'deleting',
      },
    };
  },

  RemoveFromGlobalCluster(input, context) {
    const database = globalOf(input, context);
    context.aws.databaseChanges.globals.removeMember(
      database,
      need(input.DbClusterIdentifier, 'DbClusterIdentifier'),
    );
    return { GlobalCluster: describeGlobal(database, context) };
  },

  SwitchoverGlobalCluster(input, context) {
    const database = globalOf(input, context);
    context.aws.databaseChanges.globalFailovers.switchOver(
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
    const { globalFailovers } = context.aws.databaseChanges;
    const database = globalOf(input, context);
    // Without either, AWS takes it for a switchover.
    if (input.AllowDataLoss) {
      globalFailovers.failOver(database, input.TargetDbClusterIdentifier!);
    } else {
      globalFailovers.switchOver(database, input.TargetDbClusterIdentifier!);
    }
    return { GlobalCluster: describeGlobal(database, context) };
  },
};

function globalOf(
  input: { GlobalClusterIdentifier?: string },
  context: CallContext,
): GlobalDatabase {
  return context.aws.databases.getGlobal(
    context,
    need(input.GlobalClusterIdentifier, 'GlobalClusterIdentifier'),
  );
}

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
