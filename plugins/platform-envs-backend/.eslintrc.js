const factory = require('@backstage/cli/config/eslint-factory');

const vendors = ['@aws-sdk/*', '@kubernetes/*', '@octokit/*'];
const allow = patterns => ({
  'no-restricted-imports': ['error', { patterns }],
});

// Vendors stay inside adapters, adapters know no services, and nothing but
// tests knows the sandbox.
module.exports = factory(__dirname, {
  restrictedImportPatterns: [...vendors, '**/adapters/**', '@fairway/sandbox'],
  overrides: [
    {
      files: ['src/plugin.ts', 'src/AdapterRegistry.ts'],
      rules: allow([...vendors, '@fairway/sandbox']),
    },
    {
      files: ['src/adapters/**'],
      excludedFiles: ['**/*.test.*', '**/__testUtils__/**'],
      rules: allow([
        '**/services/**',
        '**/database/**',
        '**/router/**',
        '@fairway/sandbox',
      ]),
    },
    {
      files: ['**/__testUtils__/**'],
      rules: allow(['@fairway/sandbox']),
    },
    {
      files: ['**/*.test.*'],
      rules: {
        'no-restricted-imports': 'off',
        'jest/expect-expect': [
          'warn',
          { assertFunctionNames: ['expect', '**.expect'] },
        ],
      },
    },
  ],
});
