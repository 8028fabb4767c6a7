/**
 * What RDS writes into its journal, in the words and categories of its manual.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html
 */
export const CLUSTER_EVENTS = {
  created: () => text('creation', 'DB cluster created'),
  deleted: () => text('deletion', 'DB cluster deleted'),
  stopped: () => text('notification', 'DB cluster stopped'),
  started: () => text('notification', 'DB cluster started'),
  startedAfterSevenDays: () =>
    text(
      'notification',
      'DB cluster is being started due to it exceeding the maximum allowed time being stopped.',
    ),
  sameZoneFailover: (instance: string) =>
    text('failover', `Started same AZ failover to DB instance: ${instance}`),
  crossZoneFailover: (instance: string) =>
    text('failover', `Started cross AZ failover to DB instance: ${instance}`),
  failedOver: (instance: string) =>
    text('failover', `Completed failover to DB instance: ${instance}`),
  switchoverStarted: (to: string, region: string) =>
    text(
      'global failover',
      `Global switchover to DB cluster ${to} in Region ${region} started.`,
    ),
  oldPrimaryDown: (from: string, region: string) =>
    text(
      'global failover',
      `Old primary DB cluster ${from} in Region ${region} successfully shut down.`,
    ),
  waitingForData: (reason: string) =>
    text(
      'global failover',
      `Waiting for data synchronization across global cluster members. Current lags behind primary DB cluster: ${reason}`,
    ),
  newPrimaryPromoted: (to: string, region: string) =>
    text(
      'global failover',
      `New primary DB cluster ${to} in Region ${region} was successfully promoted.`,
    ),
  switchoverFinished: (to: string, region: string) =>
    text(
      'global failover',
      `Global switchover to DB cluster ${to} in Region ${region} finished.`,
    ),
  switchoverCancelled: (to: string, region: string) =>
    text(
      'global failover',
      `Global switchover to DB cluster ${to} in Region ${region} is cancelled.`,
    ),
  globalFailoverFinished: (to: string, region: string) =>
    text(
      'global failover',
      `Global failover to DB cluster ${to} in Region ${region} completed.`,
    ),
  resyncStarted: (cluster: string, region: string) =>
    text(
      'global failover',
      `Started resynchronizing members of DB cluster ${cluster} in Region ${region} after global failover.`,
    ),
  resyncFinished: (cluster: string, region: string) =>
    text(
      'global failover',
      `Finished resynchronizing members of DB cluster ${cluster} in Region ${region} after global failover.`,
    ),
};

/** @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html */
export const INSTANCE_EVENTS = {
  created: () => text('creation', 'DB instance created'),
  deleted: () => text('deletion', 'DB instance deleted'),
  shutDown: () => text('availability', 'DB instance shutdown'),
  restarted: () => text('availability', 'DB instance restarted'),
  stopped: () => text('notification', 'DB instance stopped'),
  started: () => text('notification', 'DB instance started'),
  startedAfterSevenDays: () =>
    text(
      'notification',
      'DB instance is being started due to it exceeding the maximum allowed time being stopped.',
    ),
  classApplied: () =>
    text(
      'configuration change',
      'Finished applying modification to DB instance class',
    ),
};

/** Events of cluster snapshots. */
export const SNAPSHOT_EVENTS = {
  creating: () => text('backup', 'Creating manual cluster snapshot'),
  created: () => text('backup', 'Manual cluster snapshot created'),
};

/** Categories by source type, as DescribeEventCategories lists them. */
export const EVENT_CATEGORIES: Record<string, string[]> = {
  'db-instance': [
    'availability',
    'backup',
    'configuration change',
    'creation',
    'deletion',
    'failover',
    'failure',
    'low storage',
    'maintenance',
    'notification',
    'read replica',
    'recovery',
    'restoration',
    'security',
    'security patching',
  ],
  'db-cluster': [
    'configuration change',
    'creation',
    'deletion',
    'failover',
    'failure',
    'global failover',
    'maintenance',
    'migration',
    'notification',
    'serverless',
  ],
  'db-cluster-snapshot': ['backup'],
  'db-snapshot': ['creation', 'deletion', 'notification', 'restoration'],
  'db-parameter-group': ['configuration change'],
  'db-security-group': ['configuration change', 'failure'],
};

/** What an event says and what kind it is. */
export interface EventText {
  message: string;
  categories: string[];
}

function text(category: string, message: string): EventText {
  return { message, categories: [category] };
}
