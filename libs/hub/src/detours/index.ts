export { carriesUrl } from './backward';
export * from './detours';
export { isHostName } from './peer-hosts';
export { requireStillOwn } from './target';
export { furtherOffset } from './next-place';
export { listOf } from './list-name';
