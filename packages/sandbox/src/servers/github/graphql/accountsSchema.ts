/**
 * Part of GitHub's public GraphQL schema: operations and who takes part. Cut from
 * the published schema; what is not served is left out, arguments too.
 *
 * @see https://docs.github.com/graphql/overview/public-schema
 */
export const ACCOUNT_TYPES = `
type Query {
  node(id: ID!): Node
  nodes(ids: [ID!]!): [Node]!
  organization(login: String!): Organization
  rateLimit(dryRun: Boolean = false): RateLimit
  repository(followRenames: Boolean = true, name: String!, owner: String!): Repository
  repositoryOwner(login: String!): RepositoryOwner
  user(login: String!): User
  viewer: User!
}

type Mutation {
  createCommitOnBranch(input: CreateCommitOnBranchInput!): CreateCommitOnBranchPayload
  resolveReviewThread(input: ResolveReviewThreadInput!): ResolveReviewThreadPayload
  unresolveReviewThread(input: UnresolveReviewThreadInput!): UnresolveReviewThreadPayload
}

type User implements Actor & Node & RepositoryOwner {
  avatarUrl(size: Int): URI!
  bio: String
  company: String
  createdAt: DateTime!
  databaseId: Int
  email: String!
  id: ID!
  isViewer: Boolean!
  login: String!
  name: String
  organization(login: String!): Organization
  organizationVerifiedDomainEmails(login: String!): [String!]!
  organizations(after: String, before: String, first: Int, last: Int): OrganizationConnection!
  repositories(after: String, before: String, first: Int, isArchived: Boolean, isFork: Boolean, last: Int, privacy: RepositoryPrivacy): RepositoryConnection!
  repository(followRenames: Boolean = true, name: String!): Repository
  resourcePath: URI!
  updatedAt: DateTime!
  url: URI!
}

type Organization implements Actor & Node & RepositoryOwner {
  avatarUrl(size: Int): URI!
  createdAt: DateTime!
  databaseId: Int
  description: String
  email: String
  id: ID!
  isVerified: Boolean!
  login: String!
  membersWithRole(after: String, before: String, first: Int, last: Int): OrganizationMemberConnection!
  name: String
  repositories(after: String, before: String, first: Int, isArchived: Boolean, isFork: Boolean, last: Int, privacy: RepositoryPrivacy): RepositoryConnection!
  repository(followRenames: Boolean = true, name: String!): Repository
  resourcePath: URI!
  team(slug: String!): Team
  teams(after: String, before: String, first: Int, last: Int, query: String, userLogins: [String!]): TeamConnection!
  updatedAt: DateTime!
  url: URI!
  viewerCanAdminister: Boolean!
  viewerIsAMember: Boolean!
}

type Team implements Node {
  avatarUrl(size: Int = 400): URI
  combinedSlug: String!
  createdAt: DateTime!
  databaseId: Int
  description: String
  editTeamResourcePath: URI!
  editTeamUrl: URI!
  id: ID!
  members(after: String, before: String, first: Int, last: Int, membership: TeamMembershipType = ALL, query: String): TeamMemberConnection!
  name: String!
  organization: Organization!
  parentTeam: Team
  privacy: TeamPrivacy!
  repositories(after: String, before: String, first: Int, last: Int, query: String): TeamRepositoryConnection!
  resourcePath: URI!
  slug: String!
  updatedAt: DateTime!
  url: URI!
}

interface Node {
  id: ID!
}

type RateLimit {
  cost: Int!
  limit: Int!
  nodeCount: Int!
  remaining: Int!
  resetAt: DateTime!
  used: Int!
}

interface RepositoryOwner {
  avatarUrl(size: Int): URI!
  id: ID!
  login: String!
  repositories(after: String, before: String, first: Int, isArchived: Boolean, isFork: Boolean, last: Int, privacy: RepositoryPrivacy): RepositoryConnection!
  repository(followRenames: Boolean = true, name: String!): Repository
  resourcePath: URI!
  url: URI!
}

type ResolveReviewThreadPayload {
  clientMutationId: String
  thread: PullRequestReviewThread
}

input ResolveReviewThreadInput {
  clientMutationId: String
  threadId: ID!
}

type UnresolveReviewThreadPayload {
  clientMutationId: String
  thread: PullRequestReviewThread
}

input UnresolveReviewThreadInput {
  clientMutationId: String
  threadId: ID!
}

scalar URI

scalar DateTime

type OrganizationConnection {
  edges: [OrganizationEdge]
  nodes: [Organization]
  pageInfo: PageInfo!
  totalCount: Int!
}

interface Actor {
  avatarUrl(size: Int): URI!
  login: String!
  resourcePath: URI!
  url: URI!
}

type OrganizationMemberConnection {
  edges: [OrganizationMemberEdge]
  nodes: [User]
  pageInfo: PageInfo!
  totalCount: Int!
}

type TeamConnection {
  edges: [TeamEdge]
  nodes: [Team]
  pageInfo: PageInfo!
  totalCount: Int!
}

type TeamMemberConnection {
  edges: [TeamMemberEdge]
  nodes: [User]
  pageInfo: PageInfo!
  totalCount: Int!
}

enum TeamMembershipType {
  ALL
  CHILD_TEAM
  IMMEDIATE
}

enum TeamPrivacy {
  SECRET
  VISIBLE
}

type TeamRepositoryConnection {
  edges: [TeamRepositoryEdge]
  nodes: [Repository]
  pageInfo: PageInfo!
  totalCount: Int!
}

type OrganizationEdge {
  cursor: String!
  node: Organization
}

type PageInfo {
  endCursor: String
  hasNextPage: Boolean!
  hasPreviousPage: Boolean!
  startCursor: String
}

type OrganizationMemberEdge {
  cursor: String!
  node: User
  role: OrganizationMemberRole
}

type TeamEdge {
  cursor: String!
  node: Team
}

type TeamMemberEdge {
  cursor: String!
  node: User!
  role: TeamMemberRole!
}

type TeamRepositoryEdge {
  cursor: String!
  node: Repository!
}

enum OrganizationMemberRole {
  ADMIN
  MEMBER
}

enum TeamMemberRole {
  MAINTAINER
  MEMBER
}
`;
