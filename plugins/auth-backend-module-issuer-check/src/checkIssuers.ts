import { Config } from '@backstage/config';

/** The client secret that the sandbox publishes: it proves nothing. */
const PUBLISHED_SECRET = 'sandbox-oidc-secret';

/**
 * What is wrong with the issuers of `auth.providers.oidc`: one sentence each,
 * with the full key, none when all is well.
 */
export function checkIssuers(config: Config): string[] {
  const oidc = config.getOptionalConfig('auth.providers.oidc');
  return (oidc?.keys() ?? []).flatMap(environment => {
    const at = `auth.providers.oidc.${environment}`;
    const provider = config.getOptionalConfig(at);
    const metadataUrl = provider?.getOptionalString('metadataUrl');
    const problems: string[] = [];
    if (metadataUrl !== undefined) {
      const problem = judge(metadataUrl);
      if (problem) {
        problems.push(`${at}.metadataUrl ${problem}`);
      }
    }
    if (provider?.getOptionalString('clientSecret') === PUBLISHED_SECRET) {
      problems.push(`${at}.clientSecret is the one of the sandbox`);
    }
    return problems;
  });
}

function judge(metadataUrl: string): string | undefined {
  if (!URL.canParse(metadataUrl)) {
    return 'is not a URL';
  }
  const { protocol, hostname } = new URL(metadataUrl);
  if (protocol !== 'https:') {
    return `must be reached by https, not ${protocol.replace(/:$/, '')}`;
  }
  return isLoopback(hostname) ? 'must not be on this machine' : undefined;
}

// as `URL` spells hosts: lower case, IPv4 as four numbers
function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/\.$/, '');
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    /^(127\.\d+\.\d+\.\d+|0\.0\.0\.0)$/.test(host) ||
    /^\[::(1|ffff:7f[0-9a-f]{2}:[0-9a-f]+)?\]$/.test(host)
  );
}
