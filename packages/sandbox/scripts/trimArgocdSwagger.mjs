/**
 * Makes src/servers/argocd/__fixtures__/argocdSwagger.json: the part of Argo
 * CD's own API description that the sandbox serves, without descriptions.
 *
 *   version=v3.6.1
 *   dir=$(GOFLAGS=-mod=mod go mod download -json github.com/argoproj/argo-cd/v3@$version | jq -r .Dir)
 *   node scripts/trimArgocdSwagger.mjs $dir/assets/swagger.json $version
 */
import { readFileSync, writeFileSync } from 'node:fs';

const [, , file, version] = process.argv;
if (!file || !version) {
  process.stderr.write(
    'usage: node scripts/trimArgocdSwagger.mjs <swagger.json> <version>\n',
  );
  process.exit(1);
}
const swagger = JSON.parse(readFileSync(file, 'utf8'));

/** Services whose operations the sandbox serves, at least in part. */
const TAGS = new Set([
  'AccountService',
  'ApplicationService',
  'ApplicationSetService',
  'CertificateService',
  'ClusterService',
  'ProjectService',
  'RepositoryService',
  'SessionService',
  'SettingsService',
  'VersionService',
]);

const paths = {};
for (const [path, methods] of Object.entries(swagger.paths)) {
  for (const [method, { tags, operationId, responses }] of Object.entries(
    methods,
  )) {
    if (tags.some(tag => TAGS.has(tag))) {
      paths[path] = { ...paths[path], [method]: { operationId, responses } };
    }
  }
}

const definitions = {};
const queue = references(paths);
while (queue.length > 0) {
  const name = queue.pop();
  if (!definitions[name]) {
    definitions[name] = swagger.definitions[name];
    queue.push(...references(definitions[name]));
  }
}

/** JSON without prose, one entry a line, so that versions can be compared. */
const entries = object =>
  Object.entries(object)
    .sort()
    .map(
      ([name, value]) =>
        `${JSON.stringify(name)}: ${JSON.stringify(value, (key, inner) =>
          ['description', 'title'].includes(key) && typeof inner === 'string'
            ? undefined
            : inner,
        )}`,
    )
    .join(',\n');

writeFileSync(
  new URL(
    '../src/servers/argocd/__fixtures__/argocdSwagger.json',
    import.meta.url,
  ),
  `{
"x-source": "Argo CD ${version}, assets/swagger.json, trimmed by scripts/trimArgocdSwagger.mjs",
"x-license": "Apache-2.0",
"swagger": "2.0",
"paths": {
${entries(paths)}
},
"definitions": {
${entries(definitions)}
}
}
`,
);

function references(value) {
  return [...JSON.stringify(value).matchAll(/"#\/definitions\/([^"]+)"/g)].map(
    match => match[1],
  );
}
