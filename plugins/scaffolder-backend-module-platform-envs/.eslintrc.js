const factory = require('@backstage/cli/config/eslint-factory');

const patterns = ['@fairway/sandbox'];

// Nothing but tests knows the sandbox: what helps them is handed it.
module.exports = factory(__dirname, {
  restrictedImportPatterns: patterns,
  overrides: [
    {
      files: ['**/__testUtils__/**'],
      rules: { 'no-restricted-imports': ['error', { patterns }] },
    },
  ],
});
