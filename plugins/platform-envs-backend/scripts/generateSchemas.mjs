/*
 * Writes the schemas of everything that the API answers, from its types, to
 * src/openapi/schemas.json. Run it after a change of those types:
 *
 *   yarn workspace @fairway/plugin-platform-envs-backend generate-schemas
 *
 * With --check it writes nothing, and fails when the file is out of date.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import prettier from 'prettier';
import { createGenerator } from 'ts-json-schema-generator';

const ROOT = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '../../..',
);
const FILE = path.join(
  ROOT,
  'plugins/platform-envs-backend/src/openapi/schemas.json',
);

/** Source file, from the root, and the types that are answered from it. */
const SOURCES = {
  'plugins/platform-envs-common/src/index.ts': [
    'BeginRemovalRequest',
    'CancelPromotionRequest',
    'CellDetail',
    'ComponentComparison',
    'CellLinks',
    'ComponentDelivery',
    'ComponentObservability',
    'CreatePromotionRequest',
    'DecidePromotionRequest',
    'DecideRemovalRequest',
    'DetectDriftRequest',
    'DriftDetection',
    'EnvironmentDetail',
    'EnvironmentList',
    'EnvironmentReplication',
    'FirstDelivery',
    'FirstDeliveryList',
    'FollowFirstDeliveryRequest',
    'NoteRemovalStepRequest',
    'OverviewPage',
    'OverviewStreamEvent',
    'PlanPromotionRequest',
    'Promotion',
    'PromotionDetail',
    'PromotionList',
    'PromotionPlanPreview',
    'Removal',
    'RemovalDetail',
    'RemovalList',
    'RemovalPreview',
    'RequestRemoval',
  ],
  'plugins/platform-envs-node/src/ports/DeploymentSource.ts': [
    'ListedDeployment',
    'RevisionMetadata',
  ],
};

function generate() {
  const definitions = {};
  for (const [file, types] of Object.entries(SOURCES)) {
    const generator = createGenerator({
      path: path.join(ROOT, file),
      tsconfig: path.join(ROOT, 'tsconfig.json'),
      skipTypeCheck: true,
      additionalProperties: false,
      encodeRefs: false,
      topRef: true,
      sortProps: true,
    });
    for (const type of types) {
      Object.assign(definitions, generator.createSchema(type).definitions);
    }
  }
  return Object.fromEntries(
    Object.entries(definitions)
      .map(([name, schema]) => [nameOf(name), schema])
      .sort(([a], [b]) => a.localeCompare(b)),
  );
}

/** Names in OpenAPI have letters, digits, dots, hyphens and underscores. */
function nameOf(name) {
  return name.replace(/[^\w.-]+/g, '_').replace(/^_+|_+$/g, '');
}

/** A generic type whose argument has no name is named by its place in the source. */
const isNameless = name => /(def|structure)-/.test(name);

/** Points to schemas by name, and puts nameless ones where they are meant. */
function resolve(value, schemas) {
  if (Array.isArray(value)) return value.map(item => resolve(item, schemas));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref, ...rest } = value;
  if (typeof $ref !== 'string') {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, resolve(item, schemas)]),
    );
  }
  const name = nameOf($ref.replace('#/definitions/', ''));
  return isNameless(name)
    ? { ...resolve(schemas[name], schemas), ...rest }
    : { $ref: `#/components/schemas/${name}`, ...rest };
}

const all = generate();
const schemas = Object.fromEntries(
  Object.entries(all)
    .filter(([name]) => !isNameless(name))
    .map(([name, schema]) => [name, resolve(schema, all)]),
);
if (!process.argv.includes('--check')) {
  const options = await prettier.resolveConfig(FILE);
  fs.writeFileSync(
    FILE,
    prettier.format(JSON.stringify(schemas), { ...options, parser: 'json' }),
  );
} else if (!isDeepStrictEqual(JSON.parse(fs.readFileSync(FILE)), schemas)) {
  process.stderr.write(
    `${path.relative(
      ROOT,
      FILE,
    )} does not say what the types say. Run: yarn workspace @fairway/plugin-platform-envs-backend generate-schemas\n`,
  );
  process.exitCode = 1;
}
