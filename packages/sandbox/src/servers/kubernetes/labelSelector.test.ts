import { parseLabelSelector } from './labelSelector';

describe('parseLabelSelector', () => {
  const labels = {
    app: 'web',
    tier: 'front',
    'backstage.io/kubernetes-id': 'a',
  };

  it.each([
    ['', true],
    ['app=web', true],
    ['app==web,tier=front', true],
    ['app!=web', false],
    ['other!=web', true],
    ['backstage.io/kubernetes-id=a', true],
    ['app in (api, web)', true],
    ['app notin (api,web)', false],
    ['app notin (api), tier', true],
    ['!app', false],
    ['!nothing', true],
    ['nothing', false],
    ['nothing in (a)', false],
  ])('%s', (selector, expected) => {
    expect(parseLabelSelector(selector)(labels)).toBe(expected);
  });

  it('selects objects without labels by absence', () => {
    expect(parseLabelSelector('!app')(undefined)).toBe(true);
  });

  it('takes an empty value', () => {
    expect(parseLabelSelector('app=')({ app: '' })).toBe(true);
  });

  it.each(['app=a b', '=x', 'app in web', 'a/b/=@'])('refuses %s', selector => {
    expect(() => parseLabelSelector(selector)).toThrow(
      /unable to parse requirement/,
    );
  });
});
