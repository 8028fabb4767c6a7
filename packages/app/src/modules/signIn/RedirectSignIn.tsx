import {
  Progress,
  SignInProviderConfig,
  UserIdentity,
} from '@backstage/core-components';
import {
  configApiRef,
  discoveryApiRef,
  SessionState,
  useApi,
} from '@backstage/frontend-plugin-api';
import type { SignInPageProps } from '@backstage/plugin-app-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { SignInInvitation } from './SignInInvitation';
import { startUrl } from './startUrl';

/**
 * That this tab was sent to the provider and did not come back signed in: it is
 * not sent there a second time unasked, which could go on for ever.
 */
const SENT = 'fairway.sent-to-sign-in';

/**
 * That this browser has signed in, and not out again: only then is the backend
 * asked for a session, which it answers with an error when there is none.
 */
const SIGNED_IN = 'fairway.signed-in';

/**
 * Goes on with the session that there is; else leaves for the provider, which
 * sends the browser back here. Who comes back without a session, or with an
 * error in the address, is told, and asked to try again.
 */
export const RedirectSignIn = ({
  provider,
  onSignInSuccess,
}: SignInPageProps & { provider: SignInProviderConfig }) => {
  const authApi = useApi(provider.apiRef);
  const discoveryApi = useApi(discoveryApiRef);
  const environment =
    useApi(configApiRef).getOptionalString('auth.environment');
  const [invites, setInvites] = useState(false);
  const [error, setError] = useState<string>();
  const begun = useRef(false);

  const leave = useCallback(async () => {
    sessionStorage.setItem(SENT, 'yes');
    window.location.href = startUrl(
      `${await discoveryApi.getBaseUrl('auth')}/${provider.id}`,
      { environment, returnTo: window.location.href },
    );
  }, [discoveryApi, environment, provider.id]);

  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    const refused = takeError();
    const enter = async () => {
      const wasSent = sessionStorage.getItem(SENT) !== null;
      const session =
        wasSent || localStorage.getItem(SIGNED_IN) !== null
          ? await authApi.getBackstageIdentity({ optional: true })
          : undefined;
      if (session) {
        sessionStorage.removeItem(SENT);
        localStorage.setItem(SIGNED_IN, 'yes');
        authApi.sessionState$().subscribe(state => {
          if (state === SessionState.SignedOut) {
            localStorage.removeItem(SIGNED_IN);
          }
        });
        onSignInSuccess(
          UserIdentity.create({
            identity: session.identity,
            authApi,
            profile: await authApi.getProfile(),
          }),
        );
        return;
      }
      localStorage.removeItem(SIGNED_IN);
      if (refused || wasSent) {
        setError(refused);
        setInvites(true);
      } else {
        await leave();
      }
    };
    enter().catch(failure => {
      setError(failure.message);
      setInvites(true);
    });
  }, [authApi, leave, onSignInSuccess]);

  return invites ? (
    <SignInInvitation message={provider.message} error={error} onGo={leave} />
  ) : (
    <Progress />
  );
};

/** The error that the backend put into the address; taken out of it. */
function takeError(): string | undefined {
  const url = new URL(window.location.href);
  const error = url.searchParams.get('error') ?? undefined;
  if (error !== undefined) {
    url.searchParams.delete('error');
    window.history.replaceState(window.history.state, '', url);
  }
  return error;
}
