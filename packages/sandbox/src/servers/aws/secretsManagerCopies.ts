import { AwsError } from '../../world/aws/AwsError';
import { secretArn } from '../../world/aws/secrets/SecretStore';
import { Handlers } from './handlers';
import { identity, regionsOf, replicationShape } from './secretsManagerShapes';

/** Rotation, and copies of a secret in other regions. */
export const secretCopyHandlers: Handlers<
  typeof import('@aws-sdk/client-secrets-manager')
> = {
  RotateSecret(input, context) {
    const { secrets } = context.aws;
    const secret = secrets.getForChange(context, input.SecretId!);
    const lambdaArn = input.RotationLambdaARN ?? secret.rotation?.lambdaArn;
    if (!lambdaArn) {
      throw new AwsError(
        'InvalidRequestException',
        'No Lambda rotation function ARN is associated with this secret.',
      );
    }
    return {
      ...identity(secret),
      VersionId: secrets.rotate(
        secret,
        {
          lambdaArn,
          rules: input.RotationRules ?? secret.rotation?.rules ?? {},
        },
        { id: input.ClientRequestToken, now: input.RotateImmediately ?? true },
      ),
    };
  },

  CancelRotateSecret(input, context) {
    const secret = context.aws.secrets.getForChange(context, input.SecretId!);
    context.aws.secrets.change(secret, { rotation: undefined });
    return identity(secret);
  },

  ReplicateSecretToRegions(input, context) {
    const { secrets } = context.aws;
    const secret = secrets.getForChange(context, input.SecretId!);
    const regions = regionsOf(input.AddReplicaRegions);
    if (regions.some(({ region }) => region === secret.region)) {
      throw new AwsError(
        'InvalidParameterException',
        'Invalid replica region: it is the region of the primary secret.',
      );
    }
    secrets.replicate(secret, regions);
    return {
      ARN: secretArn(secret, context.region),
      ReplicationStatus: replicationShape(secret),
    };
  },

  RemoveRegionsFromReplication(input, context) {
    const secret = context.aws.secrets.getForChange(context, input.SecretId!);
    context.aws.secrets.change(secret, {
      replicas: secret.replicas.filter(
        ({ region }) => !input.RemoveReplicaRegions!.includes(region),
      ),
    });
    return {
      ARN: secretArn(secret, context.region),
      ReplicationStatus: replicationShape(secret),
    };
  },
};
