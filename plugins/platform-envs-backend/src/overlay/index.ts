export { gitBlobSha } from './gitBlobSha';
export * from './overlay';
export { OverlayError } from './OverlayError';
export { readReplicas } from './readReplicas';
