/** One value of a secret, in force, coming or going. Times are ISO, UTC. */
export interface SecretVersion {
  id: string;
  /** `AWSCURRENT`, `AWSPREVIOUS`, `AWSPENDING` and the caller's own. */
  stages: string[];
  /** What was put over the wire; a seeded version has neither. */
  text?: string;
  /** Base64. */
  binary?: string;
  createdAt: string;
}

export interface SecretRotation {
  lambdaArn?: string;
  rules: {
    AutomaticallyAfterDays?: number;
    Duration?: string;
    ScheduleExpression?: string;
  };
  lastRotatedAt?: string;
  nextRotationAt?: string;
}

/** A copy of a secret in another region. */
export interface SecretReplica {
  region: string;
  kmsKeyId?: string;
  status: 'InProgress' | 'InSync';
}

/** A secret, kept in the region where it was made. Times are ISO, UTC. */
export interface SecretRecord {
  accountId: string;
  region: string;
  name: string;
  /** Six characters that tell secrets of the same name apart. */
  suffix: string;
  description?: string;
  kmsKeyId?: string;
  owningService?: string;
  tags: Record<string, string>;
  createdAt: string;
  changedAt: string;
  /** The day of the last reading. */
  accessedAt?: string;
  /** When it goes for good; set while it is marked for deletion. */
  deletionAt?: string;
  /** When it was marked for deletion. */
  deletedAt?: string;
  rotation?: SecretRotation;
  /** Newest first. */
  versions: SecretVersion[];
  replicas: SecretReplica[];
  resourcePolicy?: string;
}
