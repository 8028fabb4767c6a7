import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type tsApi from 'typescript';

/**
 * Checks values against GitHub's published API description, read from the
 * type declarations that `@octokit/openapi-types` is generated into: required
 * fields, their types, enumerations and null where it is allowed.
 */
export interface OpenapiShapes {
  /** Where a value differs from a schema, as `path: what`; empty when it agrees. */
  differences(schema: string, value: unknown): string[];
}

/** Reads the declarations that come with the installed Octokit. */
export function readOpenapiShapes(): OpenapiShapes {
  // The workspace root brings TypeScript; Octokit brings the declarations.
  const ts: typeof tsApi = createRequire(__filename)('typescript');
  const declarations = findDeclarations();
  const source = ts.createSourceFile(
    'openapi.d.ts',
    readFileSync(declarations, 'utf8'),
    ts.ScriptTarget.Latest,
  );
  const nameOf = (member: tsApi.TypeElement) =>
    (member.name as tsApi.Identifier | tsApi.StringLiteral).text;
  const schemas = new Map<string, tsApi.TypeNode>();
  source.forEachChild(node => {
    if (ts.isInterfaceDeclaration(node) && node.name.text === 'components') {
      for (const member of node.members) {
        if (ts.isPropertySignature(member) && nameOf(member) === 'schemas') {
          for (const schema of (member.type as tsApi.TypeLiteralNode).members) {
            schemas.set(
              nameOf(schema),
              (schema as tsApi.PropertySignature).type!,
            );
          }
        }
      }
    }
  });

  const compare = (
    type: tsApi.TypeNode,
    value: any,
    path: string,
  ): string[] => {
    if (ts.isParenthesizedTypeNode(type)) {
      return compare(type.type, value, path);
    }
    if (ts.isTypeLiteralNode(type)) {
      if (typeof value !== 'object' || value === null) {
        return [`${path}: ${JSON.stringify(value)} is no object`];
      }
      return type.members.filter(ts.isPropertySignature).flatMap(member => {
        const name = nameOf(member);
        if (value[name] === undefined) {
          return member.questionToken ? [] : [`${path}.${name}: missing`];
        }
        return compare(member.type!, value[name], `${path}.${name}`);
      });
    }
    if (ts.isUnionTypeNode(type)) {
      const answers = type.types
        .map(option => compare(option, value, path))
        .sort((a, b) => a.length - b.length);
      return answers[0];
    }
    if (ts.isIntersectionTypeNode(type)) {
      return type.types.flatMap(part => compare(part, value, path));
    }
    if (ts.isArrayTypeNode(type)) {
      return Array.isArray(value)
        ? value.flatMap((item, index) =>
            compare(type.elementType, item, `${path}[${index}]`),
          )
        : [`${path}: ${JSON.stringify(value)} is no array`];
    }
    if (ts.isIndexedAccessTypeNode(type)) {
      const { literal } = type.indexType as tsApi.LiteralTypeNode;
      const schema = schemas.get((literal as tsApi.StringLiteral).text);
      return schema ? compare(schema, value, path) : [];
    }
    if (ts.isLiteralTypeNode(type)) {
      const { literal } = type;
      const constants = new Map<tsApi.SyntaxKind, unknown>([
        [ts.SyntaxKind.NullKeyword, null],
        [ts.SyntaxKind.TrueKeyword, true],
        [ts.SyntaxKind.FalseKeyword, false],
      ]);
      const wanted = constants.has(literal.kind)
        ? constants.get(literal.kind)
        : (literal as tsApi.StringLiteral).text;
      return value === wanted
        ? []
        : [`${path}: ${JSON.stringify(value)} is not ${wanted}`];
    }
    const primitive = new Map<tsApi.SyntaxKind, string>([
      [ts.SyntaxKind.StringKeyword, 'string'],
      [ts.SyntaxKind.NumberKeyword, 'number'],
      [ts.SyntaxKind.BooleanKeyword, 'boolean'],
    ]).get(type.kind);
    return primitive && typeof value !== primitive
      ? [`${path}: ${JSON.stringify(value)} is no ${primitive}`]
      : [];
  };

  return {
    differences(schema, value) {
      const type = schemas.get(schema);
      if (!type) {
        throw new Error(`GitHub describes no schema ${schema}`);
      }
      return compare(type, value, schema);
    },
  };
}

function findDeclarations(): string {
  const octokit = createRequire(
    `${dirname(require.resolve('@octokit/rest'))}/`,
  );
  for (const folder of octokit.resolve.paths('@octokit/openapi-types') ?? []) {
    try {
      const file = `${folder}/@octokit/openapi-types/types.d.ts`;
      readFileSync(file);
      return file;
    } catch {
      // Not in this folder: the next one up.
    }
  }
  throw new Error('the declarations of @octokit/openapi-types were not found');
}
