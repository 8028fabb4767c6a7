export { RemovalNotice } from './RemovalNotice';
export { RemovalsPage } from './RemovalsPage';
