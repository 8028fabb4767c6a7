import { ScenarioParameter, ScenarioTable } from '../types';
import { parseRoleArn } from './credentials';

/** Which roles a refusal is about; what is left out means any. */
interface RoleMatch {
  account?: string;
  role?: string;
}

/** Whom roles trust. Every role of the world's accounts may be assumed, except as situations say. */
export class RoleTrust {
  private readonly denied: RoleMatch[] = [];
  private readonly conditional: Array<RoleMatch & { externalId: string }> = [];
  private readonly expired: RoleMatch[] = [];

  /** Whether a role lets somebody in who names this external id, if any. */
  allows(roleArn: string, externalId: string | undefined): boolean {
    return (
      !this.denied.some(match => isAbout(match, roleArn)) &&
      this.conditional.every(
        match => !isAbout(match, roleArn) || match.externalId === externalId,
      )
    );
  }

  /** Whether the sessions of an account count as expired, however young. */
  isExpired(accountId: string): boolean {
    return this.expired.some(
      ({ account }) => account === undefined || account === accountId,
    );
  }

  /** Offers the situations in which access fails. */
  registerScenarios(table: ScenarioTable): void {
    const account: ScenarioParameter = {
      name: 'account',
      description: 'twelve digits; all accounts without it',
    };
    const role: ScenarioParameter = {
      name: 'role',
      description: 'name of the role; all roles without it',
    };
    const register = <T extends RoleMatch>(
      name: string,
      description: string,
      parameters: ScenarioParameter[],
      list: T[],
    ) =>
      table.register({
        name,
        description,
        parameters,
        start(given) {
          list.push(textsOf(given) as unknown as T);
          return textsOf(given);
        },
        stop() {
          list.length = 0;
        },
      });
    register(
      'role-denied',
      'Roles cannot be assumed: AssumeRole answers AccessDenied.',
      [account, role],
      this.denied,
    );
    register(
      'external-id',
      'Roles are assumed with the right external id only.',
      [
        account,
        role,
        {
          name: 'externalId',
          description: 'what the roles want to hear',
          default: 'fairway',
        },
      ],
      this.conditional,
    );
    register(
      'credentials-expired',
      'Sessions of assumed roles are expired, however young.',
      [account],
      this.expired,
    );
  }
}

/** Parameters as text: account ids may come as numbers. */
function textsOf(given: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, String(value)]),
  );
}

function isAbout({ account, role }: RoleMatch, roleArn: string): boolean {
  const parsed = parseRoleArn(roleArn);
  return (
    (account === undefined || account === parsed?.accountId) &&
    (role === undefined || role === parsed?.roleName)
  );
}
