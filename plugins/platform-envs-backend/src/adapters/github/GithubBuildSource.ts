import { RootConfigService } from '@backstage/backend-plugin-api';
import { InputError, NotFoundError } from '@backstage/errors';
import {
  DefaultGithubCredentialsProvider,
  ScmIntegrations,
} from '@backstage/integration';
import { BuildRun, BuildSource } from '@fairway/plugin-platform-envs-node';
import { getJson } from '../http/getJson';
import { annotationsSchema, jobsSchema, runsSchema } from './actionsSchema';

/** One hung request must not hold up what else is followed. */
const TIMEOUT_MS = 10_000;

/** Of what a failed step said, in characters: a sentence or two. */
const MAX_FAILURE = 400;

/**
 * Runs of GitHub Actions: the newest one for a push, and of a failed one its
 * failed job, step and first annotation (three calls then, else one).
 *
 * @see https://docs.github.com/en/rest/actions/workflow-runs
 * @public
 */
export class GithubBuildSource implements BuildSource {
  private constructor(
    private readonly host: string,
    private readonly apiBaseUrl: string,
    private readonly integrations: ScmIntegrations,
  ) {}

  /** @throws InputError - no integration is configured for the host. */
  static fromConfig(
    config: RootConfigService,
    options: { host: string },
  ): GithubBuildSource {
    const integrations = ScmIntegrations.fromConfig(config);
    const apiBaseUrl = integrations.github.byHost(options.host)?.config
      .apiBaseUrl;
    if (!apiBaseUrl) {
      throw new InputError(
        `No GitHub integration is configured for ${options.host}: add it to integrations.github`,
      );
    }
    return new GithubBuildSource(options.host, apiBaseUrl, integrations);
  }

  async latestBuild(repository: string): Promise<BuildRun | undefined> {
    const answer = runsSchema.parse(
      await this.#get(repository, '/actions/runs?event=push&per_page=1'),
    );
    const run = answer.workflow_runs[0];
    if (!run) return undefined;
    const finished = run.status === 'completed';
    const state = stateOf(run.status, run.conclusion);
    const failure =
      state === 'failed'
        ? await this.#failure(repository, run.id, run.conclusion)
        : undefined;
    return {
      state,
      url: run.html_url,
      name: run.name ?? 'CI',
      commit: run.head_sha,
      startedAt: run.run_started_at ?? run.created_at,
      ...(finished && { finishedAt: run.updated_at }),
      ...(failure && { failure }),
    };
  }

  /** What failed; the conclusion alone where the rest cannot be read. */
  async #failure(
    repository: string,
    runId: number,
    conclusion: string | null | undefined,
  ): Promise<string> {
    try {
      const { jobs } = jobsSchema.parse(
        await this.#get(repository, `/actions/runs/${runId}/jobs`),
      );
      const job = jobs.find(({ conclusion: c }) => isFailure(c));
      if (!job) return `it ended ${conclusion}`;
      const step = job.steps?.find(({ conclusion: c }) => isFailure(c));
      const said = await this.#said(repository, job.check_run_url);
      return [
        `job ${job.name}`,
        step && `, step ${step.name}`,
        said && `: ${said}`,
      ]
        .filter(Boolean)
        .join('');
    } catch {
      return `it ended ${conclusion}`;
    }
  }

  /** The first thing that a failed job complained about. */
  async #said(
    repository: string,
    checkRunUrl: string | null | undefined,
  ): Promise<string | undefined> {
    const id = /\/check-runs\/(\d+)$/.exec(checkRunUrl ?? '')?.[1];
    if (!id) return undefined;
    const annotations = annotationsSchema.parse(
      await this.#get(repository, `/check-runs/${id}/annotations`),
    );
    const first = annotations.find(a => a.annotation_level === 'failure');
    return first?.message?.replace(/\s+/g, ' ').trim().slice(0, MAX_FAILURE);
  }

  async #get(repository: string, path: string): Promise<unknown> {
    const { token } = await DefaultGithubCredentialsProvider.fromIntegrations(
      this.integrations,
    ).getCredentials({ url: `https://${this.host}/${repository}` });
    return getJson(
      {
        title: `GitHub ${this.host}`,
        url: this.apiBaseUrl,
        auth: { ...(token && { token }) },
        authKey: 'integrations.github',
        timeoutMs: TIMEOUT_MS,
      },
      `/repos/${repository}${path}`,
      {
        signal: new AbortController().signal,
        onMissing: () =>
          new NotFoundError(
            `There is no repository ${repository} on ${this.host}, or the portal's credentials cannot see it`,
          ),
      },
    );
  }
}

function stateOf(
  status: string | null | undefined,
  conclusion: string | null | undefined,
): BuildRun['state'] {
  if (status === 'completed') {
    return conclusion === 'success' ? 'succeeded' : 'failed';
  }
  return status === 'in_progress' ? 'running' : 'queued';
}

function isFailure(conclusion: string | null | undefined): boolean {
  return Boolean(
    conclusion && !['success', 'skipped', 'neutral'].includes(conclusion),
  );
}
