/** Images with a tag that a registry keeps; older ones go. */
const KEEP_TAGGED_IMAGES = 50;

/** Days that an image without a tag is kept. */
const KEEP_UNTAGGED_DAYS = 14;

/** What the registry of a component is made from. */
export interface RegistrySpec {
  component: string;
  /** Name of the System. */
  system: string;
  /** Entity ref of the owner. */
  owner: string;
  /** Accounts that may pull: those of the platform's environments. */
  pullAccountIds: string[];
}

/** Logical id of the repository in the template. */
export const REPOSITORY_RESOURCE = 'Repository';

/** Name of the stack that holds the registry of a component. */
export function registryStackName(component: string): string {
  return `fairway-registry-${component}`;
}

/** Tags of the stack and, through it, of the repository. */
export function registryTags(spec: RegistrySpec): Record<string, string> {
  return {
    System: spec.system,
    Component: spec.component,
    Owner: spec.owner,
    Environment: 'shared',
    ManagedBy: 'fairway',
  };
}

/**
 * The CloudFormation template of a component's image registry, as JSON. The
 * same spec gives the same text, so that running it again changes nothing.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html
 */
export function registryTemplate(spec: RegistrySpec): string {
  const pullAccounts = [...new Set(spec.pullAccountIds)].sort();
  return JSON.stringify(
    {
      AWSTemplateFormatVersion: '2010-09-09',
      Description: `Image registry of ${spec.component}, made by Fairway`,
      Resources: {
        [REPOSITORY_RESOURCE]: {
          Type: 'AWS::ECR::Repository',
          // Images outlive the stack. Only a creation that fails takes its
          // own empty repository away again, or no retry could succeed.
          DeletionPolicy: 'RetainExceptOnCreate',
          UpdateReplacePolicy: 'Retain',
          Properties: {
            RepositoryName: spec.component,
            ImageTagMutability: 'IMMUTABLE',
            ImageScanningConfiguration: { ScanOnPush: true },
            EncryptionConfiguration: { EncryptionType: 'AES256' },
            LifecyclePolicy: { LifecyclePolicyText: lifecyclePolicy() },
            ...(pullAccounts.length > 0 && {
              RepositoryPolicyText: pullPolicy(pullAccounts),
            }),
            Tags: Object.entries(registryTags(spec)).map(([Key, Value]) => ({
              Key,
              Value,
            })),
          },
        },
      },
      Outputs: {
        RepositoryUri: {
          Value: { 'Fn::GetAtt': [REPOSITORY_RESOURCE, 'RepositoryUri'] },
        },
        RepositoryArn: {
          Value: { 'Fn::GetAtt': [REPOSITORY_RESOURCE, 'Arn'] },
        },
      },
    },
    undefined,
    2,
  );
}

function lifecyclePolicy(): string {
  return JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        description: `Untagged images go after ${KEEP_UNTAGGED_DAYS} days`,
        selection: {
          tagStatus: 'untagged',
          countType: 'sinceImagePushed',
          countUnit: 'days',
          countNumber: KEEP_UNTAGGED_DAYS,
        },
        action: { type: 'expire' },
      },
      {
        rulePriority: 2,
        description: `The last ${KEEP_TAGGED_IMAGES} tagged images stay`,
        selection: {
          tagStatus: 'tagged',
          tagPatternList: ['*'],
          countType: 'imageCountMoreThan',
          countNumber: KEEP_TAGGED_IMAGES,
        },
        action: { type: 'expire' },
      },
    ],
  });
}

function pullPolicy(accountIds: string[]): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'EnvironmentsPull',
        Effect: 'Allow',
        Principal: {
          AWS: accountIds.map(id => ({
            'Fn::Sub': `arn:\${AWS::Partition}:iam::${id}:root`,
          })),
        },
        Action: [
          'ecr:BatchCheckLayerAvailability',
          'ecr:BatchGetImage',
          'ecr:GetDownloadUrlForLayer',
        ],
      },
    ],
  };
}
