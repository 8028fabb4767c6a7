import { ConfigReader } from '@backstage/config';
import { readConfig } from './readConfig';

describe('readConfig', () => {
  it('has defaults', () => {
    expect(readConfig(new ConfigReader({}))).toEqual({
      accountId: undefined,
      tags: {
        system: 'System',
        environment: 'Environment',
        component: 'Component',
      },
      pullInterval: { hours: 8 },
    });
  });

  it('names the key of a bad account', () => {
    expect(() =>
      readConfig(new ConfigReader({ cost: { aws: { accountId: '12' } } })),
    ).toThrow('cost.aws.accountId is "12"; it must be twelve digits');
  });
});
