export { leadsBack } from './backward';
export * from './detours';
export { isHostName } from './peer-hosts';
