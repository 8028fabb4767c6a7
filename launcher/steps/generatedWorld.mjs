import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT, STATE_DIR } from '../paths.mjs';
import { EVERYDAY } from './startPortal.mjs';

/**
 * Where a portal keeps its data, and what it reads beside its usual
 * configuration: a generated world has databases of its own, and its entities
 * stand in the catalog beside the seeded ones.
 *
 * @param {string | undefined} generate `<services>x<environments>`
 * @returns {Pick<import('./startPortal.mjs').PortalOptions, 'dataDir' | 'logDir' | 'configFiles' | 'generate'>}
 */
export function worldOf(generate) {
  if (!generate) return EVERYDAY;
  const dataDir = path.join(STATE_DIR, `generated-${generate}`);
  const configFile = path.join(dataDir, 'app-config.generated.yaml');
  fs.mkdirSync(dataDir, { recursive: true });
  // a list replaces the list of the file before it, so this one begins with that
  const { parse, stringify } = createRequire(path.join(ROOT, 'package.json'))(
    'yaml',
  );
  const { catalog } = parse(
    fs.readFileSync(path.join(ROOT, 'app-config.sandbox.yaml'), 'utf8'),
  );
  const generated = {
    type: 'file',
    target: path.join(
      dataDir,
      `sandbox-${generate}`,
      'catalog',
      'generated.yaml',
    ),
    rules: [
      { allow: ['Component', 'System', 'Resource', 'Environment', 'Group'] },
    ],
  };
  fs.writeFileSync(
    configFile,
    stringify({ catalog: { locations: [...catalog.locations, generated] } }),
  );
  return { ...EVERYDAY, dataDir, generate, configFiles: [configFile] };
}
