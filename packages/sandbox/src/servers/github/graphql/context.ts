import { GithubAccount } from '../../../world/github/githubTypes';
import { World } from '../../../world/types';

/** What resolvers know: the world, and who asks. */
export interface GraphContext {
  world: World;
  actor: GithubAccount;
}

/** A value of an object type: fields by name, as values or as functions of their arguments. */
export type GraphNode = Record<string, unknown>;
