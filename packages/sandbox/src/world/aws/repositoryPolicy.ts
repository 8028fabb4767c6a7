interface Statement {
  Effect?: string;
  Principal?: '*' | { AWS?: string | string[] };
}

/**
 * Whether a repository's policy (JSON text) lets an account in.
 *
 * Only the principals of `Allow` statements are looked at, not their actions.
 */
export function allowsAccount(policyText: string, accountId: string): boolean {
  const { Statement } = JSON.parse(policyText) as {
    Statement?: Statement | Statement[];
  };
  return [Statement ?? []].flat().some(({ Effect, Principal }) => {
    const principals =
      Principal === '*' ? ['*'] : [Principal?.AWS ?? []].flat();
    return (
      Effect === 'Allow' &&
      principals.some(
        principal =>
          principal === '*' ||
          principal === accountId ||
          principal.startsWith(`arn:aws:iam::${accountId}:`),
      )
    );
  });
}
