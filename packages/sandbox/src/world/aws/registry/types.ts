import { StoredImage } from '../../types';

/** Which registry: every account has one in every region. */
export interface RegistryRef {
  accountId: string;
  region: string;
}

export type TagMutability =
  | 'MUTABLE'
  | 'IMMUTABLE'
  | 'MUTABLE_WITH_EXCLUSION'
  | 'IMMUTABLE_WITH_EXCLUSION';

/** The settings of a repository that can be changed after its creation. */
export interface RepositorySettings {
  tagMutability: TagMutability;
  /** Tag patterns with `*` that are excepted from the rule of mutability. */
  tagMutabilityExclusions?: string[];
  scanOnPush: boolean;
  lifecyclePolicy?: string;
  policy?: string;
  tags: Record<string, string>;
}

/** Settings of a repository that is to be made; what is left out is as ECR's default. */
export type NewRepository = Partial<RepositorySettings> & {
  encryptionType?: string;
  kmsKey?: string;
};

export interface Repository extends RepositorySettings, RegistryRef {
  name: string;
  encryptionType: string;
  kmsKey?: string;
  /** ISO time, UTC. */
  createdAt: string;
}

export type ReplicationState = 'IN_PROGRESS' | 'COMPLETE' | 'FAILED';

/** How far one image has come on its way to one other registry. */
export interface ImageReplication extends RegistryRef {
  status: ReplicationState;
  failureCode?: string;
}

/** What an image is made of; an image whose content nobody told has none of it. */
export interface ImageContent {
  /** Words from which `playedImage` makes manifest and configuration. */
  content?: string;
  /** The manifest as it was pushed. */
  manifest?: string;
  /** Media type of the manifest; that of an OCI image unless told. */
  mediaType?: string;
  /** Media type of the configuration, or the type of an artifact. */
  artifactType?: string;
  /** Digest of the image that this artifact is about. */
  subject?: string;
}

/** An image as the registry keeps it. */
export interface RegistryImage extends StoredImage, ImageContent {
  replications: ImageReplication[];
  /** When the last scan began, ISO time. */
  scanStartedAt?: string;
  /** ISO time; whole calls only, as ECR keeps it. */
  lastPulledAt?: string;
}

/** To where the images of one registry are copied. */
export interface ReplicationRule {
  destinations: RegistryRef[];
  /** Only repositories whose name begins so; empty means all. */
  prefixes: string[];
}

/** An image that is pushed. */
export type ImagePush = Omit<StoredImage, 'pushedAt' | 'sizeBytes'> &
  ImageContent & { sizeBytes?: number };

/** Key of a registry in maps and files. */
export function registryKey({ accountId, region }: RegistryRef): string {
  return `${accountId}/${region}`;
}

/** Host and name of a repository, as images are named. */
export function repositoryUri(registry: RegistryRef, name: string): string {
  return `${registry.accountId}.dkr.ecr.${registry.region}.amazonaws.com/${name}`;
}
