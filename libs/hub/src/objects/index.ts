export * from './apply-change';
export { objectChangeOf } from './object-change';
export * from './pull';
