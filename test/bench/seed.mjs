/** Platforms by the thousand: copies of the rows that the handshake of a real one wrote. */

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = `0123456789${LETTERS}`;

/** The columns that a copy has of its own, by table; every other column is the copied row's. */
const OWN = {
  platforms: `jsonb_build_object('id', copy.id, 'name', 'platform ' || copy.number)`,
  parties: `jsonb_build_object('id', gen_random_uuid(), 'platform_id', copy.id,
    'country_code', copy.country_code, 'party_id', copy.party_id)`,
  endpoints: `jsonb_build_object('id', gen_random_uuid(), 'platform_id', copy.id)`,
  credentials_tokens: `jsonb_build_object('id', gen_random_uuid(), 'platform_id', copy.id,
    'hash', 'unused-' || copy.number)`,
};

/**
 * Copies registered platforms in turn, with their parties, endpoints and tokens.
 *
 * @param {import('pg').Client} client
 * @param {{ id: string, number: number, sealedToken: Buffer }[]} platforms
 * @param {string[]} models names of the platforms that are copied
 */
export async function seedPlatforms(client, platforms, models) {
  await client.query(`CREATE TEMP TABLE copies
    (id uuid, number int, country_code text, party_id text, sealed_token bytea, original uuid)`);
  const pairs = platforms.map(({ number }) => pairOf(number));
  await client.query(
    `INSERT INTO copies SELECT copy.*, models.ids[1 + copy.number % cardinality(models.ids)]
     FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::bytea[])
       AS copy (id, number, country_code, party_id, sealed_token),
       (SELECT array_agg(id ORDER BY id) AS ids FROM platforms WHERE name = ANY ($6)) AS models`,
    [
      platforms.map(({ id }) => id),
      platforms.map(({ number }) => number),
      pairs.map(([country]) => country),
      pairs.map(([, party]) => party),
      platforms.map(({ sealedToken }) => sealedToken),
      models,
    ],
  );
  for (const [table, own] of Object.entries(OWN)) {
    const key = table === 'platforms' ? 'id' : 'platform_id';
    await client.query(`INSERT INTO ${table} SELECT (jsonb_populate_record(model, ${own})).*
      FROM copies AS copy JOIN ${table} AS model ON model.${key} = copy.original`);
  }
  await client.query(
    'UPDATE platforms SET peer_token = sealed_token FROM copies WHERE copies.id = platforms.id',
  );
  await client.query('ANALYZE');
}

/**
 * Gives each copied platform an origin of its own, and `locations` RECEIVER as its one endpoint.
 *
 * @param {string[]} origins by the number of the platform
 */
export async function spreadReceivers(client, origins) {
  await client.query(
    `DELETE FROM endpoints WHERE platform_id IN (SELECT id FROM platforms WHERE name LIKE 'platform %')
       AND NOT (module = 'locations' AND interface_role = 'RECEIVER')`,
  );
  await client.query(
    `UPDATE endpoints SET url = origin.url || '/locations' FROM platforms, unnest($1::text[]) WITH ORDINALITY AS origin (url, place)
     WHERE platforms.id = endpoints.platform_id AND platforms.name = 'platform ' || (origin.place - 1)`,
    [origins],
  );
}

/** A pair for each number: country codes XA to XZ, which no country has. */
function pairOf(number) {
  const [high, low] = [Math.floor(number / 36), number % 36];
  return [
    `X${LETTERS[Math.floor(high / 1296)]}`,
    DIGITS[Math.floor(high / 36) % 36] + DIGITS[high % 36] + DIGITS[low],
  ];
}
