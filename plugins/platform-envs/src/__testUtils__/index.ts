export * from './builders';
export * from './FakePlatformEnvsApi';
