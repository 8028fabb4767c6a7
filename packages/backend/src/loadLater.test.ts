import { execFileSync } from 'node:child_process';
import { onFirstUse } from './loadLater';

describe('loadLater', () => {
  it('loads a module when something of it is used, for whoever required it', () => {
    const loaded = `Object.keys(require.cache).filter(file =>
      file.includes('/google-cloud/container/'.replace('/', '/@'))).length > 0`;
    const script = `
      require('./loadSdksLater.ts');
      const seen = [];
      require('@backstage/plugin-kubernetes-backend');
      seen.push(${loaded});
      const { GoogleServiceAccountStrategy } = require(
        require.resolve('@backstage/plugin-kubernetes-backend/package.json')
          .replace('package.json', 'dist/auth/GoogleServiceAccountStrategy.cjs.js'));
      new GoogleServiceAccountStrategy({ config: { getOptionalString: () =>
        '{"client_email":"a@example.com","private_key":"none"}' } })
        .getCredential()
        .catch(error => seen.push(error.message))
        .then(() => seen.push(${loaded}))
        .then(() => console.log(JSON.stringify(seen)));
    `;
    const out = execFileSync(
      process.execPath,
      [
        '--require',
        require.resolve('@backstage/cli/config/nodeTransform.cjs'),
        '--eval',
        script,
      ],
      { cwd: __dirname, encoding: 'utf8' },
    );
    const [before, error, after] = JSON.parse(out.trim().split('\n').at(-1)!);
    expect([before, after]).toEqual([false, true]);
    // Google's own library has been asked
    expect(error).toMatch(/key|DECODER|PEM|decoder/i);
  });

  it('stands for the whole module', () => {
    const load = jest.fn(() => ({ a: 1, b: { c: 2 } }));
    const later = onFirstUse(load) as Record<string, unknown>;
    expect('default' in later).toBe(true);
    expect(load).not.toHaveBeenCalled();
    expect(later.a).toBe(1);
    expect({ ...later }).toEqual({ a: 1, b: { c: 2 } });
    expect(later.default).toEqual({ a: 1, b: { c: 2 } });
    expect('z' in later).toBe(false);
    later.a = 3;
    expect(later.a).toBe(3);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('gives the default export of a module that has one', () => {
    const later = onFirstUse(() => ({ default: 'x' })) as { default: string };
    expect(later.default).toBe('x');
  });

  it('fails as the module fails, each time', () => {
    const later = onFirstUse(() => {
      throw new Error('Cannot find module');
    }) as { a: unknown };
    expect(() => later.a).toThrow('Cannot find module');
    expect(() => later.a).toThrow('Cannot find module');
  });
});
