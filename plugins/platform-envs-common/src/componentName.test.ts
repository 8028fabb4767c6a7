import { explainComponentName } from './componentName';

describe('explainComponentName', () => {
  it.each(['abc', 'order-intake', 'a1b', `a${'b'.repeat(39)}`, 'dev-tools'])(
    'has nothing against %s',
    name => expect(explainComponentName(name)).toBeUndefined(),
  );

  it.each([
    '../../x',
    '%2e%2e',
    '..\\x',
    'a\0b',
    '${{ secrets.x }}',
    '{{7*7}}',
    'аbc',
    'abc‮',
    '🚢ship',
    'x'.repeat(1024 * 1024),
    'Abc',
    'ab',
    '',
    undefined,
    ['abc'],
  ])('F27 F28 F29 says what a name is made of instead of %j', name => {
    expect(explainComponentName(name)).toMatch(/^use 3 to 40 lower-case/);
  });

  it('says that an image repository has no two hyphens in a row', () => {
    expect(explainComponentName('a--b')).toMatch(/two hyphens in a row/);
  });

  it.each([
    ['prod', 'it means an environment'],
    ['overlays', 'it means a folder of the GitOps repository'],
    ['kubernetes', 'it means something of the cluster itself'],
  ])('keeps %s for what it means', (name, why) => {
    expect(explainComponentName(name)).toContain(why);
  });

  it.each(['kube-proxy', 'aws-tool', 'fairway-registry'])(
    'keeps the beginning of %s for its owner',
    name => expect(explainComponentName(name)).toMatch(/belong to/),
  );
});
