import { SignInPage, SignInProviderConfig } from '@backstage/core-components';
import {
  configApiRef,
  githubAuthApiRef,
  useApi,
} from '@backstage/frontend-plugin-api';
import type { SignInPageProps } from '@backstage/plugin-app-react';
import { oidcAuthApiRef } from './oidcAuthApiRef';
import { RedirectSignIn } from './RedirectSignIn';

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
} satisfies Record<string, SignInProviderConfig>;

/**
 * Offers the providers of `fairway.signIn`. Where there is only one, and it is
 * reached without a popup (`enableExperimentalRedirectFlow`), it is gone to at
 * once.
 */
export const FairwaySignInPage = (props: SignInPageProps) => {
  const config = useApi(configApiRef);
  const names = config.getOptionalStringArray('fairway.signIn') ?? ['github'];
  const providers = names
    .filter((name): name is keyof typeof PROVIDERS => name in PROVIDERS)
    .map(name => PROVIDERS[name]);

  if (
    providers.length === 1 &&
    config.getOptionalBoolean('enableExperimentalRedirectFlow')
  ) {
    return <RedirectSignIn {...props} provider={providers[0]} />;
  }
  return (
    <SignInPage
      {...props}
      title="Fairway"
      align="center"
      providers={providers}
    />
  );
};
