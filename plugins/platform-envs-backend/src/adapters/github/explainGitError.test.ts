import { explainGitError } from './explainGitError';
import { GitCommandError } from './runGit';

describe('explainGitError', () => {
  const explain = (stderr: string) =>
    explainGitError(
      new GitCommandError('fetch', 128, '', stderr),
      'org/gitops',
    );

  it('says what the host answered, and what it said', () => {
    const url = 'https://github.example.com/org/gitops.git/';
    expect(
      explain(
        `remote: Upgrading until noon\nfatal: unable to access '${url}': The requested URL returned error: 503\n`,
      ),
    ).toMatchObject({
      name: 'ServiceUnavailableError',
      message:
        'The Git host answered 503 for org/gitops (Upgrading until noon)',
    });
    expect(
      explain(
        `fatal: unable to access '${url}': The requested URL returned error: 502\n`,
      ),
    ).toMatchObject({ message: 'The Git host answered 502 for org/gitops' });
  });

  it('leaves out where, of what git says of a host that is away', () => {
    expect(
      explain(
        "fatal: unable to access 'https://github.example.com/org/gitops.git/': Could not resolve host: github.example.com\n",
      ),
    ).toMatchObject({
      message:
        'The Git host failed for org/gitops: Could not resolve host: github.example.com',
    });
  });

  it('leaves what is no word of git as it is', () => {
    const error = new TypeError('not a function');
    expect(explainGitError(error, 'org/gitops')).toBe(error);
  });
});
