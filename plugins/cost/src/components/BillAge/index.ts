export { BillAge } from './BillAge';
