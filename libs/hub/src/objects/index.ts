export * from './apply-change';
export { objectChangeOf, whyNotKept } from './object-change';
export * from './pull';
