export { leaseMs, sendLeg, type SendLegParts, type SentLeg } from './attempt';
export { deliveryLine } from './delivery-line';
export { type BroadcastSender, broadcastReceivers } from './receivers';
