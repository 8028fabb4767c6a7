export {
  FirstDeliveryCard,
  FirstDeliveryLine,
  PastFirstDelivery,
} from './FirstDeliveryCard';
