import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { World } from '../../types';
import { AwsError } from '../AwsError';
import { JsonFile } from '../JsonFile';
import { RegistryRef } from '../registry/types';
import { secretSuffix, seedSecrets } from './seedSecrets';
import { SecretRecord, SecretRotation, SecretVersion } from './types';

const DAY_MS = 24 * 60 * 60 * 1000;
const REPLICATION_MS = 3_000;
const ROTATION_MS = 5_000;

/** What a new version holds; neither is a version of which only the place is known. */
export type SecretValue = Pick<SecretVersion, 'text' | 'binary'>;

/** ARN of a secret as a region sees it: replicas differ in the region only. */
export function secretArn(secret: SecretRecord, region: string): string {
  return `arn:aws:secretsmanager:${region}:${secret.accountId}:secret:${secret.name}-${secret.suffix}`;
}

/**
 * The secrets of all accounts. What takes time (replication, rotation) goes on
 * after a restart; what was marked for deletion is gone when its time is over.
 */
export class SecretStore {
  private secrets: SecretRecord[];
  private readonly file: JsonFile<SecretRecord[]>;

  constructor(
    private readonly world: Pick<
      World,
      'clock' | 'schedule' | 'platforms' | 'dataDir' | 'onReset' | 'onClose'
    >,
  ) {
    this.file = new JsonFile(
      join(world.dataDir, 'aws', 'secrets.json'),
      () => this.secrets,
    );
    const seed = () => seedSecrets(world.platforms, world.clock.now());
    this.secrets = this.file.load() ?? seed();
    this.secrets.forEach(secret => this.resume(secret));
    world.onReset(() => {
      this.secrets = seed();
      this.file.touch();
    });
    world.onClose(() => this.file.flush());
  }

  /** Secrets and replicas that a region has, also those marked for deletion, newest first. */
  list({ accountId, region }: RegistryRef): SecretRecord[] {
    const now = this.now().toISOString();
    return this.secrets
      .filter(
        secret =>
          secret.accountId === accountId &&
          (secret.deletionAt === undefined || secret.deletionAt > now) &&
          (secret.region === region ||
            secret.replicas.some(replica => replica.region === region)),
      )
      .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  }

  /** By name, ARN, or ARN without its last six characters. @throws AwsError - ResourceNotFoundException */
  get(place: RegistryRef, nameOrArn: string): SecretRecord {
    const found = this.list(place).find(secret => {
      const arn = secretArn(secret, place.region);
      return [secret.name, arn, arn.slice(0, -7)].includes(nameOrArn);
    });
    if (!found) {
      throw new AwsError(
        'ResourceNotFoundException',
        "Secrets Manager can't find the specified secret.",
      );
    }
    return found;
  }

  /**
   * A secret that may be changed here: not marked for deletion, no replica.
   *
   * @throws AwsError - ResourceNotFoundException, InvalidRequestException
   */
  getForChange(place: RegistryRef, nameOrArn: string): SecretRecord {
    const secret = this.get(place, nameOrArn);
    if (secret.deletionAt) {
      throw new AwsError(
        'InvalidRequestException',
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    }
    if (secret.region !== place.region) {
      throw new AwsError(
        'InvalidRequestException',
        "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
      );
    }
    return secret;
  }

  /** @throws AwsError - ResourceExistsException, InvalidRequestException */
  create(
    place: RegistryRef,
    secret: Pick<SecretRecord, 'name' | 'description' | 'kmsKeyId' | 'tags'>,
  ): SecretRecord {
    const existing = this.list(place).find(({ name }) => name === secret.name);
    if (existing?.deletionAt) {
      throw new AwsError(
        'InvalidRequestException',
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    }
    if (existing) {
      throw new AwsError(
        'ResourceExistsException',
        `The operation failed because the secret ${secret.name} already exists.`,
      );
    }
    const now = this.now().toISOString();
    const record: SecretRecord = {
      ...secret,
      accountId: place.accountId,
      region: place.region,
      suffix: secretSuffix(),
      createdAt: now,
      changedAt: now,
      versions: [],
      replicas: [],
    };
    this.secrets.push(record);
    this.file.touch();
    return record;
  }

  /** Changes what is told about a secret. */
  change(secret: SecretRecord, change: Partial<SecretRecord>): void {
    Object.assign(secret, change, { changedAt: this.now().toISOString() });
    this.file.touch();
  }

  /** Notes a reading; AWS keeps the day only. */
  markRead(secret: SecretRecord): void {
    secret.accessedAt = `${this.now()
      .toISOString()
      .slice(0, 10)}T00:00:00.000Z`;
    this.file.touch();
  }

  /**
   * Puts a version; the stages move to it. The same id with the same value
   * again changes nothing.
   *
   * @throws AwsError - ResourceExistsException: the id has another value.
   */
  putVersion(
    secret: SecretRecord,
    value: SecretValue,
    options: { id?: string; stages?: string[] } = {},
  ): SecretVersion {
    const { id = randomUUID(), stages = ['AWSCURRENT'] } = options;
    const known = secret.versions.find(version => version.id === id);
    if (known && (known.text !== value.text || known.binary !== value.binary)) {
      throw new AwsError(
        'ResourceExistsException',
        `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secretArn(
          secret,
          secret.region,
        )}.`,
      );
    }
    if (known) {
      return known;
    }
    const version: SecretVersion = {
      ...value,
      id,
      stages: [],
      createdAt: this.now().toISOString(),
    };
    secret.versions.unshift(version);
    stages.forEach(stage => moveStage(secret, version, stage));
    this.change(secret, {});
    return version;
  }

  /** Marks a secret for deletion; gone at once without a window. Returns when it goes. */
  delete(secret: SecretRecord, windowDays: number | undefined): Date {
    const now = this.now();
    const deletionAt = new Date(now.getTime() + (windowDays ?? 0) * DAY_MS);
    secret.deletionAt = deletionAt.toISOString();
    secret.deletedAt = now.toISOString();
    if (windowDays === undefined) {
      this.secrets = this.secrets.filter(other => other !== secret);
    }
    this.file.touch();
    return deletionAt;
  }

  restore(secret: SecretRecord): void {
    secret.deletionAt = undefined;
    secret.deletedAt = undefined;
    this.file.touch();
  }

  /** Begins to copy a secret; regions that have it already are left alone. */
  replicate(
    secret: SecretRecord,
    regions: Array<{ region: string; kmsKeyId?: string }>,
  ): void {
    for (const { region, kmsKeyId } of regions) {
      if (!secret.replicas.some(replica => replica.region === region)) {
        secret.replicas.push({ region, kmsKeyId, status: 'InProgress' });
      }
    }
    this.file.touch();
    this.resume(secret);
  }

  /** Turns rotation on, and rotates now unless told to wait. Returns the coming version's id. */
  rotate(
    secret: SecretRecord,
    rotation: Pick<SecretRotation, 'lambdaArn' | 'rules'>,
    options: { id?: string; now: boolean },
  ): string {
    this.change(secret, { rotation: { ...secret.rotation, ...rotation } });
    if (!options.now) {
      this.planRotation(secret);
      return secret.versions[0]?.id ?? randomUUID();
    }
    const { id } = this.putVersion(secret, rotatedValue(secret), {
      id: options.id,
      stages: ['AWSPENDING'],
    });
    this.resume(secret);
    return id;
  }

  private planRotation(secret: SecretRecord): void {
    const days = secret.rotation?.rules.AutomaticallyAfterDays;
    if (secret.rotation && days) {
      secret.rotation.nextRotationAt = new Date(
        this.now().getTime() + days * DAY_MS,
      ).toISOString();
    }
    this.file.touch();
  }

  /** Lets what is under way come to its end. */
  private resume(secret: SecretRecord): void {
    if (secret.replicas.some(({ status }) => status === 'InProgress')) {
      this.world.schedule(REPLICATION_MS, () => {
        secret.replicas.forEach(replica => {
          replica.status = 'InSync';
        });
        this.file.touch();
      });
    }
    const pending = secret.versions.find(({ stages }) =>
      stages.includes('AWSPENDING'),
    );
    if (pending && !pending.stages.includes('AWSCURRENT')) {
      this.world.schedule(ROTATION_MS, () => {
        moveStage(secret, pending, 'AWSCURRENT');
        pending.stages = pending.stages.filter(name => name !== 'AWSPENDING');
        if (secret.rotation) {
          secret.rotation.lastRotatedAt = this.now().toISOString();
        }
        this.change(secret, {});
        this.planRotation(secret);
      });
    }
  }

  private now(): Date {
    return this.world.clock.now();
  }
}

/** Gives a stage to a version; who was current becomes the previous. */
export function moveStage(
  secret: SecretRecord,
  version: SecretVersion,
  stage: string,
): void {
  const holder = secret.versions.find(({ stages }) => stages.includes(stage));
  if (holder === version) {
    return;
  }
  if (holder) {
    holder.stages = holder.stages.filter(name => name !== stage);
    if (stage === 'AWSCURRENT') {
      moveStage(secret, holder, 'AWSPREVIOUS');
    }
  }
  version.stages.push(stage);
}

/** What a rotation function puts: another password where there is one to be seen. */
function rotatedValue(secret: SecretRecord): SecretValue {
  const current = secret.versions.find(({ stages }) =>
    stages.includes('AWSCURRENT'),
  );
  if (current?.text === undefined) {
    return { binary: current?.binary };
  }
  try {
    const value = JSON.parse(current.text);
    return typeof value?.password === 'string'
      ? {
          text: JSON.stringify({
            ...value,
            password: randomBytes(24).toString('base64url'),
          }),
        }
      : { text: current.text };
  } catch {
    return { text: current.text };
  }
}
