export * from './claims';
export * from './credentials-object';
export * from './initiated';
export { type RegistrationParts } from './keep';
export * from './peer-api';
export * from './registration';
export * from './registration-limits';
export * from './secret';
export * from './token-grace';
