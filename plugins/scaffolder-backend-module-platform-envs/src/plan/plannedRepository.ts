import { PlannedThing } from '@fairway/plugin-platform-envs-common';
import { REPOSITORY_BRANCH } from '../github/componentRepository';
import { plannedFiles } from './plannedFiles';

/** Options of {@link plannedRepository}. */
export interface PlannedRepositoryOptions {
  /** The folder that would be pushed. */
  folder: string;
  /** Organisation. */
  owner: string;
  name: string;
  /** Host of the Git server. */
  gitHost: string;
  description?: string;
  topics?: string[];
  /** Where it is, when it is there already. */
  url?: string;
}

/**
 * A new repository with its first commit and every file, and, where one of its
 * workflows signs in to AWS, what the role has to trust for that.
 */
export async function plannedRepository(
  options: PlannedRepositoryOptions,
): Promise<PlannedThing[]> {
  const { folder, owner, name, gitHost, description, topics, url } = options;
  const slug = `${owner}/${name}`;
  const where = `${slug}@${REPOSITORY_BRANCH}`;
  const files = await plannedFiles(folder, where);
  const properties = [
    { name: 'Visibility', value: 'private' },
    { name: 'Default branch', value: REPOSITORY_BRANCH },
    { name: 'Merged branches', value: 'deleted' },
    ...(description ? [{ name: 'Description', value: description }] : []),
    ...(topics?.length ? [{ name: 'Topics', value: topics.join(', ') }] : []),
  ];
  return [
    {
      kind: 'repository',
      name: slug,
      where: gitHost,
      change: url ? 'keep' : 'create',
      properties,
      ...(url && { url }),
    },
    {
      kind: 'commit',
      name: `Create ${name}`,
      where,
      change: 'create',
      note: `${files.length} files; its push starts the first build`,
    },
    ...files,
    ...plannedSignIns(files, slug),
  ];
}

const ROLE = /arn:aws[\w-]*:iam::(\d{12}):role\/([\w+=,.@/-]+)/g;

/**
 * The roles that the workflows of a repository sign in as, with the statement
 * of the trust policy that lets them. The run does not change the roles.
 *
 * @see https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
 */
function plannedSignIns(files: PlannedThing[], slug: string): PlannedThing[] {
  const roles = new Map<string, { accountId: string; role: string }>();
  for (const { name, content } of files) {
    if (!name.startsWith('.github/workflows/')) continue;
    if (!content?.includes('role-to-assume')) continue;
    for (const [arn, accountId, role] of content.matchAll(ROLE)) {
      roles.set(arn, { accountId, role });
    }
  }
  return [...roles.values()].map(({ accountId, role }) => ({
    kind: 'iam',
    name: role,
    where: accountId,
    change: 'keep',
    resourceType: 'AWS::IAM::Role',
    note: 'CI signs in as this role with a token of its own run; no key is stored. The run does not change the role',
    content: `${JSON.stringify(signInStatement(accountId, slug), null, 2)}\n`,
  }));
}

function signInStatement(accountId: string, slug: string): object {
  const issuer = 'token.actions.githubusercontent.com';
  return {
    Effect: 'Allow',
    Principal: {
      Federated: `arn:aws:iam::${accountId}:oidc-provider/${issuer}`,
    },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${issuer}:aud`]: 'sts.amazonaws.com',
        [`${issuer}:sub`]: `repo:${slug}:ref:refs/heads/${REPOSITORY_BRANCH}`,
      },
    },
  };
}
