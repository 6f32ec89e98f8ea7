import { type OwnerFact } from '../ports';
import { Learner } from './learner';
import { answered, directoryOf, openMessage, platformOf, type Said } from './message.fixture';

const directory = directoryOf(
  platformOf('NL*CPO', 'CPO'),
  platformOf('DE*MSP', 'EMSP'),
  platformOf('FR*MSP', 'EMSP'),
);
const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

let now = 0;
let told: OwnerFact[][] = [];
let learner: Learner;
beforeEach(() => {
  [now, told] = [0, []];
  const learn = (facts: readonly OwnerFact[]): void => void told.push([...facts]);
  learner = new Learner({ learn }, SILENT, () => now);
});

function hear(said: Said, to: string, ocpiStatus = 1000): void {
  const relayed = answered(openMessage(directory, said), to, { status_code: ocpiStatus });
  learner.hear({ ...relayed, answer: { ...relayed.answer, ocpiStatus } });
}
const put = (path: string, body: object = {}): Said => ({ from: 'NL*CPO', method: 'PUT', path, body });
const LOCATION = 'receiver/locations/NL/CPO/LOC1';
const SESSION = 'receiver/sessions/NL/CPO/S1';

describe('what is learned from pushes', () => {
  test('is told once a minute of an object that is pushed again and again', () => {
    for (now = 0; now < 180_000; now += 1_000) hear(put(LOCATION), 'DE*MSP');
    expect(told).toHaveLength(3);
  });

  test('is told once of an object whose owner is the same whoever receives it', () => {
    for (const to of ['DE*MSP', 'FR*MSP', 'DE*MSP']) hear(put(LOCATION), to);
    expect(told.flat()).toHaveLength(1);
  });

  test('does not remember paths of any length', () => {
    for (let n = 0; n < 2; n++) hear(put(`${LOCATION}?${'x'.repeat(1_000)}`), 'DE*MSP');
    expect(told).toHaveLength(2);
  });

  test('is told of each object, and of each receiver where that tells something', () => {
    hear(put(SESSION), 'DE*MSP');
    hear(put(SESSION), 'FR*MSP');
    hear(put(`${SESSION}0`), 'FR*MSP');
    expect(told.map(([first]) => `${first!.id} ${first!.owner.partyId}`)).toEqual([
      'S1 CPO',
      'S1 CPO',
      'S10 CPO',
    ]);
    expect(told[1]![2]!.owner.countryCode).toBe('FR');
  });

  test('is told again after one that failed, which taught nothing', () => {
    hear(put(LOCATION), 'DE*MSP', 2001);
    hear(put(LOCATION), 'DE*MSP');
    expect(told.map((facts) => facts.length)).toEqual([0, 1]);
  });

  test('is told each time where the body says what it is', () => {
    const cdr = (uid: string): Said => ({
      ...{ from: 'NL*CPO', method: 'POST', path: 'receiver/cdrs' },
      body: { cdr_token: { uid, type: 'RFID' } },
    });
    hear(cdr('A1'), 'DE*MSP');
    hear(cdr('B2'), 'DE*MSP');
    expect(told.flat().map(({ id }) => id)).toEqual(['A1', 'B2']);
  });

  test('does not grow without bound', () => {
    for (let n = 0; n < 50_000; n++) hear(put(`${LOCATION}${n}`), 'DE*MSP');
    hear(put(`${LOCATION}0`), 'DE*MSP');
    expect(told).toHaveLength(50_001);
  });
});
