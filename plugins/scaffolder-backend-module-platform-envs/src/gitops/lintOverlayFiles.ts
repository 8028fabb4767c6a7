import { InputError } from '@backstage/errors';
import { posix } from 'node:path';
import { isMap, isScalar, isSeq, parseAllDocuments, visit } from 'yaml';
import { printable } from '../platform/componentName';
import { lintTerraform } from './terraform/lintTerraform';

/** Something in a file that must not get into a GitOps repository. */
export interface OverlayFinding {
  path: string;
  /** 1-based; absent where it concerns the whole file. */
  line?: number;
  /** One sentence: what is there, and why it may not be. */
  message: string;
}

/** Larger files than this (bytes) are no desired state, and stall a parser. */
const MAX_BYTES = 1024 * 1024;

const KUSTOMIZATION = /(^|\/)(kustomization\.ya?ml|Kustomization)$/;

/** Keys of a kustomization that run programs, or fetch and render charts. */
const RUNS_CODE: Record<string, string> = {
  helmCharts: 'fetches and renders a chart',
  helmChartInflationGenerator: 'fetches and renders a chart',
  helmGlobals: 'fetches and renders a chart',
  generators: 'runs a generator plugin',
  transformers: 'runs a transformer plugin',
  validators: 'runs a validator plugin',
};

/** Keys of a kustomization whose values, or parts of them, are files or folders. */
const REFERS = [
  'resources',
  'bases',
  'components',
  'crds',
  'configurations',
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'replacements',
  'configMapGenerator',
  'secretGenerator',
  'openapi',
];
const FILE_KEYS = ['path', 'files', 'envs', 'env'];

const HOOK =
  /^(argocd\.argoproj\.io\/hook(-delete-policy)?|helm\.sh\/hook.*|config\.kubernetes\.io\/function|config\.k8s\.io\/function)$/;

const REMOTE = /:\/\/|^[\w.-]+@[\w.-]+:|\?(ref|version|timeout|submodules)=/;
const LIKE_HOST = /^[\w-]+(\.[\w-]+)+\/[^/]+\/[^/]+/;

/**
 * What files that are to be added to a GitOps repository must not contain:
 * references to what is kept elsewhere, hooks, charts, programs, secrets, in
 * Terraform provisioners and foreign modules. They
 * would let whoever wrote a file run something in a cluster that nobody saw.
 *
 * @param files - contents by path in the repository
 * @param folder - the folder that no reference may leave; empty: the repository
 * @returns what was found; empty when the files may be added.
 */
export function lintOverlayFiles(
  files: ReadonlyMap<string, string>,
  folder: string,
): OverlayFinding[] {
  return [...files].flatMap(([path, content]) => {
    if (posix.normalize(path) !== path || /^\/|^\.\.(\/|$)|\\/.test(path)) {
      return [{ path, message: 'The path leaves the repository.' }];
    }
    if (Buffer.byteLength(content) > MAX_BYTES) {
      return [{ path, message: `It is larger than ${MAX_BYTES} bytes.` }];
    }
    if (path.endsWith('.tf')) {
      return lintTerraform(content).map(finding => ({ path, ...finding }));
    }
    if (path.endsWith('.tf.json')) {
      return [{ path, message: 'It is Terraform in JSON: write it as .tf.' }];
    }
    return /\.ya?ml$/.test(path) || KUSTOMIZATION.test(path)
      ? lintYaml(path, content, folder)
      : [];
  });
}

/** @throws InputError - {@link lintOverlayFiles} found something; the message names it. */
export function assertSafeOverlay(
  files: ReadonlyMap<string, string>,
  folder: string,
): void {
  const findings = lintOverlayFiles(files, folder);
  if (findings.length > 0) {
    throw new InputError(
      `These files may not be added to a GitOps repository: ${findings
        .map(
          ({ path, line, message }) =>
            `${printable(path)}${line ? `:${line}` : ''}: ${message}`,
        )
        .join(' ')}`,
    );
  }
}

function lintYaml(
  path: string,
  content: string,
  folder: string,
): OverlayFinding[] {
  const findings: OverlayFinding[] = [];
  const lineAt = (node: unknown): number | undefined => {
    const offset = (node as { range?: number[] | null } | undefined)
      ?.range?.[0];
    return offset === undefined
      ? undefined
      : content.slice(0, offset).split('\n').length;
  };
  const report = (node: unknown, message: string) =>
    findings.push({ path, line: lineAt(node), message });
  const isKustomization = KUSTOMIZATION.test(path);

  for (const document of parseAllDocuments(content)) {
    if (document.errors.length > 0) {
      report({ range: document.errors[0].pos }, 'It is no YAML.');
      continue;
    }
    visit(document, {
      Alias: (_key, node) => {
        report(node, 'It has an alias: write the value out.');
      },
      Pair: (_key, { key, value }) => {
        if (!isScalar(key)) return;
        const name = String(key.value);
        if (HOOK.test(name)) {
          report(key, `"${name}" is a hook, which runs outside of a sync.`);
        }
        const isSecret = name === 'kind' && isScalar(value);
        if (isSecret && value.value === 'Secret') {
          report(
            key,
            'A Secret would stand readable in Git: use an ExternalSecret.',
          );
        }
      },
    });
    if (isKustomization && isMap(document.contents)) {
      for (const { key, value } of document.contents.items) {
        const name = isScalar(key) ? String(key.value) : '';
        if (RUNS_CODE[name]) {
          report(key, `"${name}" ${RUNS_CODE[name]}.`);
        }
        if (name === 'secretGenerator') {
          report(
            key,
            '"secretGenerator" keeps secrets in Git: use an ExternalSecret.',
          );
        }
        if (REFERS.includes(name)) {
          for (const { node, reference } of references(name, value)) {
            const problem = problemOf(reference, path, folder);
            if (problem) {
              report(node, `"${printable(reference)}" ${problem}.`);
            }
          }
        }
      }
    }
  }
  return findings;
}

/** The files and folders that a key of a kustomization names. */
function references(
  key: string,
  value: unknown,
): Array<{ node: unknown; reference: string }> {
  const found: Array<{ node: unknown; reference: string }> = [];
  const take = (node: unknown) => {
    if (isSeq(node)) node.items.forEach(take);
    if (isScalar(node) && typeof node.value === 'string') {
      // An inline patch is no file; in generators "key=file" names a file.
      if (node.value.includes('\n')) return;
      found.push({ node, reference: node.value.replace(/^[^=/]+=/, '') });
    }
  };
  const items = isSeq(value) ? value.items : [value];
  for (const item of items) {
    if (isScalar(item)) take(item);
    if (isMap(item)) {
      for (const pair of item.items) {
        if (isScalar(pair.key) && FILE_KEYS.includes(String(pair.key.value))) {
          take(pair.value);
        }
      }
    }
  }
  return key === 'openapi' || found.length > 0 ? found : [];
}

function problemOf(
  reference: string,
  path: string,
  folder: string,
): string | undefined {
  const isFile = /\.(ya?ml|json)$/.test(reference);
  if (
    REMOTE.test(reference) ||
    (LIKE_HOST.test(reference) && !isFile && !reference.startsWith('.'))
  ) {
    return 'is kept elsewhere: copy it into the repository';
  }
  const target = posix.join(posix.dirname(path), reference);
  if (
    reference.startsWith('/') ||
    target.startsWith('..') ||
    (folder && target !== folder && !target.startsWith(`${folder}/`))
  ) {
    return `leaves ${folder || 'the repository'}`;
  }
  return undefined;
}
