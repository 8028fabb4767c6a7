import { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';

/**
 * How a Kubernetes cluster is reached, as far as configuration says. What it
 * leaves out, EKS is asked for by the role of the cluster's account.
 *
 * @public
 */
export interface ClusterAccess {
  /** Address of the API server, without trailing slash. */
  url?: string;
  /** Bearer token of a service account. */
  token?: string;
  /** Certificate authority of the API server: base64 of PEM. */
  caData?: string;
}

const BLOCK = 'platformEnvs.clusters';

/** Keys of a cluster, and of all of them. */
const KEYS = ['url', 'urlTemplate', 'token', 'caData'];

/**
 * Reads the block `platformEnvs.clusters`. What `overrides.<cluster>` says
 * comes before what the block says for all clusters.
 *
 * @returns how to reach a cluster by its name; undefined when nothing is configured
 * @throws InputError - a value is wrong; the message has its full path.
 * @public
 */
export function readClusterAccess(
  root: Config,
): ((cluster: string) => ClusterAccess) | undefined {
  const block = root.getOptionalConfig(BLOCK);
  const overrides = block?.getOptionalConfig('overrides');
  const names = overrides?.keys() ?? [];
  const isConfigured = names.length || KEYS.some(key => block?.has(key));
  if (!block || !isConfigured) return undefined;
  const urlTemplate = block.getOptionalString('urlTemplate');
  if (urlTemplate !== undefined) {
    checkUrl(`${BLOCK}.urlTemplate`, urlTemplate.replace('{cluster}', 'x'));
    if (!urlTemplate.includes('{cluster}')) {
      throw new InputError(
        `${BLOCK}.urlTemplate has no {cluster}, so every cluster would be the same one; for a single cluster set ${BLOCK}.overrides.<cluster>.url`,
      );
    }
  }
  const common = {
    token: block.getOptionalString('token'),
    caData: block.getOptionalString('caData'),
  };
  const own = new Map(
    names.map(name => [
      name,
      readOverride(`${BLOCK}.overrides.${name}`, overrides!, name),
    ]),
  );
  return cluster => {
    const url = urlTemplate?.replace('{cluster}', encodeURIComponent(cluster));
    return defined({
      ...defined({ ...common, url: url?.replace(/\/+$/, '') }),
      ...own.get(cluster),
    });
  };
}

function readOverride(
  path: string,
  overrides: Config,
  name: string,
): ClusterAccess {
  const override = overrides.getConfig(name);
  const url = override.getOptionalString('url');
  return defined({
    url: url === undefined ? undefined : checkUrl(`${path}.url`, url),
    token: override.getOptionalString('token'),
    caData: override.getOptionalString('caData'),
  });
}

function checkUrl(path: string, url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new InputError(`${path} must be an http or https URL, not "${url}"`);
  }
  return url.replace(/\/+$/, '');
}

function defined(access: ClusterAccess): ClusterAccess {
  return Object.fromEntries(
    Object.entries(access).filter(([, value]) => value !== undefined),
  );
}
