import { type ObjectFilter, type ObjectOwner, type ObjectPageRequest } from '@app/hub';

/** Whose a row is, as `ownerKeys` writes it: one text, so that a list of thousands is looked through by its hashes. */
export const OWNED = `(owner || ' ' || platform_id)`;

/** A statement and its values. */
export interface ObjectQuery {
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * One page, and one row more to know whether another follows. The places are found in an index alone, however
 * far the page is from the beginning; then the bodies of these places are read, as many as fit.
 */
export function pageQuery(request: ObjectPageRequest): ObjectQuery {
  const { after, offset, limit, maxBytes } = request;
  const where = conditions(request);
  const at = where.values.length;
  return {
    text: `
      SELECT seq, body, found FROM (
        SELECT kept.seq, kept.body, count(*) OVER () AS found,
          octet_length(kept.body) AS size, sum(octet_length(kept.body)) OVER (ORDER BY kept.seq) AS filled
        FROM (
          SELECT seq FROM objects WHERE ${where.text} AND seq > $${at + 1}
          ORDER BY seq LIMIT $${at + 2} OFFSET $${at + 3}
        ) AS place JOIN objects AS kept ON kept.module = $1 AND kept.seq = place.seq AND kept.deleted_at IS NULL
      ) AS page WHERE filled <= $${at + 4} OR filled = size ORDER BY seq`,
    values: [...where.values, after, limit + 1, offset, maxBytes],
  };
}

/** How many there are: kept counts where all of them are meant, else counted in an index. */
export function countQuery(filter: ObjectFilter): ObjectQuery {
  if (!filter.dateFrom && !filter.dateTo) {
    const text = `SELECT coalesce(sum(count), 0) AS count FROM object_counts
      WHERE module = $1 AND ${OWNED} = ANY ($2)`;
    return { text, values: [filter.module, ownerKeys(filter.owners)] };
  }
  const { text, values } = conditions(filter);
  return { text: `SELECT count(*) AS count FROM objects WHERE ${text}`, values };
}

function conditions({ module, owners, dateFrom, dateTo }: ObjectFilter): ObjectQuery {
  const values: unknown[] = [module, ownerKeys(owners)];
  const parts = ['module = $1', `${OWNED} = ANY ($2)`, 'deleted_at IS NULL'];
  if (dateFrom) parts.push(`last_updated >= $${values.push(dateFrom)}`);
  if (dateTo) parts.push(`last_updated < $${values.push(dateTo)}`);
  return { text: parts.join(' AND '), values };
}

/** Owners as texts: `NL*TNM 5b0c…`. */
export function ownerKeys(owners: readonly ObjectOwner[]): string[] {
  return owners.map(({ owner, platformId }) => `${owner} ${platformId}`);
}
