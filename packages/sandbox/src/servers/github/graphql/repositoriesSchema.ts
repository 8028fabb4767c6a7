/**
 * Part of GitHub's public GraphQL schema: repositories. Cut from
 * the published schema; what is not served is left out, arguments too.
 *
 * @see https://docs.github.com/graphql/overview/public-schema
 */
export const REPOSITORY_TYPES = `
type Repository implements Node {
  archivedAt: DateTime
  createdAt: DateTime!
  databaseId: Int
  defaultBranchRef: Ref
  deleteBranchOnMerge: Boolean!
  description: String
  diskUsage: Int
  forkCount: Int!
  forks(after: String, before: String, first: Int, last: Int): RepositoryConnection!
  homepageUrl: URI
  id: ID!
  isArchived: Boolean!
  isDisabled: Boolean!
  isEmpty: Boolean!
  isFork: Boolean!
  isLocked: Boolean!
  isMirror: Boolean!
  isPrivate: Boolean!
  isTemplate: Boolean!
  languages(after: String, before: String, first: Int, last: Int): LanguageConnection
  mergeCommitAllowed: Boolean!
  name: String!
  nameWithOwner: String!
  object(expression: String, oid: GitObjectID): GitObject
  owner: RepositoryOwner!
  parent: Repository
  primaryLanguage: Language
  pullRequest(number: Int!): PullRequest
  pullRequests(after: String, baseRefName: String, before: String, first: Int, headRefName: String, last: Int, states: [PullRequestState!]): PullRequestConnection!
  pushedAt: DateTime
  rebaseMergeAllowed: Boolean!
  ref(qualifiedName: String!): Ref
  refs(after: String, before: String, first: Int, last: Int, query: String, refPrefix: String!): RefConnection
  repositoryTopics(after: String, before: String, first: Int, last: Int): RepositoryTopicConnection!
  resourcePath: URI!
  squashMergeAllowed: Boolean!
  sshUrl: GitSSHRemote!
  stargazerCount: Int!
  updatedAt: DateTime!
  url: URI!
  viewerCanAdminister: Boolean!
  viewerPermission: RepositoryPermission
  visibility: RepositoryVisibility!
}

type RepositoryTopic implements Node {
  id: ID!
  resourcePath: URI!
  topic: Topic!
  url: URI!
}

type RepositoryConnection {
  edges: [RepositoryEdge]
  nodes: [Repository]
  pageInfo: PageInfo!
  totalCount: Int!
}

enum RepositoryPrivacy {
  PRIVATE
  PUBLIC
}

type LanguageConnection {
  edges: [LanguageEdge]
  nodes: [Language]
  pageInfo: PageInfo!
  totalCount: Int!
  totalSize: Int!
}

type Language implements Node {
  color: String
  id: ID!
  name: String!
}

type RepositoryTopicConnection {
  edges: [RepositoryTopicEdge]
  nodes: [RepositoryTopic]
  pageInfo: PageInfo!
  totalCount: Int!
}

enum RepositoryPermission {
  ADMIN
  MAINTAIN
  READ
  TRIAGE
  WRITE
}

enum RepositoryVisibility {
  INTERNAL
  PRIVATE
  PUBLIC
}

type Topic implements Node {
  id: ID!
  name: String!
}

type RepositoryEdge {
  cursor: String!
  node: Repository
}

type LanguageEdge {
  cursor: String!
  node: Language!
  size: Int!
}

type RepositoryTopicEdge {
  cursor: String!
  node: RepositoryTopic
}

enum PatchStatus {
  ADDED
  CHANGED
  COPIED
  DELETED
  MODIFIED
  RENAMED
}
`;
