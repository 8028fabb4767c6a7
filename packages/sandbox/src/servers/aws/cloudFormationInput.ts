import type { Parameter, Tag } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../world/aws/AwsError';
import { paginate } from '../../world/aws/paginate';
import { OnFailure } from '../../world/aws/stacks/records';
import { StackRequest } from '../../world/aws/stacks/stackRequests';

const PAGE_SIZE = 100;

interface RequestShape {
  TemplateBody?: string;
  TemplateURL?: string;
  UsePreviousTemplate?: boolean;
  Parameters?: Parameter[];
  Tags?: Tag[];
  Capabilities?: string[];
  RoleARN?: string;
  NotificationARNs?: string[];
}

/** @throws AwsError - ValidationError: no template, or one that lies in S3. */
export function readTemplateBody(input: {
  TemplateBody?: string;
  TemplateURL?: string;
}): string {
  if (input.TemplateURL) {
    throw new AwsError(
      'ValidationError',
      'TemplateURL is not in the sandbox, it has no S3; send the template as TemplateBody',
    );
  }
  if (!input.TemplateBody) {
    throw new AwsError(
      'ValidationError',
      'Either Template URL or Template Body must be specified.',
    );
  }
  return input.TemplateBody;
}

/** What a caller asks a stack to be. @throws AwsError - ValidationError */
export function readRequest(input: RequestShape): StackRequest {
  return {
    templateBody: input.UsePreviousTemplate
      ? undefined
      : readTemplateBody(input),
    parameters: (input.Parameters ?? []).map(
      ({ ParameterKey, ParameterValue, UsePreviousValue }) => ({
        key: ParameterKey!,
        value: ParameterValue,
        usePrevious: UsePreviousValue ?? false,
      }),
    ),
    tags:
      input.Tags &&
      Object.fromEntries(input.Tags.map(({ Key, Value }) => [Key!, Value!])),
    capabilities: input.Capabilities ?? [],
    roleArn: input.RoleARN,
    notificationArns: input.NotificationARNs,
  };
}

/** What is to happen when a stack cannot be made. @throws AwsError - ValidationError: told twice. */
export function readOnFailure(
  onFailure: string | undefined,
  disableRollback: boolean | undefined,
): OnFailure {
  if (onFailure !== undefined && disableRollback !== undefined) {
    throw new AwsError(
      'ValidationError',
      'You can specify only one of DisableRollback and OnFailure, not both',
    );
  }
  return disableRollback
    ? 'DO_NOTHING'
    : ((onFailure ?? 'ROLLBACK') as OnFailure);
}

/** One page of at most a hundred. @throws AwsError - ValidationError for a token that is none. */
export function pageOf<T>(items: T[], token: string | undefined) {
  return paginate(items, {
    token,
    size: PAGE_SIZE,
    tokenError: new AwsError('ValidationError', 'Invalid NextToken'),
  });
}
