export { leaseMs, sendLeg, type SendLegParts, type SentLeg } from './attempt';
export { deliveryLine, objectId } from './delivery-line';
export { type BroadcastSender, broadcastReceivers } from './receivers';
