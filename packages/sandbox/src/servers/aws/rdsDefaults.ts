import type { DBCluster, DBInstance } from '@aws-sdk/client-rds';
import {
  DatabaseCluster,
  DatabaseInstance,
} from '../../world/aws/databases/records';
import { seedOf } from '../../world/aws/noise';
import { stableUid } from '../../world/kubernetes/ids';

type Place = Pick<DatabaseCluster, 'accountId' | 'region'>;

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** RDS backs up continuously, and can restore to all but the last minutes. */
const RESTORABLE_BEHIND_MS = 300_000;
const DAY_MS = 86_400_000;

/** ARN of the key that a place's storage is encrypted with, AWS's own for RDS. */
export function storageKey({ accountId, region }: Place): string {
  return `arn:aws:kms:${region}:${accountId}:key/${stableUid(
    `kms:aws/rds:${accountId}/${region}`,
  )}`;
}

/** What RDS tells of every cluster and nobody here ever changes. */
export function clusterDefaults(
  cluster: DatabaseCluster,
  now: Date,
): Partial<DBCluster> {
  return {
    // Aurora's storage grows by itself; RDS shows 1.
    AllocatedStorage: 1,
    AssociatedRoles: [],
    AutoMinorVersionUpgrade: true,
    CopyTagsToSnapshot: false,
    CrossAccountClone: false,
    DomainMemberships: [],
    EarliestRestorableTime: new Date(
      Math.max(
        cluster.createdAtMs,
        now.getTime() - cluster.backupRetentionDays * DAY_MS,
      ),
    ),
    LatestRestorableTime: restorable(cluster.createdAtMs, now),
    HostedZoneId: `Z${hashOf(`zone:${cluster.region}`)}`,
    HttpEndpointEnabled: false,
    IAMDatabaseAuthenticationEnabled: false,
    KmsKeyId: storageKey(cluster),
    NetworkType: 'IPV4',
    ReadReplicaIdentifiers: [],
    VpcSecurityGroups: securityGroups(cluster),
    ...windows(cluster.id),
  };
}

/** What RDS tells of every instance and nobody here ever changes. */
export function instanceDefaults(
  instance: DatabaseInstance,
  now: Date,
): Partial<DBInstance> {
  const major = instance.engineVersion.split('.')[0];
  return {
    AutoMinorVersionUpgrade: true,
    CACertificateIdentifier: 'rds-ca-rsa2048-g1',
    CopyTagsToSnapshot: false,
    DBSecurityGroups: [],
    DbInstancePort: 0,
    DomainMemberships: [],
    IAMDatabaseAuthenticationEnabled: false,
    KmsKeyId: storageKey(instance),
    // Of a member of a cluster, the cluster tells.
    LatestRestorableTime:
      instance.clusterId === undefined && instance.backupRetentionDays > 0
        ? restorable(instance.createdAtMs, now)
        : undefined,
    LicenseModel: 'postgresql-license',
    MonitoringInterval: 0,
    NetworkType: 'IPV4',
    OptionGroupMemberships: [
      {
        OptionGroupName: `default:${instance.engine}-${major}`,
        Status: 'in-sync',
      },
    ],
    VpcSecurityGroups: securityGroups(instance),
    ...windows(instance.id),
  };
}

function restorable(createdAtMs: number, now: Date): Date {
  return new Date(Math.max(createdAtMs, now.getTime() - RESTORABLE_BEHIND_MS));
}

function securityGroups({
  accountId,
  region,
  subnetGroup,
}: Pick<DatabaseCluster, 'accountId' | 'region' | 'subnetGroup'>) {
  return [
    {
      VpcSecurityGroupId: `sg-${stableUid(
        `sg:${accountId}/${region}/${subnetGroup}`,
      )
        .replace(/-/g, '')
        .slice(0, 17)}`,
      Status: 'active',
    },
  ];
}

/** Half an hour each, UTC; a name always has the same. */
function windows(id: string) {
  const seed = seedOf(`windows:${id}`) >>> 0;
  const hour = (offset: number) => `${(seed + offset) % 24}`.padStart(2, '0');
  const day = WEEKDAYS[seed % WEEKDAYS.length];
  return {
    PreferredBackupWindow: `${hour(0)}:10-${hour(0)}:40`,
    PreferredMaintenanceWindow: `${day}:${hour(2)}:20-${day}:${hour(2)}:50`,
  };
}

function hashOf(text: string): string {
  return (seedOf(text) >>> 0).toString(36).toLocaleUpperCase('en-US');
}
