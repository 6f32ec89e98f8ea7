export { DeliveriesController } from './deliveries.controller';
export { DeliveryView, deliveryView } from './delivery-view';
export { DeliveryPauseController } from './delivery-pause.controller';
