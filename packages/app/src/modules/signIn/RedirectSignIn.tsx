import {
  Progress,
  SignInProviderConfig,
  UserIdentity,
} from '@backstage/core-components';
import { useApi } from '@backstage/frontend-plugin-api';
import type { SignInPageProps } from '@backstage/plugin-app-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { SignInInvitation } from './SignInInvitation';

/**
 * That this tab was sent to the provider and did not come back signed in: it is
 * not sent there a second time unasked, which could go on for ever.
 */
const SENT = 'fairway.sent-to-sign-in';

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
  const [invites, setInvites] = useState(false);
  const [error, setError] = useState<string>();
  const begun = useRef(false);

  const leave = useCallback(async () => {
    sessionStorage.setItem(SENT, 'yes');
    try {
      await authApi.getBackstageIdentity({ instantPopup: true });
    } catch (failure) {
      setError((failure as Error).message);
      setInvites(true);
    }
  }, [authApi]);

  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    const refused = takeError();
    const enter = async () => {
      const session = await authApi.getBackstageIdentity({ optional: true });
      if (session) {
        sessionStorage.removeItem(SENT);
        onSignInSuccess(
          UserIdentity.create({
            identity: session.identity,
            authApi,
            profile: await authApi.getProfile(),
          }),
        );
      } else if (refused || sessionStorage.getItem(SENT)) {
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
