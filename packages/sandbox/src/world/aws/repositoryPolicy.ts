interface Statement {
  Effect?: string;
  Principal?: '*' | { AWS?: string | string[] };
  Action?: string | string[];
}

/**
 * Whether a policy of ECR (JSON text) lets an account do something, such as
 * `ecr:BatchGetImage`: a statement allows it and none denies it. Conditions and
 * resources are not looked at.
 */
export function policyAllows(
  policyText: string,
  accountId: string,
  action: string,
): boolean {
  const { Statement } = JSON.parse(policyText) as {
    Statement?: Statement | Statement[] | null;
  };
  const about = [Statement ?? []]
    .flat()
    .filter(
      statement =>
        isAbout(statement, accountId) &&
        [statement?.Action ?? []]
          .flat()
          .some(given => covers(String(given), action)),
    );
  return (
    about.some(({ Effect }) => Effect === 'Allow') &&
    !about.some(({ Effect }) => Effect === 'Deny')
  );
}

/** What is no statement is about nobody. */
function isAbout(statement: Statement | null, accountId: string): boolean {
  const Principal = statement?.Principal;
  const principals = Principal === '*' ? ['*'] : [Principal?.AWS ?? []].flat();
  return principals.some(
    principal =>
      principal === '*' ||
      principal === accountId ||
      String(principal).startsWith(`arn:aws:iam::${accountId}:`),
  );
}

/** `ecr:Batch*` covers `ecr:BatchGetImage`; upper and lower case do not matter. */
function covers(pattern: string, action: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${escaped}$`, 'i').test(action);
}
