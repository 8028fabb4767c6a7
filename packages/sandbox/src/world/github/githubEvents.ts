import {
  CheckRun,
  CommitStatus,
  Deployment,
  GithubRepository,
  PullRequest,
  PullReview,
  WorkflowRun,
} from './githubTypes';

/**
 * Something that happened in a repository, as webhooks tell of it; pushes are
 * told by the git store.
 *
 * @see https://docs.github.com/webhooks/webhook-events-and-payloads
 */
export type GithubEvent = {
  repository: GithubRepository;
  /** Login of who did it. */
  sender: string;
} & (
  | {
      name: 'pull_request';
      action: string;
      pull: PullRequest;
      /** What the action adds to the payload: `before` and `after`, `label`, `changes`... */
      details?: Record<string, unknown>;
    }
  | {
      name: 'pull_request_review';
      action: 'submitted' | 'dismissed';
      pull: PullRequest;
      review: PullReview;
    }
  | {
      name: 'issue_comment';
      action: 'created';
      pull: PullRequest;
      comment: PullRequest['comments'][number];
    }
  | { name: 'check_run'; action: 'created' | 'completed'; check: CheckRun }
  | {
      name: 'workflow_run';
      action: 'requested' | 'in_progress' | 'completed';
      run: WorkflowRun;
    }
  | { name: 'status'; sha: string; status: CommitStatus }
  | {
      name: 'repository';
      action: string;
      details?: Record<string, unknown>;
    }
  | { name: 'fork'; forkee: GithubRepository }
  | { name: 'deployment'; action: 'created'; deployment: Deployment }
  | {
      name: 'deployment_status';
      action: 'created';
      deployment: Deployment;
      status: Deployment['statuses'][number];
    }
);
