const factory = require('@backstage/cli/config/eslint-factory');

// Nothing but tests knows the sandbox.
module.exports = factory(__dirname, {
  restrictedImportPatterns: ['@fairway/sandbox'],
  overrides: [
    {
      files: ['**/*.test.*'],
      rules: {
        'jest/expect-expect': [
          'warn',
          { assertFunctionNames: ['expect', '**.expect'] },
        ],
      },
    },
  ],
});
