import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { JsonFile } from '../aws/JsonFile';
import { ClusterSnapshot } from '../kubernetes/Cluster';
import { ApplicationNote } from './ApplicationNotes';
import { ApplicationSet } from './applicationSetTypes';
import { Application, ApplicationEvent, AppProject } from './types';

/** Format of the file; another number is not read. */
const FORMAT = 1;

interface StoreFile {
  format: number;
  resourceVersion: number;
  applications: Application[];
  projects: AppProject[];
  unrendered?: string[];
  applicationSets?: ApplicationSet[];
  signingKey?: string;
  revokedTokens?: string[];
  notes?: Array<[string, ApplicationNote[]]>;
  clusters: ClusterSnapshot[];
}

/**
 * The applications and projects, by name, with a watch. Every save raises the
 * resource version, as the API server behind Argo CD would.
 */
export class ApplicationStore {
  /** Emits `change` with {@link ApplicationEvent}. */
  readonly events = new EventEmitter();
  readonly projects = new Map<string, AppProject>();
  readonly applicationSets = new Map<string, ApplicationSet>();
  /** What tokens are signed with. */
  signingKey = randomBytes(32).toString('base64');
  /** Ids of tokens that were taken back. */
  readonly revokedTokens = new Set<string>();
  /** What happened lately, by subject; see `ApplicationNotes`. */
  readonly notes = new Map<string, ApplicationNote[]>();
  /** Names of seeded applications whose manifests were never rendered. */
  readonly unrendered = new Set<string>();
  private readonly applications = new Map<string, Application>();
  private version = 1000;
  private readonly file: JsonFile<StoreFile>;
  /** As they were last written. */
  private clusters: ClusterSnapshot[] = [];
  private sorted: Application[] | undefined;

  constructor(path: string) {
    this.events.setMaxListeners(0);
    this.file = new JsonFile(path, () => this.toFile());
  }

  /** By name. */
  list(): Application[] {
    this.sorted ??= [...this.applications.values()].sort((a, b) =>
      a.metadata.name < b.metadata.name ? -1 : 1,
    );
    return [...this.sorted];
  }

  get(name: string): Application | undefined {
    return this.applications.get(name);
  }

  /** Resource version of the newest change. */
  resourceVersion(): string {
    return String(this.version);
  }

  /** Adds or replaces; watchers are told. */
  save(application: Application): void {
    const { name } = application.metadata;
    const type = this.applications.has(name) ? 'MODIFIED' : 'ADDED';
    this.version += 1;
    application.metadata.resourceVersion = String(this.version);
    if (this.applications.get(name) !== application) {
      this.applications.set(name, application);
      this.sorted = undefined;
    }
    this.emit({ type, application });
  }

  /** Adds or replaces a project. */
  saveProject(project: AppProject): void {
    this.version += 1;
    project.metadata.resourceVersion = String(this.version);
    this.projects.set(project.metadata.name, project);
  }

  /** Adds or replaces an application set. */
  saveApplicationSet(set: ApplicationSet): void {
    this.version += 1;
    set.metadata.resourceVersion = String(this.version);
    this.applicationSets.set(set.metadata.name, set);
  }

  /**
   * Resource versions begin again, as from a backup that was brought back;
   * applications are numbered anew, watchers are told nothing.
   */
  rewind(): void {
    this.version = 0;
    for (const { metadata } of this.list()) {
      this.version += 1;
      metadata.resourceVersion = String(this.version);
    }
  }

  remove(name: string): void {
    const application = this.applications.get(name);
    if (application) {
      this.applications.delete(name);
      this.sorted = undefined;
      this.version += 1;
      application.metadata.resourceVersion = String(this.version);
      this.emit({ type: 'DELETED', application });
    }
  }

  clear(): void {
    for (const application of this.list()) {
      this.remove(application.metadata.name);
    }
    this.projects.clear();
    this.applicationSets.clear();
    this.unrendered.clear();
  }

  /**
   * Reads what was written before.
   *
   * @returns The clusters that were written with it, or undefined when there
   *   is nothing on disk, or something of another format.
   * @throws Error - the file is no JSON; the message names it.
   */
  load(): ClusterSnapshot[] | undefined {
    const content = this.file.load();
    if (content?.format !== FORMAT) {
      return undefined;
    }
    this.version = content.resourceVersion;
    content.applications.forEach(a =>
      this.applications.set(a.metadata.name, a),
    );
    this.sorted = undefined;
    content.projects.forEach(p => this.projects.set(p.metadata.name, p));
    content.applicationSets?.forEach(set =>
      this.applicationSets.set(set.metadata.name, set),
    );
    this.signingKey = content.signingKey ?? this.signingKey;
    content.revokedTokens?.forEach(id => this.revokedTokens.add(id));
    content.notes?.forEach(([subject, notes]) =>
      this.notes.set(subject, notes),
    );
    content.unrendered?.forEach(name => this.unrendered.add(name));
    return content.clusters;
  }

  /** Writes everything, at once or not at all. */
  write(clusters: ClusterSnapshot[]): void {
    this.clusters = clusters;
    this.file.touch();
    this.file.flush();
  }

  private toFile(): StoreFile {
    return {
      format: FORMAT,
      resourceVersion: this.version,
      applications: this.list(),
      projects: [...this.projects.values()],
      unrendered: [...this.unrendered],
      applicationSets: [...this.applicationSets.values()],
      signingKey: this.signingKey,
      revokedTokens: [...this.revokedTokens],
      notes: [...this.notes],
      clusters: this.clusters,
    };
  }

  private emit(event: ApplicationEvent) {
    this.events.emit('change', event);
  }
}
