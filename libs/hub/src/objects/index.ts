export * from './apply-change';
export { type Listing, listingOf } from './object-change';
export * from './pull';
export * from './pulled-lists';
