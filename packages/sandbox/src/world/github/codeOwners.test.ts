import { ownersOf, parseCodeOwners } from './codeOwners';

// The examples of GitHub's own page on code owners.
const EXAMPLE = `
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs2@example.com
apps/ @octocat
/scripts/ @doctocat @octocat
**/logs @octocat2
/apps2/ @octocat
/apps2/github
!negated @nobody
[a-z].md @nobody
`;

describe('code owners', () => {
  const rules = parseCodeOwners(EXAMPLE);

  it.each([
    ['README', ['global-owner1', 'global-owner2']],
    ['src/a.js', ['js-owner']],
    ['main.go', ['docs@example.com']],
    ['deep/er/notes.txt', ['octo-org/octocats']],
    ['build/logs/1/x', ['octocat2']],
    ['docs/getting-started.md', ['docs2@example.com']],
    ['docs/build-app/troubleshooting.md', ['global-owner1', 'global-owner2']],
    ['x/apps/y.js', ['octocat']],
    ['scripts/a', ['doctocat', 'octocat']],
    ['other/scripts/a', ['global-owner1', 'global-owner2']],
    ['deeply/nested/logs/x', ['octocat2']],
    ['apps2/a', ['octocat']],
    ['apps2/github', []],
    ['apps2/github/x', []],
    ['a.md', ['global-owner1', 'global-owner2']],
  ])('of %s are those of the last line that matches', (path, owners) => {
    expect(ownersOf(rules, path)).toEqual(owners);
  });
});
