import { AwsError } from '../AwsError';
import { RegistryImage } from './types';

const DAY_MS = 24 * 60 * 60 * 1000;

interface LifecycleRule {
  rulePriority: number;
  description?: string;
  selection: {
    tagStatus: 'tagged' | 'untagged' | 'any';
    tagPrefixList?: string[];
    tagPatternList?: string[];
    countType: 'imageCountMoreThan' | 'sinceImagePushed' | 'sinceImagePulled';
    countUnit?: 'days';
    countNumber: number;
  };
  action: { type: 'expire' };
}

/** An image that a policy removes, and the rule by which. */
export interface Expiry {
  image: RegistryImage;
  rulePriority: number;
}

function refuse(reason: string): AwsError {
  return new AwsError(
    'InvalidParameterException',
    `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: ${reason}'`,
  );
}

/**
 * Reads a lifecycle policy; its rules come in the order of their priority.
 *
 * @throws AwsError - InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export function readLifecyclePolicy(text: string): LifecycleRule[] {
  let policy: { rules?: LifecycleRule[] };
  try {
    policy = JSON.parse(text);
  } catch {
    throw refuse('Invalid JSON syntax');
  }
  if (!Array.isArray(policy?.rules) || policy.rules.length === 0) {
    throw refuse('object has missing required properties (["rules"])');
  }
  policy.rules.forEach(checkRule);
  const rules = [...policy.rules].sort(
    (a, b) => a.rulePriority - b.rulePriority,
  );
  const priorities = new Set(rules.map(({ rulePriority }) => rulePriority));
  if (priorities.size < rules.length) {
    throw refuse('rulePriority must be unique');
  }
  const any = rules.findIndex(({ selection }) => selection.tagStatus === 'any');
  if (any >= 0 && any < rules.length - 1) {
    throw refuse(
      'a rule with tagStatus any must have the lowest priority and be the only one',
    );
  }
  return rules;
}

function checkRule(rule: LifecycleRule): void {
  const { rulePriority, selection, action } = rule ?? {};
  const patterns = [
    ...(selection?.tagPrefixList ?? []),
    ...(selection?.tagPatternList ?? []),
  ];
  const problem =
    (!(Number.isInteger(rulePriority) && rulePriority > 0) &&
      'rulePriority must be a positive integer') ||
    (!selection && 'selection is required') ||
    (action?.type !== 'expire' && 'action type must be expire') ||
    (!['tagged', 'untagged', 'any'].includes(selection.tagStatus) &&
      'tagStatus must be tagged, untagged or any') ||
    (selection.tagStatus === 'tagged' &&
      patterns.length === 0 &&
      'tagPatternList or tagPrefixList is required for tagStatus tagged') ||
    (selection.tagStatus !== 'tagged' &&
      patterns.length > 0 &&
      'tagPatternList and tagPrefixList are for tagStatus tagged') ||
    (!['imageCountMoreThan', 'sinceImagePushed', 'sinceImagePulled'].includes(
      selection.countType,
    ) &&
      'countType is not known') ||
    (selection.countType !== 'imageCountMoreThan' &&
      selection.countUnit !== 'days' &&
      'countUnit must be days') ||
    (!(Number.isInteger(selection.countNumber) && selection.countNumber > 0) &&
      'countNumber must be a positive integer');
  if (problem) {
    throw refuse(problem);
  }
}

/**
 * The images that a policy expires at a time.
 *
 * An image is judged by the first rule whose tags it has; artifacts that are
 * about another image are not judged at all, they go with it.
 *
 * @param images - of the repository, newest first
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 */
export function expiredImages(
  policyText: string,
  images: RegistryImage[],
  now: Date,
): Expiry[] {
  const expiries: Expiry[] = [];
  let left = images.filter(({ subject }) => subject === undefined);
  for (const { selection, rulePriority } of readLifecyclePolicy(policyText)) {
    const meant = left.filter(image => isMeant(image.tags, selection));
    left = left.filter(image => !meant.includes(image));
    expiries.push(
      ...chosen(meant, selection, now).map(image => ({ image, rulePriority })),
    );
  }
  return expiries;
}

function isMeant(
  tags: string[],
  selection: LifecycleRule['selection'],
): boolean {
  switch (selection.tagStatus) {
    case 'untagged':
      return tags.length === 0;
    case 'tagged': {
      const patterns = [
        ...(selection.tagPrefixList ?? []).map(prefix => `${prefix}*`),
        ...(selection.tagPatternList ?? []),
      ];
      // All patterns must match, each some tag of the image.
      return patterns.every(pattern => tags.some(tag => matches(pattern, tag)));
    }
    default:
      return true;
  }
}

function chosen(
  images: RegistryImage[],
  { countType, countNumber }: LifecycleRule['selection'],
  now: Date,
): RegistryImage[] {
  const limit = now.getTime() - countNumber * DAY_MS;
  switch (countType) {
    case 'imageCountMoreThan':
      return images.slice(countNumber);
    case 'sinceImagePulled':
      return images.filter(
        ({ lastPulledAt, pushedAt }) =>
          Date.parse(lastPulledAt ?? pushedAt.toISOString()) < limit,
      );
    default:
      return images.filter(({ pushedAt }) => pushedAt.getTime() < limit);
  }
}

function matches(pattern: string, tag: string): boolean {
  const expression = pattern
    .split('*')
    .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${expression}$`).test(tag);
}
