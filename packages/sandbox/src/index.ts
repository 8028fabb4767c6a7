export { startSandbox } from './startSandbox';
export type { Sandbox, SandboxOptions, ServerName } from './startSandbox';
export type { FaultSpec } from './world/FaultTable';
export type * from './world/types';
export { allPeople } from './world/seed/people';
export type { Person } from './world/seed/people';
export { PLATFORMS, imageUri, seedDigest } from './world/platforms';
export type {
  SeedDatabase,
  SeedEnvironment,
  SeedPlatform,
  SeedService,
} from './world/platforms';
