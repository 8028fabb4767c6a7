export * from './comparisonBuilders';
export * from './builders';
export * from './environmentBuilders';
export * from './FakePlatformEnvsApi';
export * from './firstDeliveryBuilders';
export * from './promotionBuilders';
export * from './removalBuilders';
