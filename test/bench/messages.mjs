/** The two messages of the benchmark: a Location of 2 KB that is put, and one that is got. */

/** Length of a Location, in bytes. */
const LOCATION_BYTES = 2_048;

export const MESSAGES = ['PUT', 'GET'];

/** A Location of exactly `LOCATION_BYTES`: as many EVSEs as fit, and a name that fills the rest. */
export function locationBody() {
  const location = {
    country_code: 'NL',
    party_id: 'CPO',
    id: 'LOC0001',
    publish: true,
    name: '',
    address: 'Stationsplein 1',
    city: 'Utrecht',
    postal_code: '3511ED',
    country: 'NLD',
    coordinates: { latitude: '52.089444', longitude: '5.110278' },
    evses: [1, 2, 3, 4].map(evse),
    operator: { name: 'A charge point operator' },
    time_zone: 'Europe/Amsterdam',
    opening_times: { twentyfourseven: true },
    charging_when_closed: true,
    last_updated: '2026-01-15T10:30:00Z',
  };
  location.name = 'x'.repeat(LOCATION_BYTES - JSON.stringify(location).length);
  return JSON.stringify(location);
}

function evse(number) {
  return {
    uid: `EVSE000${number}`,
    evse_id: `NL*CPO*E000${number}`,
    status: 'AVAILABLE',
    capabilities: ['RFID_READER', 'REMOTE_START_STOP_CAPABLE'],
    connectors: [
      {
        id: '1',
        standard: 'IEC_62196_T2',
        format: 'SOCKET',
        power_type: 'AC_3_PHASE',
        max_voltage: 230,
        max_amperage: 32,
        tariff_ids: ['T1'],
        last_updated: '2026-01-15T10:30:00Z',
      },
    ],
    last_updated: '2026-01-15T10:30:00Z',
  };
}

const TIMESTAMP = '2026-01-15T10:30:00Z';

/** What the upstream answers to each method. */
export const ANSWERS = {
  PUT: `{"status_code":1000,"status_message":"Success","timestamp":"${TIMESTAMP}"}`,
  GET: `{"data":${locationBody()},"status_code":1000,"timestamp":"${TIMESTAMP}"}`,
};

/**
 * The headers that an OCPI client sends.
 *
 * @param {{ token: string, from: string, to: string }} caller token in plain, parties as `NL*CPO`
 */
export function callerHeaders({ token, from, to }) {
  const [fromCountry, fromParty] = from.split('*');
  const [toCountry, toParty] = to.split('*');
  return {
    Authorization: `Token ${Buffer.from(token).toString('base64')}`,
    'Content-Type': 'application/json',
    'X-Request-ID': 'f9c1b6a4-7c0d-4a3e-9a53-0c2c9d3f5b11',
    'X-Correlation-ID': '0d5e1a39-1f63-4c0e-8a3f-6b3b2b1d7c22',
    'OCPI-from-country-code': fromCountry,
    'OCPI-from-party-id': fromParty,
    'OCPI-to-country-code': toCountry,
    'OCPI-to-party-id': toParty,
  };
}
