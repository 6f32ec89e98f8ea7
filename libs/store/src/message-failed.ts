/**
 * Which rows of the message log are failures, in SQL: the very condition of the index `messages_failed_idx`, since said in
 * other words it would serve no query. Of a row without an OCPI status it may be unknown instead of false.
 */
export const FAILURE = 'error IS NOT NULL OR http_status >= 400 OR ocpi_status >= 2000';

/** The same, to stand beside other conditions. */
export const FAILED = `(${FAILURE})`;
