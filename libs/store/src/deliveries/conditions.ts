/** What the statements of the deliveries have in common. */

/** Methods that a newer PUT of the same path makes superfluous: state, not history. */
export const REPLACEABLE = `push.method IN ('PUT', 'PATCH')`;

/** To the ms, as the columns are: rounded up, a leg would be due a moment after its line was woken for it. */
export const NOW = `date_trunc('milliseconds', now())`;

const freeOf = (row: string): string => `(${row}.lease_until IS NULL OR ${row}.lease_until < now())`;

/** Two workers never lease one leg, and what one holds is not touched by others. */
export const FREE = freeOf('delivery');

/** The same of a bundle: no worker has it, or its worker died. */
export const UNTAKEN = freeOf('delivery_bundles');

/** Whether nothing can be sent to a platform now. */
export const PARKED = `(platform.status <> 'CONNECTED' OR platform.suspended OR receiver.paused_at IS NOT NULL)`;
