import type { NextConfig } from 'next';

/** Files only: headers are set by the distribution, see infra/. */
const config: NextConfig = {
  output: 'export',
  trailingSlash: true,
  reactStrictMode: true,
  images: { unoptimized: true },
};

export default config;
