#!/usr/bin/env node
/**
 * Writes the configuration schemas of the backend, and of every package it
 * runs with, into one file: `node writeConfigSchema.cjs <file>`. What is only
 * there to develop and test is left out. See ADR 012.
 */
const fs = require('node:fs');
const path = require('node:path');
const { loadConfigSchema } = require('@backstage/config-loader');

async function main(file) {
  const schema = await loadConfigSchema({
    dependencies: [],
    packagePaths: packagesOf(path.join(__dirname, '../package.json')),
    excludePackageDependencies: true,
    onSchemaError: error => process.stderr.write(`${error.message}\n`),
  });
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.new`, JSON.stringify(schema.serialize()));
  fs.renameSync(`${file}.new`, file);
}

/** The package.json of each package that runs with this one, itself included. */
function packagesOf(start) {
  const found = new Set([start]);
  for (const manifest of found) {
    const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(
      fs.readFileSync(manifest, 'utf8'),
    );
    const names = {
      ...dependencies,
      ...optionalDependencies,
      ...peerDependencies,
    };
    for (const name of Object.keys(names)) {
      const next = find(name, path.dirname(manifest));
      if (next) found.add(next);
    }
  }
  return [...found];
}

/** As Node looks for a package, but for its package.json, which few export. */
function find(name, folder) {
  for (let at = folder; ; at = path.dirname(at)) {
    const manifest = path.join(at, 'node_modules', name, 'package.json');
    if (fs.existsSync(manifest)) return fs.realpathSync(manifest);
    if (at === path.dirname(at)) return undefined;
  }
}

main(path.resolve(process.argv[2])).catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
