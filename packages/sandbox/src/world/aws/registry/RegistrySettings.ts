import { JsonFile } from '../JsonFile';
import { NewRepository, registryKey, RegistryRef } from './types';

/** For what a repository creation template is used. */
export type AppliedFor =
  | 'REPLICATION'
  | 'PULL_THROUGH_CACHE'
  | 'CREATE_ON_PUSH';

/** What repositories get that come to be by themselves. Times are ISO, UTC. */
export interface CreationTemplate {
  /** `ROOT` for all that no other prefix is for. */
  prefix: string;
  description?: string;
  appliedFor: AppliedFor[];
  customRoleArn?: string;
  settings: NewRepository;
  createdAt: string;
  updatedAt: string;
}

/** Where images below a prefix are fetched from. */
export interface PullThroughRule {
  prefix: string;
  upstreamUrl: string;
  upstreamRegistry?: string;
  upstreamPrefix?: string;
  credentialArn?: string;
  createdAt: string;
}

export interface ScanningRule {
  scanFrequency: string;
  filters: string[];
}

/** A preview of a lifecycle policy. */
export interface LifecyclePreview {
  repository: string;
  policyText: string;
  startedAt: string;
}

interface Settings {
  scanType: 'BASIC' | 'ENHANCED';
  scanningRules: ScanningRule[];
  templates: CreationTemplate[];
  pullThrough: PullThroughRule[];
  previews: LifecyclePreview[];
  policy?: string;
}

const initial = (): Settings => ({
  scanType: 'BASIC',
  scanningRules: [],
  templates: [],
  pullThrough: [],
  previews: [],
});

/** What is set for a registry as a whole. */
export class RegistrySettings {
  private byRegistry: Record<string, Settings>;
  private readonly file: JsonFile<Record<string, Settings>>;

  constructor(path: string) {
    this.file = new JsonFile(path, () => this.byRegistry);
    this.byRegistry = this.file.load() ?? {};
  }

  /** What is set; the registry's defaults where nothing was. */
  of(registry: RegistryRef): Readonly<Settings> {
    return this.byRegistry[registryKey(registry)] ?? initial();
  }

  change(registry: RegistryRef, change: Partial<Settings>): void {
    this.byRegistry[registryKey(registry)] = {
      ...this.of(registry),
      ...change,
    };
    this.file.touch();
  }

  /** Settings for a repository that comes to be by itself: those of the template with the longest prefix. */
  forNewRepository(
    registry: RegistryRef,
    name: string,
    purpose: AppliedFor,
  ): NewRepository {
    const [template] = this.of(registry)
      .templates.filter(
        ({ prefix, appliedFor }) =>
          appliedFor.includes(purpose) &&
          (prefix === 'ROOT' || name.startsWith(`${prefix}/`)),
      )
      .sort((a, b) => specificity(b) - specificity(a));
    return template?.settings ?? {};
  }

  clear(): void {
    this.byRegistry = {};
    this.file.touch();
  }

  flush(): void {
    this.file.flush();
  }
}

function specificity({ prefix }: CreationTemplate): number {
  return prefix === 'ROOT' ? 0 : prefix.length;
}
