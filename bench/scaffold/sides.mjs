import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../launcher/paths.mjs';

/** Who asks for the services, on both sides. */
export const SYSTEM = 'sample-platform-ai';

const STOCK = path.join(ROOT, 'bench/scaffold/stock');

/**
 * How each side is asked for a service.
 *
 * @typedef {object} Side
 * @property {string} templateRef
 * @property {string} lastStep the last one that creates something
 * @property {(name: string) => object} values
 */

/**
 * @param {import('../lib/rig.mjs').Rig} rig
 * @returns {Record<'ours' | 'stock', Side>}
 */
export function sidesOf(rig) {
  return {
    ours: {
      templateRef: 'template:default/create-go-service',
      lastStep: 'register',
      values: name => ({
        name,
        system: `system:default/${SYSTEM}`,
        owner: `group:default/${SYSTEM}`,
        description: 'Proves how long it takes.',
        trackSeconds: 60,
      }),
    },
    stock: {
      templateRef: 'template:default/stock-go-service',
      lastStep: 'register',
      values: name => ({ name, githubHost: new URL(rig.sandboxUrl(1)).host }),
    },
  };
}

/**
 * Puts the peer's template where the peer's catalog looks for it; its skeletons
 * come once the portal has made a service.
 *
 * @param {string} folder of the rig
 */
export function writeStockTemplate(folder) {
  const target = path.join(folder, 'templates/stock');
  fs.cpSync(STOCK, target, { recursive: true });
  fs.writeFileSync(
    path.join(folder, 'catalog/templates.yaml'),
    JSON.stringify({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Location',
      metadata: { name: 'stock-templates' },
      spec: { targets: ['../templates/stock/template.yaml'] },
    }),
  );
}
