import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  GraphQLSchema,
  IntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { startTestSandbox } from '../../__testUtils__/startTestSandbox';
import { Sandbox } from '../../startSandbox';
import { GITHUB_TOKEN } from '../../world/GithubState';
import { GITHUB_SCHEMA } from './graphql/index';

/** GitHub's public schema, as Octokit publishes it; its door is for ES modules only. */
function publishedSchema(): IntrospectionQuery {
  const file = createRequire(__filename)
    .resolve.paths('@octokit/graphql-schema')!
    .map(folder => `${folder}/@octokit/graphql-schema/schema.json`)
    .find(existsSync);
  return JSON.parse(readFileSync(file!, 'utf8'));
}

/** Where a schema promises something that another one does not. */
function notIn(theirs: GraphQLSchema, ours: GraphQLSchema): string[] {
  return Object.values(ours.getTypeMap())
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap(type => {
      const other = theirs.getType(type.name);
      if (!other) {
        return [`${type.name}: no such type`];
      }
      if (isEnumType(type) && isEnumType(other)) {
        return type
          .getValues()
          .filter(({ name }) => !other.getValue(name))
          .map(({ name }) => `${type.name}.${name}: no such value`);
      }
      if (isUnionType(type) && isUnionType(other)) {
        const names = other.getTypes().map(({ name }) => name);
        return type
          .getTypes()
          .filter(({ name }) => !names.includes(name))
          .map(({ name }) => `${type.name}: has no ${name}`);
      }
      if (
        (isObjectType(type) && isObjectType(other)) ||
        (isInterfaceType(type) && isInterfaceType(other)) ||
        (isInputObjectType(type) && isInputObjectType(other))
      ) {
        return Object.values(type.getFields()).flatMap(field => {
          const match = other.getFields()[field.name];
          if (String(match?.type) !== String(field.type)) {
            return [`${type.name}.${field.name}: ${match?.type}`];
          }
          const args = 'args' in field ? [...field.args] : [];
          return args.flatMap(argument => {
            const known =
              'args' in match
                ? match.args.find(({ name }) => name === argument.name)
                : undefined;
            return String(known?.type) === String(argument.type)
              ? []
              : [
                  `${type.name}.${field.name}(${argument.name}): ${known?.type}`,
                ];
          });
        });
      }
      return [];
    });
}

describe('GraphQL', () => {
  let sandbox: Sandbox;
  const ask = async (
    query: unknown,
    variables?: unknown,
    operationName?: string,
  ) => {
    const reply = await fetch(`${sandbox.urls.github}/api/graphql`, {
      method: 'POST',
      headers: { authorization: `bearer ${GITHUB_TOKEN}` },
      body: JSON.stringify({ query, variables, operationName }),
    });
    expect(reply.status).toBe(200);
    return reply.json();
  };
  const owner = 'sample-platform-ai';

  beforeAll(async () => {
    sandbox = await startTestSandbox();
  });
  afterAll(() => sandbox.close());

  it("is a part of GitHub's public schema: same types, fields, arguments, values", () => {
    const theirs = buildClientSchema(publishedSchema());
    expect(notIn(theirs, buildSchema(GITHUB_SCHEMA))).toEqual([]);
    const wrong = buildSchema('type Query { viewer: String, nonsense: Int }');
    expect(notIn(theirs, wrong)).toEqual([
      'Query.viewer: User!',
      'Query.nonsense: undefined',
    ]);
  });

  it('reads files, trees, history and refs of a repository', async () => {
    const path = 'gitops/overlays/dev/sample-backend/kustomization.yaml';
    const { data, errors } = await ask(
      `query ($owner: String!, $file: String!) {
        repository(owner: $owner, name: $owner) {
          nameWithOwner visibility isArchived isFork
          defaultBranchRef { name prefix target { __typename oid } }
          file: object(expression: $file) { __typename ... on Blob { text byteSize isBinary } }
          none: object(expression: "HEAD:none") { __typename }
          folder: object(expression: "HEAD:gitops/overlays") { ... on Tree { entries { name path type mode } } }
          head: object(expression: "main") { ... on Commit {
            oid messageHeadline author { name user { login } } tree { oid } file(path: "README.md") { size }
            history(first: 2) { totalCount pageInfo { hasNextPage endCursor } nodes { oid } }
          } }
          refs(refPrefix: "refs/tags/", first: 3) { nodes { name } }
          languages(first: 5) { totalSize edges { size node { name } } }
          repositoryTopics(first: 5) { nodes { topic { name } } }
        }
      }`,
      { owner, file: `HEAD:${path}` },
    );
    expect(errors).toBeUndefined();
    const name = `${owner}/${owner}`;
    const head = await sandbox.world.git.resolve(name, 'main');
    const content = await sandbox.world.git.readFile(name, 'main', path);
    expect(data.repository).toMatchObject({
      nameWithOwner: name,
      visibility: 'PRIVATE',
      isFork: false,
      defaultBranchRef: {
        name: 'main',
        prefix: 'refs/heads/',
        target: { __typename: 'Commit', oid: head },
      },
      file: {
        __typename: 'Blob',
        text: content,
        byteSize: Buffer.byteLength(content!),
        isBinary: false,
      },
      none: null,
      head: { oid: head, history: { pageInfo: { hasNextPage: true } } },
    });
    expect(
      data.repository.folder.entries.map((entry: any) => entry.path),
    ).toContain('gitops/overlays/dev');
    const { history } = data.repository.head;
    const next = await ask(
      `query ($owner: String!, $after: String!) { repository(owner: $owner, name: $owner) { object(expression: "main") { ... on Commit { history(first: 1, after: $after) { nodes { oid } pageInfo { hasPreviousPage } } } } } }`,
      { owner, after: history.pageInfo.endCursor },
    );
    const log = await sandbox.world.git.log(name, 'main', { limit: 3 });
    expect([
      ...history.nodes,
      ...next.data.repository.object.history.nodes,
    ]).toEqual(log.map(({ sha }) => ({ oid: sha })));
  });

  it('says what is wrong as GitHub does, with status 200', async () => {
    expect(
      await ask(
        '{ repository(owner: "no", name: "such") { id } viewer { login } }',
      ),
    ).toMatchObject({
      data: { repository: null, viewer: { login: 'fairway-portal' } },
      errors: [
        {
          type: 'NOT_FOUND',
          path: ['repository'],
          message: "Could not resolve to a Repository with the name 'no/such'.",
        },
      ],
    });
    const unknown = await ask('{ viewer { nonsense } }');
    expect(unknown).not.toHaveProperty('data');
    expect(unknown.errors).toMatchObject([
      {
        message: "Field 'nonsense' doesn't exist on type 'User'",
        extensions: { code: 'undefinedField' },
      },
    ]);
    expect(
      (await ask('{ organization(login: "nobody") { id } }')).errors[0].message,
    ).toBe("Could not resolve to an Organization with the login of 'nobody'.");
    expect(
      (
        await ask(
          `{ organization(login: "${owner}") { teams { nodes { slug } } } }`,
        )
      ).errors[0],
    ).toMatchObject({ type: 'MISSING_PAGINATION_BOUNDARIES' });
    expect(
      (
        await ask(
          `{ organization(login: "${owner}") { teams(first: 101) { nodes { slug } } } }`,
        )
      ).errors[0],
    ).toMatchObject({ type: 'EXCESSIVE_PAGINATION' });
    expect((await ask('{ viewer {')).errors).toHaveLength(1);
    expect((await ask(7)).errors[0].message).toMatch(/query attribute/);
    expect(
      (
        await ask(
          'query A { viewer { login } } query B { viewer { id } }',
          {},
          'C',
        )
      ).errors,
    ).toHaveLength(1);
  });

  it('tells its schema to who asks', async () => {
    const { data } = await ask(getIntrospectionQuery());
    const told = buildClientSchema(data);
    expect(notIn(buildSchema(GITHUB_SCHEMA), told)).toEqual([]);
    expect(Object.keys(told.getTypeMap()).length).toBeGreaterThan(50);
  });

  it('finds every node by the id that it gave', async () => {
    const { data } = await ask(`{
      viewer { id }
      organization(login: "${owner}") { id team(slug: "${owner}") { id } }
      repository(owner: "${owner}", name: "${owner}") { id defaultBranchRef { id target { id } } }
      rateLimit { limit remaining used cost }
    }`);
    const ids = [
      data.viewer.id,
      data.organization.id,
      data.organization.team.id,
      data.repository.id,
      data.repository.defaultBranchRef.id,
      data.repository.defaultBranchRef.target.id,
    ];
    const { data: found } = await ask(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }',
      { ids },
    );
    expect(found.nodes.map((node: any) => node.id)).toEqual(ids);
    expect(data.rateLimit.limit).toBe(10_000);
    expect((await ask('{ node(id: "bm9uZQ") { id } }')).errors[0].type).toBe(
      'NOT_FOUND',
    );
  });
});
