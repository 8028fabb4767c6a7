import * as sm from '@aws-sdk/client-secrets-manager';
import { Step, stepsOf } from '../Step';

const call = stepsOf('secretsmanager');

const SecretId = 'realism/one';

export const SECRET_STEPS: Step[] = [
  call(
    new sm.CreateSecretCommand({
      Name: SecretId,
      SecretString: 'one',
      Tags: [{ Key: 'Team', Value: 'one' }],
    }),
  ),
  call(new sm.CreateSecretCommand({ Name: SecretId }), 'again'),
  call(new sm.GetSecretValueCommand({ SecretId })),
  call(new sm.GetSecretValueCommand({ SecretId: 'none' }), 'no such secret'),
  call(new sm.PutSecretValueCommand({ SecretId, SecretString: 'two' })),
  call(
    new sm.GetSecretValueCommand({ SecretId, VersionStage: 'AWSPREVIOUS' }),
    'previous',
  ),
  call(
    new sm.GetSecretValueCommand({ SecretId, VersionStage: 'NONE' }),
    'no such stage',
  ),
  call(new sm.UpdateSecretCommand({ SecretId, Description: 'changed' })),
  call(new sm.DescribeSecretCommand({ SecretId })),
  call(new sm.DescribeSecretCommand({ SecretId: 'none' }), 'no such secret'),
  call(new sm.ListSecretVersionIdsCommand({ SecretId })),
  call(new sm.ListSecretsCommand({})),
  call(
    new sm.TagResourceCommand({
      SecretId,
      Tags: [{ Key: 'Cost', Value: '1' }],
    }),
  ),
  call(new sm.UntagResourceCommand({ SecretId, TagKeys: ['Cost'] })),
  call(new sm.GetResourcePolicyCommand({ SecretId })),
  call(
    new sm.DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 3 }),
    'too soon',
  ),
  call(new sm.DeleteSecretCommand({ SecretId })),
  call(new sm.GetSecretValueCommand({ SecretId }), 'deleted'),
  call(new sm.RestoreSecretCommand({ SecretId })),
  call(
    new sm.DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }),
    'at once',
  ),
];
