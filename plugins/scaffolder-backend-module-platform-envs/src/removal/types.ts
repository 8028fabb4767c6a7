import { PlannedThing } from '@fairway/plugin-platform-envs-common';

/** What a part of the removal found: its things, and which of them Fairway did not make. */
export interface FoundThings {
  things: PlannedThing[];
  /** Names of things. */
  foreign: string[];
}

/** Things of several parts, in the order of the parts. */
export function joinFound(parts: FoundThings[]): FoundThings {
  return {
    things: parts.flatMap(part => part.things),
    foreign: parts.flatMap(part => part.foreign),
  };
}
