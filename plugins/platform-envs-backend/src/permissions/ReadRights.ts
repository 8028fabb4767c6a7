import {
  BackstageCredentials,
  BackstageUserPrincipal,
  PermissionsService,
  PermissionsServiceRequestOptions,
} from '@backstage/backend-plugin-api';
import {
  AuthorizePermissionRequest,
  AuthorizePermissionResponse,
  AuthorizeResult,
  isResourcePermission,
  QueryPermissionRequest,
  QueryPermissionResponse,
} from '@backstage/plugin-permission-common';

/** Milliseconds. Nobody reads longer than `usable` without having been allowed to. */
const AGE = { fresh: 30_000, usable: 60_000 };

/** Beyond it the whole memory is dropped, which costs one question each. */
const MAX_REMEMBERED = 10_000;

/**
 * The permission service, with a short memory: that a person may read in
 * general (a read permission that hangs on no resource) is asked once in half a
 * minute, and relied on for one minute at most. So a page view does not wait
 * for a call to the permission backend, and who loses the right is cut off as
 * soon as an open stream would be.
 *
 * Only what was allowed is remembered, only for people, and only after their
 * token was checked: a refusal, a service, and every right to act are asked
 * about each time.
 */
export class ReadRights implements PermissionsService {
  /** When it was last allowed, in milliseconds of the clock, by person and permission. */
  readonly #allowedAt = new Map<string, number>();
  readonly #asking = new Map<string, Promise<AuthorizePermissionResponse>>();

  constructor(
    private readonly permissions: PermissionsService,
    private readonly now: () => number = Date.now,
  ) {}

  authorizeConditional(
    requests: QueryPermissionRequest[],
    options: PermissionsServiceRequestOptions,
  ): Promise<QueryPermissionResponse[]> {
    return this.permissions.authorizeConditional(requests, options);
  }

  async authorize(
    requests: AuthorizePermissionRequest[],
    options: PermissionsServiceRequestOptions,
  ): Promise<AuthorizePermissionResponse[]> {
    const person = personOf(options);
    const [request] = requests;
    if (!person || requests.length !== 1 || !isGeneralRead(request)) {
      return this.permissions.authorize(requests, options);
    }
    const key = JSON.stringify([
      person.userEntityRef,
      person.actor?.subject,
      request.permission.name,
    ]);
    const age = this.now() - (this.#allowedAt.get(key) ?? -Infinity);
    if (age >= AGE.usable) return [await this.#ask(key, request, options)];
    // what cannot be asked now is asked again before it is relied on no more
    if (age >= AGE.fresh) this.#ask(key, request, options).catch(() => {});
    return [{ result: AuthorizeResult.ALLOW }];
  }

  /** One question at a time for each person and permission. */
  #ask(
    key: string,
    request: AuthorizePermissionRequest,
    options: PermissionsServiceRequestOptions,
  ): Promise<AuthorizePermissionResponse> {
    const running = this.#asking.get(key);
    if (running) return running;
    const askedAt = this.now();
    const asking = this.permissions
      .authorize([request], options)
      .then(([decision]) => {
        if (decision.result === AuthorizeResult.ALLOW) {
          if (this.#allowedAt.size >= MAX_REMEMBERED) this.#allowedAt.clear();
          this.#allowedAt.set(key, askedAt);
        } else {
          this.#allowedAt.delete(key);
        }
        return decision;
      })
      .finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }
}

function personOf(
  options: PermissionsServiceRequestOptions,
): BackstageUserPrincipal | undefined {
  if (!('credentials' in options)) return undefined;
  const { principal } = options.credentials as BackstageCredentials<
    Partial<BackstageUserPrincipal>
  >;
  return principal?.type === 'user' && principal.userEntityRef
    ? (principal as BackstageUserPrincipal)
    : undefined;
}

function isGeneralRead({ permission }: AuthorizePermissionRequest): boolean {
  return (
    permission.attributes.action === 'read' && !isResourcePermission(permission)
  );
}
