/**
 * Where a sign-in by redirect begins. The auth API of the frontend goes there
 * too, but asks for a session first, which fails when there is none.
 *
 * @param providerUrl - of the provider at the backend, such as
 *   `http://localhost:7007/api/auth/oidc`
 */
export function startUrl(
  providerUrl: string,
  options: { environment?: string; returnTo: string },
): string {
  const url = new URL(`${providerUrl}/start`);
  url.search = new URLSearchParams({
    flow: 'redirect',
    env: options.environment ?? 'development',
    origin: new URL(options.returnTo).origin,
    redirectUrl: options.returnTo,
  }).toString();
  return url.toString();
}
