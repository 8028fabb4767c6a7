import { NotAllowedError } from '@backstage/errors';
import { explainAwsRefusal } from './explainAwsRefusal';

const PLACE = { accountId: '111100000000', region: 'ap-southeast-2' };

const named = (name: string, message: string) =>
  Object.assign(new Error(message), { name });

const explain = (error: unknown) => explainAwsRefusal(error, PLACE) as Error;

describe('explainAwsRefusal', () => {
  it.each([
    named(
      'AccessDeniedException',
      'User: arn:aws:sts::111100000000:assumed-role/fairway/run is not authorized to perform: ecr:CreateRepository on resource: arn:aws:ecr:ap-southeast-2:111100000000:repository/greeter because no identity-based policy allows the ecr:CreateRepository action',
    ),
    // as an event of a stack has it
    new Error(
      'Stack fairway-registry-greeter is ROLLBACK_COMPLETE: AWS::ECR::Repository Repository: Resource handler returned message: "User: arn:aws:sts::111100000000:assumed-role/fairway/run is not authorized to perform: ecr:CreateRepository on resource: arn:aws:ecr:ap-southeast-2:111100000000:repository/greeter (Service: Ecr, Status Code: 400)"',
    ),
  ])('names who may not do what, where, and the next step (%#)', error => {
    const said = explain(error);
    expect(said).toBeInstanceOf(NotAllowedError);
    expect(said.message).toBe(
      'The portal (arn:aws:sts::111100000000:assumed-role/fairway/run) may not do ecr:CreateRepository on arn:aws:ecr:ap-southeast-2:111100000000:repository/greeter in account 111100000000 (ap-southeast-2). Have platform engineering give its role the right ecr:CreateRepository (docs/operations/rights.md), then press Retry or make the plan again',
    );
  });

  it('says what AWS said where it names no right', () => {
    expect(explain(named('AccessDenied', 'Access Denied')).message).toBe(
      'AWS refuses the portal in account 111100000000 (ap-southeast-2): Access Denied. Have platform engineering give its role the rights of the scaffolder (docs/operations/rights.md), then press Retry or make the plan again',
    );
  });

  it.each([
    named('ThrottlingException', 'Rate exceeded'),
    new Error('Stack x is ROLLBACK_COMPLETE: it has no name'),
    'no error at all',
  ])('leaves anything else as it is (%#)', error => {
    expect(explain(error)).toBe(error);
  });
});
