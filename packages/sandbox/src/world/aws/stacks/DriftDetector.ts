import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { World } from '../../types';
import { StackRecord } from './records';
import { Properties } from './ResourceType';
import { StackEngine } from './StackEngine';

const DETECTION_MS = 700;

export interface PropertyDifference {
  name: string;
  expected: unknown;
  /** Undefined when the property is gone. */
  actual: unknown;
}

/** How one resource differs from what its stack asked for; only the properties that the template sets count. */
export interface ResourceDrift {
  logicalId: string;
  physicalId: string;
  type: string;
  status: 'IN_SYNC' | 'MODIFIED' | 'DELETED';
  expected: Properties;
  actual: Properties | undefined;
  differences: PropertyDifference[];
}

export interface DriftDetection {
  id: string;
  stackId: string;
  at: Date;
  complete: boolean;
  resources: ResourceDrift[];
}

/** Compares stacks with what their resources have become. Detections are not kept over a restart. */
export class DriftDetector {
  private readonly detections = new Map<string, DriftDetection>();

  constructor(
    private readonly stacks: StackEngine,
    private readonly world: Pick<World, 'clock' | 'schedule'>,
  ) {}

  /** Begins a detection and returns its id; the result is there a moment later. */
  detect(stack: StackRecord): string {
    const detection: DriftDetection = {
      id: randomUUID(),
      stackId: stack.id,
      at: this.world.clock.now(),
      complete: false,
      resources: [],
    };
    this.detections.set(detection.id, detection);
    this.world.schedule(DETECTION_MS, () => {
      detection.resources = this.stacks.planner
        .inspect(stack)
        .map(({ resource, expected, actual }) => {
          const differences = actual ? compare(expected, actual) : [];
          const changed = differences.length > 0 ? 'MODIFIED' : 'IN_SYNC';
          return {
            logicalId: resource.logicalId,
            physicalId: resource.physicalId!,
            type: resource.type,
            status: actual ? changed : 'DELETED',
            expected,
            actual,
            differences,
          };
        });
      detection.complete = true;
    });
    return detection.id;
  }

  get(id: string): DriftDetection | undefined {
    return this.detections.get(id);
  }

  /** The last detection that was begun for a stack. */
  latest(stackId: string): DriftDetection | undefined {
    return [...this.detections.values()]
      .filter(detection => detection.stackId === stackId)
      .pop();
  }

  /** The last detection of a stack that came to its end. */
  verdict(stackId: string): DriftDetection | undefined {
    return [...this.detections.values()]
      .filter(({ stackId: id, complete }) => id === stackId && complete)
      .pop();
  }
}

function compare(
  expected: Properties,
  actual: Properties,
): PropertyDifference[] {
  return Object.entries(expected)
    .filter(
      ([name, value]) =>
        name !== 'EmptyOnDelete' && !matches(value, actual[name]),
    )
    .map(([name, value]) => ({ name, expected: value, actual: actual[name] }));
}

/** Everything expected is there; templates write booleans and numbers as text too. */
function matches(expected: unknown, actual: unknown): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      expected.every(item => actual.some(other => matches(item, other)))
    );
  }
  if (expected !== null && typeof expected === 'object') {
    return (
      actual !== null &&
      typeof actual === 'object' &&
      Object.entries(expected).every(([key, value]) =>
        matches(value, (actual as Properties)[key]),
      )
    );
  }
  return isDeepStrictEqual(String(expected), String(actual));
}
