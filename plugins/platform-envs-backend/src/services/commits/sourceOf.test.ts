import { sourceOf } from './sourceOf';

const at = (annotations: Record<string, string>, gitops?: string) =>
  sourceOf(
    annotations,
    ['orders', 'orders'],
    gitops
      ? [{ gitops: { repository: gitops, branch: 'main', path: 'gitops' } }]
      : [],
  );

describe('sourceOf', () => {
  it('is the repository of the project slug', () => {
    expect(at({ 'github.com/project-slug': 'shop/orders' })).toEqual({
      repository: 'shop/orders',
      without: [],
      names: ['orders'],
    });
  });

  it('counts what touches the folder of the component, and never the desired state', () => {
    expect(
      at(
        {
          'github.com/project-slug': 'shop/all',
          'fairway.dev/source-path': './services/orders/',
        },
        'shop/all',
      ),
    ).toEqual({
      repository: 'shop/all',
      folder: 'services/orders',
      without: ['gitops'],
      names: ['orders'],
    });
    expect(
      at({ 'github.com/project-slug': 'shop/all' }, 'shop/gitops')?.without,
    ).toEqual([]);
  });

  it.each([
    ['url:https://github.com/shop/orders', 'shop/orders', undefined],
    ['url:https://github.com/shop/orders/tree/main/', 'shop/orders', undefined],
    [
      'url:https://git.example.com/shop/all/tree/main/services/orders/',
      'shop/all',
      'services/orders',
    ],
  ])('reads the source location %s', (location, repository, folder) => {
    const found = at({ 'backstage.io/source-location': location });
    expect([found?.repository, found?.folder]).toEqual([repository, folder]);
  });

  it('takes the folder of a source location of the same repository only', () => {
    const location = 'url:https://github.com/shop/catalog/tree/main/orders/';
    expect(
      at({
        'github.com/project-slug': 'shop/orders',
        'backstage.io/source-location': location,
      }),
    ).toMatchObject({ repository: 'shop/orders' });
    expect(
      at({
        'github.com/project-slug': 'shop/orders',
        'backstage.io/source-location': location,
      })?.folder,
    ).toBeUndefined();
  });

  it.each([
    {},
    { 'github.com/project-slug': 'shop' },
    { 'github.com/project-slug': '../etc/passwd' },
    { 'backstage.io/source-location': 'file:/srv/catalog/' },
    { 'backstage.io/source-location': 'url:javascript:alert(1)' },
  ])('is nowhere by %j', annotations => {
    expect(at(annotations as Record<string, string>)).toBeUndefined();
  });
});
