import { compareSpecificity, matchPath } from './matchPath';

const get = (path: string) => ({ method: 'GET', path, status: 200 });

describe('matchPath', () => {
  it('gives the labels of a path, decoded', () => {
    expect(
      matchPath(get('/clusters/{name}/updates/{updateId}'), {
        method: 'GET',
        url: '/clusters/a%20b/updates/42?name=x',
      }),
    ).toEqual({ name: 'a b', updateId: '42' });
  });

  it('keeps an encoded slash within one label', () => {
    expect(
      matchPath(get('/tags/{resourceArn}'), {
        method: 'GET',
        url: '/tags/arn%3Aaws%3Aeks%3Aus-east-1%3A1%3Acluster%2Fdev',
      }),
    ).toEqual({ resourceArn: 'arn:aws:eks:us-east-1:1:cluster/dev' });
  });

  it('lets only a greedy label span slashes', () => {
    const request = { method: 'GET', url: '/bucket/a/b' };
    expect(matchPath(get('/{Bucket}/{Key+}'), request)).toEqual({
      Bucket: 'bucket',
      Key: 'a/b',
    });
    expect(matchPath(get('/{Bucket}/{Key}'), request)).toBeUndefined();
  });

  it('asks for the fixed parts of the query string', () => {
    const binding = get('/{Bucket}?policy&list-type=2');
    const at = (url: string) => matchPath(binding, { method: 'GET', url });
    expect(at('/b?policy&list-type=2')).toEqual({ Bucket: 'b' });
    expect(at('/b?policy&list-type=1')).toBeUndefined();
    expect(at('/b?list-type=2')).toBeUndefined();
  });

  it('tells methods apart', () => {
    expect(
      matchPath(get('/clusters'), { method: 'POST', url: '/clusters' }),
    ).toBeUndefined();
  });

  it('refuses a label that is not percent-encoded text', () => {
    expect(() =>
      matchPath(get('/clusters/{name}'), {
        method: 'GET',
        url: '/clusters/%E0%A4%A',
      }),
    ).toThrow(URIError);
  });
});

describe('compareSpecificity', () => {
  it('puts literal parts before labels, labels before greedy ones', () => {
    expect(
      ['/{Key+}', '/clusters/{name}', '/clusters/all', '/{a}/{b}']
        .map(get)
        .sort(compareSpecificity)
        .map(({ path }) => path),
    ).toEqual(['/clusters/all', '/clusters/{name}', '/{a}/{b}', '/{Key+}']);
  });
});
