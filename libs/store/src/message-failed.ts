/**
 * Which rows of the message log are failures, in SQL. It is the very condition of the index `messages_failed_idx`: said in
 * other words, the index would serve no query. Of a row without an OCPI status it may be unknown instead of false.
 */
export const FAILED = '(error IS NOT NULL OR http_status >= 400 OR ocpi_status >= 2000)';
