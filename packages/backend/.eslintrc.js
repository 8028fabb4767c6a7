const factory = require('@backstage/cli/config/eslint-factory');

// Nothing but tests knows the sandbox.
module.exports = factory(__dirname, {
  restrictedImportPatterns: ['@fairway/sandbox'],
});
