import type * as Sdk from '@aws-sdk/client-rds';
import { AwsError } from '../../world/aws/AwsError';
import { EVENT_CATEGORIES } from '../../world/aws/databases/eventTexts';
import { seedOf } from '../../world/aws/noise';
import { CallContext, Handlers } from './handlers';
import { filterBy, pageOf } from './rdsPages';
import { eventFilter } from './recordPages';
import {
  describeCluster,
  describeGlobal,
  describeInstance,
  describeSnapshot,
  resourceId,
} from './rdsShapes';

/** What RDS tells about the databases of an account in a region. */
export const rdsReadingHandlers: Handlers<typeof Sdk> = {
  DescribeGlobalClusters(input, context) {
    const { databases } = context.aws;
    const wanted = input.GlobalClusterIdentifier;
    const found = wanted
      ? [databases.getGlobal(context, wanted)]
      : databases.globalsIn(context);
    const page = pageOf(
      filterBy(found, input.Filters, {
        'db-cluster-id': item =>
          databases.membersOf(item).flatMap(({ id, arn }) => [id, arn]),
        region: item => databases.membersOf(item).map(({ region }) => region),
      }),
      input,
    );
    return {
      GlobalClusters: page.items.map(item => describeGlobal(item, context)),
      Marker: page.nextToken,
    };
  },

  DescribeDBClusters(input, context) {
    const { databases } = context.aws;
    const wanted = input.DBClusterIdentifier;
    const found = wanted
      ? [databases.getCluster(context, wanted)]
      : databases.clustersIn(context);
    const page = pageOf(
      filterBy(found, input.Filters, {
        'db-cluster-id': ({ id, arn }) => [id, arn],
        'db-cluster-resource-id': ({ id }) => [resourceId('cluster', id)],
        engine: ({ engine }) => [engine],
      }),
      input,
    );
    return {
      DBClusters: page.items.map(item => describeCluster(item, context)),
      Marker: page.nextToken,
    };
  },

  DescribeDBInstances(input, context) {
    const { databases } = context.aws;
    const wanted = input.DBInstanceIdentifier;
    const found = wanted
      ? [databases.getInstance(context, wanted)]
      : databases.instancesIn(context);
    const page = pageOf(
      filterBy(found, input.Filters, {
        'db-instance-id': ({ id, arn }) => [id, arn],
        'db-cluster-id': item => {
          const cluster = databases.clusterOf(item);
          return cluster ? [cluster.id, cluster.arn] : [];
        },
        'dbi-resource-id': ({ id }) => [resourceId('db', id)],
        engine: ({ engine }) => [engine],
      }),
      input,
    );
    return {
      DBInstances: page.items.map(item => describeInstance(item, context)),
      Marker: page.nextToken,
    };
  },

  DescribeDBClusterSnapshots(input, context) {
    const wanted = input.DBClusterSnapshotIdentifier;
    const ofCluster = input.DBClusterIdentifier?.toLocaleLowerCase('en-US');
    const found = context.aws.databases
      .snapshotsIn(context)
      .filter(
        ({ id, arn, clusterId }) =>
          (!wanted || id === wanted || arn === wanted) &&
          (!ofCluster || clusterId === ofCluster),
      );
    if (wanted && found.length === 0) {
      throw new AwsError(
        'DBClusterSnapshotNotFoundFault',
        `DBClusterSnapshot ${wanted} not found.`,
      );
    }
    const page = pageOf(
      filterBy(
        found.filter(
          ({ id }) =>
            !input.SnapshotType ||
            input.SnapshotType ===
              (id.startsWith('rds:') ? 'automated' : 'manual'),
        ),
        input.Filters,
        {
          'db-cluster-id': ({ clusterId }) => [clusterId],
          'db-cluster-snapshot-id': ({ id }) => [id],
          engine: ({ engine }) => [engine],
        },
      ),
      input,
    );
    return {
      DBClusterSnapshots: page.items.map(describeSnapshot),
      Marker: page.nextToken,
    };
  },

  DescribeDBSubnetGroups(input, context) {
    const wanted = input.DBSubnetGroupName;
    const found = subnetGroups(context).filter(
      ({ DBSubnetGroupName }) => !wanted || DBSubnetGroupName === wanted,
    );
    if (wanted && found.length === 0) {
      throw new AwsError(
        'DBSubnetGroupNotFoundFault',
        `DB subnet group '${wanted}' does not exist.`,
      );
    }
    const page = pageOf(found, input);
    return { DBSubnetGroups: page.items, Marker: page.nextToken };
  },

  DescribeDBClusterParameterGroups(input, context) {
    const wanted = input.DBClusterParameterGroupName;
    const found = parameterGroups(
      context.aws.databases.clustersIn(context),
    ).filter(([name]) => !wanted || name === wanted);
    if (wanted && found.length === 0) {
      throw new AwsError(
        'DBParameterGroupNotFoundFault',
        `DBClusterParameterGroup not found: ${wanted}`,
      );
    }
    const page = pageOf(found, input);
    return {
      DBClusterParameterGroups: page.items.map(([name, family]) => ({
        DBClusterParameterGroupName: name,
        DBParameterGroupFamily: family,
        Description: `Default cluster parameter group for ${family}`,
        DBClusterParameterGroupArn: `arn:aws:rds:${context.region}:${context.accountId}:cluster-pg:${name}`,
      })),
      Marker: page.nextToken,
    };
  },

  DescribeDBParameterGroups(input, context) {
    const wanted = input.DBParameterGroupName;
    const found = parameterGroups(
      context.aws.databases.instancesIn(context),
    ).filter(([name]) => !wanted || name === wanted);
    if (wanted && found.length === 0) {
      throw new AwsError(
        'DBParameterGroupNotFoundFault',
        `DBParameterGroup not found: ${wanted}`,
      );
    }
    const page = pageOf(found, input);
    return {
      DBParameterGroups: page.items.map(([name, family]) => ({
        DBParameterGroupName: name,
        DBParameterGroupFamily: family,
        Description: `Default parameter group for ${family}`,
        DBParameterGroupArn: `arn:aws:rds:${context.region}:${context.accountId}:pg:${name}`,
      })),
      Marker: page.nextToken,
    };
  },

  DescribeEvents(input, context) {
    const { clock, databases } = context.aws;
    const isWanted = eventFilter(
      input,
      clock.now().getTime(),
      'InvalidParameterCombination',
    );
    const categories = input.EventCategories;
    const found = databases
      .eventsIn(context)
      .filter(
        event =>
          isWanted(event) &&
          (!categories?.length ||
            event.categories.some(item => categories.includes(item))),
      );
    const page = pageOf(found, input);
    return {
      Events: page.items.map(event => ({
        SourceIdentifier: event.sourceId,
        SourceType: event.sourceType,
        SourceArn: event.sourceArn,
        Message: event.message,
        EventCategories: event.categories,
        Date: new Date(event.atMs),
      })),
      Marker: page.nextToken,
    };
  },

  DescribeEventCategories(input) {
    const wanted = input.SourceType;
    if (wanted && !Object.hasOwn(EVENT_CATEGORIES, wanted)) {
      throw new AwsError(
        'InvalidParameterValue',
        `Invalid source type: ${wanted}`,
      );
    }
    return {
      EventCategoriesMapList: Object.entries(EVENT_CATEGORIES)
        .filter(([type]) => !wanted || type === wanted)
        .map(([SourceType, EventCategories]) => ({
          SourceType,
          EventCategories,
        })),
    };
  },
};

/** Every place has a default group over three zones. */
function subnetGroups({ accountId, region }: CallContext): Sdk.DBSubnetGroup[] {
  const hex = (name: string) =>
    (seedOf(`${accountId}/${region}/${name}`) >>> 0)
      .toString(16)
      .padStart(8, '0')
      .padEnd(17, '0');
  return [
    {
      DBSubnetGroupName: 'default',
      DBSubnetGroupDescription: 'default',
      DBSubnetGroupArn: `arn:aws:rds:${region}:${accountId}:subgrp:default`,
      VpcId: `vpc-${hex('vpc')}`,
      SubnetGroupStatus: 'Complete',
      SupportedNetworkTypes: ['IPV4'],
      Subnets: ['a', 'b', 'c'].map(zone => ({
        SubnetIdentifier: `subnet-${hex(zone)}`,
        SubnetAvailabilityZone: { Name: `${region}${zone}` },
        SubnetOutpost: {},
        SubnetStatus: 'Active',
      })),
    },
  ];
}

/** Groups in use with their families: `default.aurora-postgresql16` is of `aurora-postgresql16`. */
function parameterGroups(
  items: Array<{ parameterGroup: string }>,
): Array<[string, string]> {
  return [...new Set(items.map(({ parameterGroup }) => parameterGroup))]
    .sort()
    .map(name => [name, name.replace(/^default\./, '')]);
}
