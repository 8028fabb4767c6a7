import { ArgocdError } from '../../world/argocd/ArgocdError';
import { globMatch } from '../../world/argocd/glob';
import { AppProject } from '../../world/argocd/types';
import { Account, Caller } from './ArgocdAccounts';

/** Argo CD's builtin roles: `resource, actions`. `role:admin` may all that `role:readonly` may. */
const READONLY = [
  'applications',
  'applicationsets',
  'certificates',
  'clusters',
  'repositories',
  'projects',
  'accounts',
  'gpgkeys',
  'logs',
];
const ADMIN: Record<string, string[]> = {
  applications: [
    'create',
    'update',
    'update/*',
    'delete',
    'delete/*',
    'sync',
    'rollback',
    'override',
    'action/*',
  ],
  applicationsets: ['create', 'update', 'delete'],
  certificates: ['create', 'update', 'delete'],
  clusters: ['create', 'update', 'delete'],
  repositories: ['create', 'update', 'delete'],
  projects: ['create', 'update', 'delete'],
  accounts: ['update'],
  gpgkeys: ['create', 'delete'],
  exec: ['create'],
};

/**
 * Who may do what, by Argo CD's builtin policy and the roles of projects.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/rbac/
 */
export class Rbac {
  constructor(
    private readonly accounts: readonly Account[],
    private readonly projects: ReadonlyMap<string, AppProject>,
    /** Whether nobody may see applications (scenario `argo-rbac-lost`). */
    private readonly blind: () => boolean = () => false,
  ) {}

  /** @param object - `project/name` for what belongs to a project, else a name. */
  allows(
    { subject }: Caller,
    resource: string,
    action: string,
    object: string,
  ): boolean {
    if (resource === 'applications' && this.blind()) {
      return false;
    }
    const [, project, role] = subject.match(/^proj:([^:]+):(.+)$/) ?? [];
    if (project) {
      return this.projectAllows(project, role, resource, action, object);
    }
    const account = this.accounts.find(a => a.name === subject);
    const reads = action === 'get' && READONLY.includes(resource);
    switch (account?.role) {
      case 'role:admin':
        return (
          reads ||
          (Object.hasOwn(ADMIN, resource) &&
            ADMIN[resource].some(allowed => globMatch(allowed, action)))
        );
      case 'role:readonly':
        return reads;
      default:
        return false;
    }
  }

  /** @throws ArgocdError - permission denied, naming what and who. */
  enforce(
    caller: Caller,
    resource: string,
    action: string,
    object: string,
  ): void {
    if (!this.allows(caller, resource, action, object)) {
      throw new ArgocdError(
        'PermissionDenied',
        [
          `permission denied: ${resource}`,
          action,
          object,
          `sub: ${caller.subject}`,
          ...(caller.iat === undefined
            ? []
            : [
                `iat: ${new Date(caller.iat * 1000)
                  .toISOString()
                  .replace(/\.\d+Z$/, 'Z')}`,
              ]),
        ].join(', '),
      );
    }
  }

  private projectAllows(
    project: string,
    role: string,
    resource: string,
    action: string,
    object: string,
  ): boolean {
    const policies =
      this.projects
        .get(project)
        ?.spec.roles?.find(r => r.name === role)
        ?.policies?.map(line => line.split(',').map(part => part.trim())) ?? [];
    const matching = policies.filter(
      ([kind, subject, ofResource, ofAction, ofObject]) =>
        kind === 'p' &&
        subject === `proj:${project}:${role}` &&
        globMatch(ofResource, resource) &&
        globMatch(ofAction, action) &&
        globMatch(ofObject, object),
    );
    // Its own project may be read by every role.
    const ownProject =
      resource === 'projects' && action === 'get' && object === project;
    return (
      !matching.some(policy => policy[5] === 'deny') &&
      (ownProject || matching.some(policy => policy[5] === 'allow'))
    );
  }
}
