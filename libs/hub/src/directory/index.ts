export * from './directory';
export * from './halves';
export { type ListedParty, roleKey } from './listed-parties';
export * from './newcomers';
export * from './platform-entry';
export { firstNumber, type SortedList } from './sorted-list';
