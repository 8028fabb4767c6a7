const factory = require('@backstage/cli/config/eslint-factory');

const vendors = ['@aws-sdk/*'];
const allow = patterns => ({
  'no-restricted-imports': ['error', { patterns }],
});

// vendors stay inside their adapters; only plugin.ts knows both sides
module.exports = factory(__dirname, {
  restrictedImportPatterns: [...vendors, '**/adapters/**', '@fairway/sandbox'],
  overrides: [
    {
      files: ['src/plugin.ts'],
      rules: allow(['@fairway/sandbox']),
    },
    {
      files: ['src/adapters/**'],
      excludedFiles: ['**/*.test.*'],
      rules: allow([
        '**/services/**',
        '**/database/**',
        '**/router/**',
        '@fairway/sandbox',
      ]),
    },
    { files: ['**/*.test.*'], rules: { 'no-restricted-imports': 'off' } },
  ],
});
