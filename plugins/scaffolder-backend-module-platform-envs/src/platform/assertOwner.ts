import {
  BackstageCredentials,
  BackstageUserPrincipal,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import {
  Entity,
  RELATION_MEMBER_OF,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import { InputError, NotAllowedError } from '@backstage/errors';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { componentAssignPermission } from '@fairway/plugin-platform-envs-common';
import { printable } from './componentName';
import { readEntityRef } from './readEntityRef';

/** Options of {@link assertOwner}. */
export interface AssertOwnerOptions {
  catalog: CatalogService;
  permissions: PermissionsService;
  /** Of whoever started the run. */
  credentials: BackstageCredentials;
  /** As the form sends it: an entity ref of a group. */
  owner: string;
}

/**
 * Sees that the person may make the group the owner of a new component. The form
 * offers only groups of theirs; what arrives here may come from anywhere. Every
 * action that is given an owner asks anew, as for the platform.
 *
 * @throws InputError - it is no group, or none that the catalog has.
 * @throws NotAllowedError - the person is not a member of it.
 */
export async function assertOwner(options: AssertOwnerOptions): Promise<void> {
  const { catalog, permissions, credentials } = options;
  const ref = readGroupRef(options.owner);
  const [{ result }] = await permissions.authorize(
    [{ permission: componentAssignPermission, resourceRef: ref }],
    { credentials },
  );
  if (result === AuthorizeResult.ALLOW) return;

  const userRef = userRefOf(credentials);
  const [group, user] = await Promise.all(
    [ref, userRef].map(one =>
      one ? catalog.getEntityByRef(one, { credentials }) : undefined,
    ),
  );
  const next = whatToDo(user);
  throw group
    ? new NotAllowedError(
        `You may not make ${nameOf(group)} (${ref}) the owner: ${
          userRef ?? 'whoever started this'
        } is not a member of it. ${next}, or ask one of its members to create it`,
      )
    : new InputError(
        `There is no ${ref} in the catalog, or you may not see it. ${next}`,
      );
}

/** @throws InputError */
function readGroupRef(text: string): string {
  const ref = readEntityRef(text);
  if (!ref) {
    throw new InputError(
      `The owner "${printable(
        text,
      )}" is no entity ref: write it like group:default/<name of your team>`,
    );
  }
  if (ref.kind.toLowerCase() !== 'group') {
    throw new InputError(
      `The owner ${printable(
        text,
      )} is no group: choose a group, so that the component outlives who made it`,
    );
  }
  return stringifyEntityRef(ref);
}

function userRefOf(credentials: BackstageCredentials): string | undefined {
  const principal = credentials.principal as Partial<BackstageUserPrincipal>;
  return principal.type === 'user' ? principal.userEntityRef : undefined;
}

function nameOf({ metadata, spec }: Entity): string {
  const profile = spec?.profile as { displayName?: string } | undefined;
  return profile?.displayName ?? metadata.title ?? metadata.name;
}

/** More are not read to the end. */
const MOST_NAMED = 10;

function whatToDo(user: Entity | undefined): string {
  const groups = (user?.relations ?? [])
    .filter(({ type }) => type === RELATION_MEMBER_OF)
    .map(({ targetRef }) => targetRef);
  if (groups.length === 0) {
    return 'Ask whoever keeps the groups of your organisation to add you to your team';
  }
  const named = groups.slice(0, MOST_NAMED).join(', ');
  return groups.length > MOST_NAMED
    ? `Choose one of your ${groups.length} groups, such as ${named}`
    : `Choose one of your groups (${named})`;
}
