import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * One platform at most holds a half of a pair: the CPO half, or that of all other roles. The trigger makes it so for
 * every write of `parties`; of two at the same moment the second one waits for the first one, and fails.
 *
 * Where a database has a half with two platforms, the platform that had it first keeps it. The others give it up: their
 * parties are SUSPENDED, with the reason `half_taken` in the status history.
 */
export class PairHalves1796200010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [
      HALF_OF,
      GIVE_UP_SECOND,
      HOLDERS,
      FILL,
      FUNCTION,
      TRIGGER,
      WAITING,
      WAITING_INDEX,
    ]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE waiting_parties');
    await runner.query('DROP TRIGGER parties_half ON parties');
    await runner.query('DROP FUNCTION hold_half');
    await runner.query('DROP TABLE pair_holders');
    await runner.query('DROP FUNCTION half_of');
  }
}

const HALF_OF = `
  CREATE FUNCTION half_of(role text) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$ SELECT CASE role WHEN 'CPO' THEN 'CPO' ELSE 'PROVIDER' END $$`;

const GIVE_UP_SECOND = `
  WITH first AS (
    SELECT DISTINCT ON (country_code, party_id, half_of(role)) country_code, party_id, half_of(role) AS half, platform_id
    FROM parties WHERE held
    ORDER BY country_code, party_id, half_of(role), known_since, platform_id),
  second AS (
    UPDATE parties SET held = false, status = 'SUSPENDED', status_since = now()
    FROM first
    WHERE parties.held AND (parties.country_code, parties.party_id, half_of(parties.role))
        = (first.country_code, first.party_id, first.half)
      AND parties.platform_id <> first.platform_id
    RETURNING parties.*)
  INSERT INTO status_changes (country_code, party_id, role, platform_id, status, reason, at)
  SELECT country_code, party_id, role, platform_id, status, 'half_taken', status_since FROM second`;

const HOLDERS = `
  CREATE TABLE pair_holders (
    country_code text NOT NULL,
    party_id text NOT NULL,
    half text NOT NULL CONSTRAINT pair_holders_half_check CHECK (half IN ('CPO', 'PROVIDER')),
    platform_id uuid NOT NULL
      CONSTRAINT pair_holders_platform_id_fkey REFERENCES platforms (id) ON DELETE CASCADE,
    CONSTRAINT pair_holders_pkey PRIMARY KEY (country_code, party_id, half)
  )`;

const FILL = `
  INSERT INTO pair_holders (country_code, party_id, half, platform_id)
  SELECT DISTINCT country_code, party_id, half_of(role), platform_id FROM parties WHERE held`;

/** Each statement of the function sees what was committed until then: also what its lock waited for. */
const FUNCTION = `
  CREATE FUNCTION hold_half() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      holder uuid;
    BEGIN
      INSERT INTO pair_holders (country_code, party_id, half, platform_id)
        VALUES (NEW.country_code, NEW.party_id, half_of(NEW.role), NEW.platform_id) ON CONFLICT DO NOTHING;
      SELECT platform_id INTO holder FROM pair_holders
        WHERE (country_code, party_id, half) = (NEW.country_code, NEW.party_id, half_of(NEW.role)) FOR UPDATE;
      IF holder = NEW.platform_id THEN
        RETURN NEW;
      END IF;
      IF EXISTS (
        SELECT 1 FROM parties other
        WHERE (other.country_code, other.party_id, half_of(other.role))
            = (NEW.country_code, NEW.party_id, half_of(NEW.role))
          AND other.held AND other.platform_id = holder AND other.id <> NEW.id) THEN
        RAISE unique_violation USING CONSTRAINT = 'parties_half_unique',
          MESSAGE = 'another platform holds this half of the pair';
      END IF;
      UPDATE pair_holders SET platform_id = NEW.platform_id
        WHERE (country_code, party_id, half) = (NEW.country_code, NEW.party_id, half_of(NEW.role));
      RETURN NEW;
    END $$`;

const TRIGGER = `
  CREATE TRIGGER parties_half BEFORE INSERT OR UPDATE OF held, platform_id ON parties
    FOR EACH ROW WHEN (NEW.held) EXECUTE FUNCTION hold_half()`;

const WAITING = `
  CREATE TABLE waiting_parties (
    platform_id uuid NOT NULL
      CONSTRAINT waiting_parties_platform_id_fkey REFERENCES platforms (id) ON DELETE CASCADE,
    country_code text NOT NULL CONSTRAINT waiting_parties_country_code_check CHECK (country_code ~ '^[A-Z]{2}$'),
    party_id text NOT NULL CONSTRAINT waiting_parties_party_id_check CHECK (party_id ~ '^[A-Z0-9]{3}$'),
    role text NOT NULL
      CONSTRAINT waiting_parties_role_check
      CHECK (role IN ('CPO', 'EMSP', 'HUB', 'NAP', 'NSP', 'OTHER', 'SCSP')),
    since timestamptz NOT NULL,
    business_details jsonb,
    CONSTRAINT waiting_parties_pkey PRIMARY KEY (platform_id, country_code, party_id, role)
  )`;

const WAITING_INDEX =
  'CREATE INDEX waiting_parties_party_idx ON waiting_parties (country_code, party_id, role)';
