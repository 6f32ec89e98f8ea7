export { createCourier } from './courier';
export type { CourierOptions } from './options';
