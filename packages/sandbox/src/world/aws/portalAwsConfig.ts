/**
 * The block `aws` of a portal's configuration with which it may ask the played
 * AWS: a user of its own, who takes on the role of that name in every account.
 */
export const PORTAL_AWS_CONFIG = {
  mainAccount: {
    accessKeyId: 'AKIA000000000000SANDBOX',
    secretAccessKey: 'sandbox',
    region: 'us-east-1',
  },
  accountDefaults: { roleName: 'fairway' },
};
