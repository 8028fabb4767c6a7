import { spawnSync } from 'node:child_process';

/**
 * Yarn does not read .npmrc: this hands it the registry that npm is set to,
 * unless it has been told one already.
 *
 * @param {Record<string, string | undefined>} [env]
 * @returns {Record<string, string>} variables for Yarn; empty for its default
 */
export function registryEnvironment(env = process.env) {
  const proxies = proxyEnvironment(env);
  const registry = registryUrl(env);
  if (!registry) return proxies;
  return { ...proxies, ...forYarn(registry, env) };
}

/**
 * The registry that an install would ask; undefined when none is named and
 * Yarn uses its own.
 */
export function registryUrl(env = process.env) {
  const registry = env.YARN_NPM_REGISTRY_SERVER || npmRegistry();
  return /^https?:\/\/[^/]/.test(registry ?? '') ? registry : undefined;
}

/**
 * @param {string} registry a URL, with or without a slash at its end
 * @param {Record<string, string | undefined>} env
 */
export function forYarn(registry, env) {
  const { protocol, hostname } = new URL(registry);
  return {
    YARN_NPM_REGISTRY_SERVER: registry.replace(/\/+$/, ''),
    // Yarn refuses plain HTTP, even of a registry on this machine
    ...(protocol === 'http:' && {
      YARN_UNSAFE_HTTP_WHITELIST: env.YARN_UNSAFE_HTTP_WHITELIST ?? hostname,
    }),
  };
}

// npm follows the usual proxy variables, Yarn only its own
function proxyEnvironment(env) {
  const http = env.YARN_HTTP_PROXY ?? env.HTTP_PROXY ?? env.http_proxy;
  const https = env.YARN_HTTPS_PROXY ?? env.HTTPS_PROXY ?? env.https_proxy;
  return {
    ...(http && { YARN_HTTP_PROXY: http }),
    ...(https && { YARN_HTTPS_PROXY: https }),
  };
}

function npmRegistry() {
  const { stdout } = spawnSync('npm', ['config', 'get', 'registry'], {
    encoding: 'utf8',
  });
  return stdout?.trim();
}
