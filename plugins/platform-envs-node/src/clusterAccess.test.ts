import { ConfigReader } from '@backstage/config';
import { readClusterAccess } from './clusterAccess';

const read = (clusters?: object) =>
  readClusterAccess(new ConfigReader({ platformEnvs: { clusters } } as never));

describe('readClusterAccess', () => {
  it('is undefined when nothing but a rhythm is configured', () => {
    expect(read()).toBeUndefined();
    expect(read({ pollInterval: { seconds: 5 } })).toBeUndefined();
  });

  it('fills the name of the cluster in, and lets an override come first', () => {
    const accessOf = read({
      urlTemplate: 'https://gate.example.com/{cluster}/',
      token: 'common',
      overrides: {
        'shop-prod': { url: 'https://prod.example.com/', caData: 'Q0E=' },
      },
    })!;
    expect(accessOf('shop-dev')).toEqual({
      url: 'https://gate.example.com/shop-dev',
      token: 'common',
    });
    expect(accessOf('shop-prod')).toEqual({
      url: 'https://prod.example.com',
      token: 'common',
      caData: 'Q0E=',
    });
    expect(accessOf('../x').url).toBe('https://gate.example.com/..%2Fx');
  });

  it('names the key of a value that is wrong', () => {
    expect(() => read({ overrides: { a: { url: 'ftp://x' } } })).toThrow(
      'platformEnvs.clusters.overrides.a.url must be an http or https URL, not "ftp://x"',
    );
    expect(() => read({ urlTemplate: 'https://one.example.com' })).toThrow(
      /urlTemplate has no \{cluster\}/,
    );
  });
});
