export { createCourier, type CuttableCourier } from './courier';
export type { CourierOptions } from './options';
