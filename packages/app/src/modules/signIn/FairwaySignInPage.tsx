import { ProxiedSignInPage, SignInPage } from '@backstage/core-components';
import {
  configApiRef,
  githubAuthApiRef,
  useApi,
} from '@backstage/frontend-plugin-api';
import type { SignInPageProps } from '@backstage/plugin-app-react';
import { useState } from 'react';
import { DevelopmentPeople } from './DevelopmentPeople';
import { oidcAuthApiRef } from './oidcAuthApiRef';
import { SignInFailed } from './SignInFailed';

const PROVIDERS = {
  github: {
    id: 'github',
    title: 'GitHub',
    message: 'Sign in with your GitHub account',
    apiRef: githubAuthApiRef,
  },
  oidc: {
    id: 'oidc',
    title: 'Single sign-on',
    message: 'Sign in with your organisation',
    apiRef: oidcAuthApiRef,
  },
};

/** Whom the page remembers within a browser session: a reload stays signed in. */
const REMEMBERED = 'fairway.development-user';

/**
 * Offers the people of the seed catalog where development sign-in is
 * configured, the configured providers everywhere else.
 */
export const FairwaySignInPage = (props: SignInPageProps) => {
  const config = useApi(configApiRef);
  const people = config.getOptionalStringArray(
    'auth.providers.development.users',
  );
  const [user, setUser] = useState(
    () => sessionStorage.getItem(REMEMBERED) ?? undefined,
  );

  const forget = () => {
    sessionStorage.removeItem(REMEMBERED);
    setUser(undefined);
  };

  if (people?.length) {
    if (!user || !people.includes(user)) {
      return (
        <DevelopmentPeople
          people={people}
          onChoose={chosen => {
            sessionStorage.setItem(REMEMBERED, chosen);
            setUser(chosen);
          }}
        />
      );
    }
    return (
      <ProxiedSignInPage
        {...props}
        provider="development"
        headers={{ 'x-fairway-development-user': user }}
        onSignInSuccess={identity =>
          props.onSignInSuccess({
            getProfileInfo: () => identity.getProfileInfo(),
            getBackstageIdentity: () => identity.getBackstageIdentity(),
            getCredentials: () => identity.getCredentials(),
            async signOut() {
              forget();
              await identity.signOut();
            },
          })
        }
        ErrorComponent={({ error }) => (
          <SignInFailed user={user} error={error} onBack={forget} />
        )}
      />
    );
  }

  const names = config.getOptionalStringArray('fairway.signIn') ?? ['github'];
  return (
    <SignInPage
      {...props}
      title="Fairway"
      align="center"
      providers={names
        .filter((name): name is keyof typeof PROVIDERS => name in PROVIDERS)
        .map(name => PROVIDERS[name])}
    />
  );
};
