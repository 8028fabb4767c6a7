import { Chance } from './Chance';
import { awsRequest } from './awsRequests';
import { formLike, FuzzBody, gitLike, hostile, jsonLike } from './bodies';
import { DELIVERIES, FuzzRequest } from './FuzzRequest';

/** What stands for a label in a path when it is to mean something. */
const LABELS: Record<string, string[]> = {
  owner: ['cornjacket', 'mobilytics', 'sample-platform-ai'],
  org: ['cornjacket', 'campaign-platform', 'nobody'],
  repo: [
    'platform-docs',
    'platform-infra',
    'mobilytics-app',
    'platform-infra.git',
  ],
  username: ['cornjacket-lead', 'fairway-portal'],
  slug: ['cornjacket-platform'],
  sha: ['main', 'HEAD', '0'.repeat(40), 'main~1'],
  number: ['1', '2', '999'],
  id: ['1', '2', '7'],
  branch: ['main', 'x'],
  name: [
    'sample-backend-uat',
    'sample-platform-ai',
    'dev',
    'calm',
    'lag-spike',
  ],
  cluster: ['sample-platform-ai-dev', 'campaign-lifecycle-platform-prod'],
  token: ['sandbox-kubernetes-token'],
  namespace: ['sample-platform-ai', 'default'],
  group: ['apps', 'batch', 'metrics.k8s.io'],
  version: ['v1', 'v1beta1'],
  resource: ['pods', 'deployments', 'services', 'events'],
  uid: ['sample-backend', 'prometheus', 'errors-sample-backend-uat'],
  '*': ['main', 'README.md', 'heads/main', 'main...HEAD', 'gitops/overlays'],
};

/** What stands for `*` where a server passes everything on to one that it does not list. */
const BELOW: Record<string, string[]> = {
  oidc: [
    '.well-known/openid-configuration',
    'jwks',
    'auth',
    'token',
    'me',
    'token/introspection',
    'token/revocation',
    'session/end',
    'session/end/confirm',
    'reg',
  ],
};

const QUERIES = [
  'ref',
  'sha',
  'path',
  'since',
  'until',
  'per_page',
  'page',
  'state',
  'recursive',
  'service',
  'fields',
  'selector',
  'projects',
  'name',
  'refresh',
  'resourceVersion',
  'labelSelector',
  'fieldSelector',
  'limit',
  'continue',
  'tailLines',
  'container',
  'revision',
  'appNamespace',
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
];

/** Queries that Prometheus could have been asked, some of them spoilt. */
const PROMQL = [
  'up',
  'sum by (le) (rate(http_request_duration_seconds_bucket{service="sample-backend"}[5m]))',
  'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))',
  'rate(http_requests_total{code=~"5.."}[1w]) / 0',
  'http_requests_total offset 5y',
  '((((up',
  'up{service=~"((a*)*)*"}',
  '-up[',
];

const AUTHORIZATIONS: Record<string, string[]> = {
  github: ['Bearer sandbox-github-token', 'token sandbox-github-token'],
  argocd: ['Bearer sandbox-argocd-token'],
  kubernetes: ['Bearer sandbox-kubernetes-token'],
  grafana: ['Bearer sandbox-grafana-token', 'Basic YWRtaW46YWRtaW4='],
};

/** Calls that put the whole world back, or take it too far. */
const LEFT_OUT = /^(POST \/reset|POST \/clock|DELETE \/repos\/:owner\/:repo)$/;

/**
 * Makes requests for a server out of the routes that it serves: some that
 * could be real, most with something wrong.
 */
export function requestsFor(
  upstream: string,
  routes: string[],
  host: string,
): (chance: Chance) => FuzzRequest {
  const usable = routes.filter(
    route =>
      !LEFT_OUT.test(route.replace('/api/v3', '')) && !route.startsWith('HEAD'),
  );
  return chance => {
    const request =
      upstream === 'aws'
        ? awsRequest(chance)
        : routeRequest(upstream, usable, chance);
    return dress(request, host, chance);
  };
}

type Plain = Pick<FuzzRequest, 'method' | 'target' | 'headers'> & {
  body?: FuzzBody;
};

function routeRequest(
  upstream: string,
  routes: string[],
  chance: Chance,
): Plain {
  const [method, path] = chance.pick(routes).split(' ');
  const target = `${fill(path, upstream, chance)}${
    upstream === 'grafana' ? promqlQuery(chance) : query(chance)
  }`;
  const hasBody = !['GET', 'HEAD'].includes(method) || chance.happens(0.05);
  const isGit = upstream === 'github' && chance.happens(0.08);
  const headers: Array<[string, string]> = [];
  const authorization = AUTHORIZATIONS[upstream];
  if (authorization) {
    headers.push([
      'authorization',
      chance.happens(0.85) ? chance.pick(authorization) : chance.oddText(),
    ]);
  }
  if (isGit) {
    const service = chance.pick(['git-upload-pack', 'git-receive-pack']);
    const repository = `/${chance.pick(LABELS.owner)}/${chance.pick([
      'platform-docs.git',
      'mobilytics-app.git',
      'nothing.git',
    ])}`;
    return {
      method: 'POST',
      target: `${repository}/${service}`,
      headers: [...headers, ['git-protocol', 'version=2']],
      body: gitLike(chance),
    };
  }
  return {
    method: chance.happens(0.05)
      ? chance.pick(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])
      : method,
    target,
    headers,
    body: hasBody ? bodyFor(upstream, chance) : undefined,
  };
}

function bodyFor(upstream: string, chance: Chance): FuzzBody {
  if (chance.happens(0.25)) {
    return hostile(chance);
  }
  return upstream === 'oidc' ? formLike(chance) : jsonLike(chance);
}

function fill(path: string, upstream: string, chance: Chance): string {
  return path.replace(/:(\w+)(?:\([^)]*\))?\??|\*/g, (match, label) => {
    const name = label ?? match;
    const known = (name === '*' && BELOW[upstream]) || LABELS[name];
    if (known && chance.happens(0.85)) {
      return chance.pick(known);
    }
    const odd = chance.oddText();
    return chance.happens(0.6)
      ? encodeURIComponent(odd.replace(/[\ud800-\udfff]/g, '?'))
      : odd.replace(/[\s?#]/g, '');
  });
}

function promqlQuery(chance: Chance): string {
  const odd = () => chance.oddText().replace(/[\ud800-\udfff]/g, '?');
  const asked = new URLSearchParams({
    query: chance.happens(0.8) ? chance.pick(PROMQL) : odd(),
    start: chance.happens(0.8) ? '1790000000' : odd(),
    end: chance.happens(0.8) ? '1790003600' : odd(),
    step: chance.happens(0.8) ? '60' : odd(),
    'match[]': chance.happens(0.8) ? 'up' : odd(),
    tag: chance.happens(0.5) ? 'service' : odd(),
    expr: chance.pick(PROMQL),
    'var-environment': odd(),
    from: chance.happens(0.5) ? 'now-6h' : odd(),
  });
  return `?${asked}`;
}

function query(chance: Chance): string {
  if (chance.happens(0.65)) {
    return '';
  }
  const parts = Array.from({ length: 1 + chance.below(3) }, () => {
    const odd = chance.oddText().replace(/[\ud800-\udfff\s#]/g, '');
    const value = chance.happens(0.5) ? encodeURIComponent(odd) : odd;
    return `${chance.pick(QUERIES)}=${value}`;
  });
  return `?${parts.join('&')}`;
}

/** Adds what every request has, and spoils some of it. */
function dress(plain: Plain, host: string, chance: Chance): FuzzRequest {
  const content = plain.body ?? { type: '', body: Buffer.alloc(0) };
  const delivery = chance.pick(DELIVERIES);
  const headers: Array<[string, string]> = [
    ['host', host],
    ['connection', 'close'],
    ...plain.headers,
  ];
  if (content.type || chance.happens(0.1)) {
    headers.push([
      'content-type',
      chance.happens(0.9) ? content.type : chance.oddText().slice(0, 60),
    ]);
  }
  if (plain.body) {
    headers.push(['content-length', String(content.body.length)]);
  }
  if (chance.happens(0.1)) {
    headers.push([
      chance.pick([
        'accept',
        'accept-encoding',
        'content-encoding',
        'if-none-match',
        'range',
        'cookie',
        'x-forwarded-for',
        'expect',
        'x-amz-target',
      ]),
      chance.oddText().slice(0, 200),
    ]);
  }
  return {
    method: plain.method,
    target: plain.target,
    headers,
    body:
      delivery === 'garbage'
        ? chance.pick([
            Buffer.from('\x16\x03\x01\x02\x00\x01\x00 not http\r\n\r\n'),
            Buffer.from('GET / HTTP/9.9\r\n\r\n'),
            Buffer.from(`GET /${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`),
            Buffer.from(
              'POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
            ),
            Buffer.from(
              'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef',
            ),
            Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
            chance.bytes(1 + chance.below(300)),
          ])
        : content.body,
    delivery,
    isStream: /\/stream\/|watch=|follow=/.test(plain.target),
  };
}
