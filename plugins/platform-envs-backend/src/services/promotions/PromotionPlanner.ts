import {
  ConflictError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import {
  Promotion,
  PromotionPlan,
  Release,
} from '@fairway/plugin-platform-envs-common';
import { GitHost } from '@fairway/plugin-platform-envs-node';
import { createHash } from 'node:crypto';
import { editOverlay, gitBlobSha, readOverlay } from '../../overlay';
import { DesiredFile } from '../DesiredState';
import { PromotionPlace } from './PromotionTargets';

/** A plan, and the new content that it stands for. */
export interface PlannedChange {
  plan: PromotionPlan;
  content: string;
}

/** Works out exactly what a promotion would write. */
export class PromotionPlanner {
  constructor(private readonly gitHost: GitHost) {}

  /**
   * The release that stands in the source environment.
   *
   * @throws ConflictError - nothing was released there yet.
   * @throws InputError - the file cannot be read without guessing.
   */
  async sourceRelease(place: PromotionPlace): Promise<Release> {
    const { repository, branch } = place.sourceFile;
    const head = await this.head(repository, branch);
    const release = await this.#read(place.sourceFile, head);
    if (!release) {
      throw new ConflictError(
        `Nothing was released to ${place.source.title} yet, so there is nothing to promote.`,
      );
    }
    return release;
  }

  /**
   * Where the branch is. A host that says "not found" may only have lost faith
   * in our credentials, so that is no answer about the promotion.
   *
   * @throws ServiceUnavailableError
   */
  async head(repository: string, branch: string): Promise<string> {
    try {
      return await this.gitHost.head(repository, branch);
    } catch (error) {
      if ((error as Error).name !== 'NotFoundError') throw error;
      throw new ServiceUnavailableError((error as Error).message);
    }
  }

  /** What stands in an environment's file at a commit; undefined: nothing yet. */
  async releaseAt(
    file: DesiredFile,
    commit: string,
  ): Promise<Release | undefined> {
    return this.#read(file, commit);
  }

  /**
   * @param base - commit to plan on; the branch as it is now when left out
   * @throws NotFoundError - the file is not there.
   * @throws InputError - it cannot be edited without guessing.
   */
  async plan(
    place: PromotionPlace,
    release: Release,
    kind: Promotion['kind'],
    base?: string,
  ): Promise<PlannedChange> {
    const { repository, branch, path, target } = place.targetFile;
    const baseCommit = base ?? (await this.head(repository, branch));
    const file = await this.#file(place.targetFile, baseCommit);
    const current = readOverlay(file, target);
    const { content, changes } = editOverlay(file, target, release);
    const written = readOverlay({ path, content }, target);
    if (written?.digest !== release.digest) {
      throw new ConflictError(
        `${path}: after the edit it would say ${written?.digest}, not ${release.digest}. Nothing was written.`,
      );
    }
    const blobAfter = gitBlobSha(content);
    const files = changes.map(change => ({
      path,
      blobBefore: file.blobSha,
      blobAfter,
      ...change,
    }));
    // The target keeps its own image repository.
    const planned: Release = {
      ...release,
      image: written?.image ?? release.image,
    };
    return {
      content,
      plan: {
        repository,
        branch,
        files,
        ...(current && { current }),
        release: planned,
        planDigest: planDigest({
          release: planned,
          files,
          toEnvironmentRef: place.target.ref,
          kind,
          policy: place.policy,
        }),
        baseCommit,
      },
    };
  }

  async #read(file: DesiredFile, commit: string): Promise<Release | undefined> {
    return readOverlay(await this.#file(file, commit), file.target);
  }

  async #file({ repository, path }: DesiredFile, commit: string) {
    const files = await this.gitHost.readFiles(repository, commit, {
      paths: [path],
    });
    const file = files.get(path);
    if (!file) {
      throw new NotFoundError(
        `${repository} has no ${path}. The service has to be set up in that environment first.`,
      );
    }
    const content = file.content ?? '';
    if (file.content === undefined || gitBlobSha(content) !== file.blobSha) {
      throw new ConflictError(
        `${path} is too large or not UTF-8 text; it cannot be edited.`,
      );
    }
    return { path, content, blobSha: file.blobSha };
  }
}

/**
 * What approvals are bound to: the image, the changed lines, the target, the
 * kind and the policy. Not where the line stands and not the commit below, so
 * that unrelated changes leave approvals as they are.
 */
function planDigest(input: {
  release: Release;
  files: PromotionPlan['files'];
  toEnvironmentRef: string;
  kind: Promotion['kind'];
  policy: Promotion['policy'];
}): string {
  const canonical = [
    [
      input.release.image,
      input.release.version ?? null,
      input.release.digest ?? null,
    ],
    input.files.map(({ path, before, after }) => [path, before, after]),
    input.toEnvironmentRef,
    input.kind,
    [input.policy.minApprovals, [...input.policy.approverGroups].sort()],
  ];
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex');
}
