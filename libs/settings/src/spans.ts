import { whole } from './parsers';

export const DAY_SECONDS = 86_400;
/** A time in s that an operator may set, at most a year. */
export const SPAN_SECONDS = whole(1, 366 * DAY_SECONDS);
