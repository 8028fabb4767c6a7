import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explain, phaseOf } from './steps/install.mjs';
import { forYarn } from './steps/registry.mjs';

describe('explain', () => {
  for (const [output, message] of [
    ['YN0001: ENOSPC: no space left on device, write', /disk filled up/],
    [
      'YN0001: RequestError: connect ECONNREFUSED 127.0.0.1:9',
      /registry could/,
    ],
    ['YN0001: getaddrinfo ENOTFOUND registry.example.com', /registry could/],
    ['YN0035: │ Response Code: 503 (Service Unavailable)', /registry could/],
    ['YN0041: Invalid authentication (as an anonymous user)', /sign-in/],
    ['RequestError: SELF_SIGNED_CERT_IN_CHAIN', /certificate is not trusted/],
    ['YN0028: The lockfile would have been modified', /yarn.lock does not fit/],
  ]) {
    it(`knows "${output.slice(0, 45)}"`, () => {
      const problem = explain(output, '.fairway/logs/install.log');
      assert.match(problem.message, message);
      assert.ok(problem.nextStep);
    });
  }

  it('shows what Yarn said when it knows nothing', () => {
    const problem = explain(
      '➤ YN0000: ┌ Link step\n➤ YN0013: noise\n➤ YN0009: it broke\n',
      'the.log',
    );
    assert.match(problem.message, /YN0009: it broke/);
    assert.doesNotMatch(problem.message, /YN0013/);
    assert.match(problem.nextStep, /the\.log/);
  });
});

describe('phaseOf', () => {
  it('names the last step that Yarn began', () => {
    assert.equal(
      phaseOf('┌ Resolution step\n┌ Fetch step'),
      'fetching packages',
    );
    assert.equal(phaseOf('┌ Link step'), 'putting packages in place');
    assert.equal(phaseOf('➤ YN0013'), undefined);
  });
});

describe('forYarn', () => {
  it('hands over the registry of npm, without the slash at its end', () => {
    assert.deepEqual(forYarn('https://registry.example.com/npm/', {}), {
      YARN_NPM_REGISTRY_SERVER: 'https://registry.example.com/npm',
    });
  });

  it('allows plain HTTP to that host alone', () => {
    assert.equal(
      forYarn('http://registry.local:4873/', {}).YARN_UNSAFE_HTTP_WHITELIST,
      'registry.local',
    );
  });
});
