import { PlatformEnvironment } from '../platform/readPlatform';

/** The tag in an overlay of an environment that no release has reached yet. */
export const UNRELEASED_TAG = 'unreleased';

/** A component as the GitOps repository needs it. */
export interface GitopsComponent {
  name: string;
  /** Name of the System; also the Argo CD project. */
  system: string;
  /** Container port. */
  port: number;
  /** Image repository without tag. */
  imageRepository: string;
  /** Folder in the GitOps repository, without slashes around it; may be empty. */
  gitopsPath: string;
  /** Clone URL of the GitOps repository, as Argo CD is to read it. */
  repositoryUrl: string;
  branch: string;
  /** The scaffolder task that creates it; kept for the record. */
  taskId: string;
  /** In promotion order. */
  environments: PlatformEnvironment[];
}
