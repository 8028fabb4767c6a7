// Writes the types of the schema and of its resolvers. With --check it only
// says whether they are those of the schema.

import { readFile, writeFile } from 'node:fs/promises';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as resolvers from '@graphql-codegen/typescript-resolvers';
import { parse } from 'graphql';

const SCHEMA = new URL('../schema.graphql', import.meta.url);
const TYPES = new URL('../src/graphql/generated.ts', import.meta.url);

const generated = await codegen({
  schema: parse(await readFile(SCHEMA, 'utf8')),
  documents: [],
  filename: 'generated.ts',
  config: {
    contextType: './context.ts#Context',
    enumsAsTypes: true,
    // What the resolvers get and give; the rest of a type is resolved.
    mappers: {
      Author: '../library.ts#Author as AuthorRecord',
      Book: '../library.ts#Book as BookRecord',
    },
    scalars: { ID: 'string' },
    useTypeImports: true,
  },
  plugins: [{ typescript: {} }, { resolvers: {} }],
  pluginMap: { typescript, resolvers },
});

if (!process.argv.includes('--check')) {
  await writeFile(TYPES, generated);
} else if ((await readFile(TYPES, 'utf8')) !== generated) {
  console.error(
    'src/graphql/generated.ts is not of schema.graphql: run npm run generate',
  );
  process.exitCode = 1;
}
