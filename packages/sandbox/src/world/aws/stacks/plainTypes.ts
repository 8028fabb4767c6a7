import { PlainType } from './PlainResources';

/**
 * Types of resources that only stacks know here.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
export const PLAIN_TYPES: Record<string, PlainType> = {
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    isGlobal: false,
    required: ['AssumeRolePolicyDocument'],
    properties: [
      'AssumeRolePolicyDocument',
      'Description',
      'ManagedPolicyArns',
      'MaxSessionDuration',
      'Path',
      'PermissionsBoundary',
      'Policies',
      'RoleName',
      'Tags',
    ],
    replacedBy: ['Path'],
    attributes: (name, { accountId }) => ({
      Arn: `arn:aws:iam::${accountId}:role/${name}`,
    }),
  },
  'AWS::IAM::ManagedPolicy': {
    nameProperty: 'ManagedPolicyName',
    required: ['PolicyDocument'],
    properties: [
      'Description',
      'Groups',
      'ManagedPolicyName',
      'Path',
      'PolicyDocument',
      'Roles',
      'Users',
    ],
    replacedBy: ['Description', 'Path'],
    physicalId: (name, { accountId }) =>
      `arn:aws:iam::${accountId}:policy/${name}`,
    attributes: arn => ({ PolicyArn: arn }),
  },
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    lowerCase: true,
    isGlobal: true,
    properties: [
      'BucketEncryption',
      'BucketName',
      'LifecycleConfiguration',
      'LoggingConfiguration',
      'OwnershipControls',
      'PublicAccessBlockConfiguration',
      'Tags',
      'VersioningConfiguration',
    ],
    attributes: (name, { region }) => ({
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    }),
  },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    properties: [
      'DataProtectionPolicy',
      'KmsKeyId',
      'LogGroupClass',
      'LogGroupName',
      'RetentionInDays',
      'Tags',
    ],
    attributes: (name, { accountId, region }) => ({
      Arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}:*`,
    }),
  },
  'AWS::SSM::Parameter': {
    nameProperty: 'Name',
    required: ['Type', 'Value'],
    properties: [
      'AllowedPattern',
      'DataType',
      'Description',
      'Name',
      'Policies',
      'Tags',
      'Tier',
      'Type',
      'Value',
    ],
    attributes: () => ({}),
  },
};
