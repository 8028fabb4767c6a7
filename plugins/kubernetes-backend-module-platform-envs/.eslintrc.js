const factory = require('@backstage/cli/config/eslint-factory');

module.exports = factory(__dirname, {
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
