import { FINDERS, partyKey } from '@app/ocpi';
import { InMemoryCourier, OwnerIndexTwin, type Script } from '@app/testkit';
import { type AgreementBook } from '../agreement';
import { type Directory, type Newcomers } from '../directory';
import { type AskParts, askIssuers } from './ask-issuers';
import { directoryOf, openMessage, pair, platformOf } from './message.fixture';

const TOKEN = { from: 'NL*CPO', method: 'POST', path: 'sender/tokens/04A/authorize' };
const allowed = (word: string, delayMs = 0): Script => ({
  ...{ httpStatus: 200, delayMs },
  body: JSON.stringify({ status_code: 1000, data: { allowed: word } }),
});
const status = (code: number): Script => ({ httpStatus: 200, body: JSON.stringify({ status_code: code }) });
const UNKNOWN: Script = { ...status(2004), httpStatus: 404 };

function partsOf(directory: Directory, courier: InMemoryCourier, authorize = 300): AskParts {
  return {
    ...{ directory, courier, newId: () => 'id', now: () => new Date() },
    ...{
      owners: new OwnerIndexTwin(),
      newcomers: { lookUpParty: async () => undefined } as unknown as Newcomers,
    },
    ...{ patience: { forward: 1, command: 1, authorize }, detours: {} as AskParts['detours'] },
  };
}

/** Asks eMSPs that answer so; the first script is of DE*M00, the next of DE*M01. */
function poll(scripts: readonly Script[], authorize?: number) {
  const courier = new InMemoryCourier();
  const keys = scripts.map((_, n) => `DE*M${String(n).padStart(2, '0')}`);
  scripts.forEach((script, n) =>
    courier.script(`http://${keys[n]!.replace('*', '.')}/SENDER/tokens/04A/authorize`, script),
  );
  const directory = directoryOf(platformOf('NL*CPO', 'CPO'), ...keys.map((key) => platformOf(key, 'EMSP')));
  const message = openMessage(directory, TOKEN);
  const answer = askIssuers(message, FINDERS.token.ask, partsOf(directory, courier, authorize));
  return { courier, answer };
}

const from = async (scripts: readonly Script[]) => partyKey((await poll(scripts).answer).answer.from);

describe('asking who has a token', () => {
  test('ALLOWED wins over what came before it, and over what is still to come', async () => {
    expect(await from([allowed('BLOCKED'), allowed('ALLOWED', 30), { hang: true }])).toBe('DE*M01');
  });

  test('else the most telling verdict counts, and 2002 (known, but where?) more than unknown', async () => {
    expect(await from([allowed('NOT_ALLOWED'), allowed('EXPIRED', 20), allowed('NO_CREDIT')])).toBe('DE*M01');
    expect(await from([UNKNOWN, status(2002), UNKNOWN])).toBe('DE*M01');
  });

  test.each([
    ['all unknown', [UNKNOWN, status(2004), { httpStatus: 404, body: '<html>' }], 'token_unknown'],
    ['one in trouble, the other unknown', [status(3000), UNKNOWN], 'token_unknown'],
    ['one unreachable, the other unknown', [{ fault: 'refused' }, UNKNOWN], 'token_unknown'],
    ['all unreachable', [{ fault: 'refused' }, { fault: 'dns' }], 'issuers_unreachable'],
    ['one silent', [UNKNOWN, { hang: true }], 'answer_timeout'],
    ['nobody to ask', [], 'token_unknown'],
  ] as const)('%s', async (_, scripts, code) => {
    await expect(poll(scripts).answer).rejects.toMatchObject({ code });
  });

  test('when nobody can say, one who is in trouble has the word: the token is not called unknown', async () => {
    const { answer } = await poll([{ fault: 'refused' }, { ...status(3000), httpStatus: 500 }]).answer;
    expect([answer.httpStatus, answer.ocpiStatus, partyKey(answer.from)]).toEqual([500, 3000, 'DE*M01']);
  });

  test('the whole takes no longer than one authorization', async () => {
    const started = performance.now();
    const many = Array.from({ length: 90 }, (): Script => ({ hang: true }));
    await expect(poll(many, 100).answer).rejects.toMatchObject({ code: 'answer_timeout' });
    expect(performance.now() - started).toBeLessThan(1_500);
  });

  test('at most 64 are asked at the same time, and all are asked', async () => {
    const { courier, answer } = poll(
      Array.from({ length: 90 }, () => ({ ...UNKNOWN, delayMs: 20 }) as Script),
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(courier.sent).toHaveLength(64);
    await expect(answer).rejects.toMatchObject({ code: 'token_unknown' });
    expect(courier.sent).toHaveLength(90);
  });

  test('asked are connected parties of eMSP roles with the endpoint and an agreement, and never the sender', async () => {
    const courier = new InMemoryCourier();
    const own = platformOf('NL*CPO', 'CPO');
    const both = { ...own, parties: [...own.parties, { ...own.parties[0]!, role: 'EMSP' as const }] };
    const directory = directoryOf(
      ...[both, platformOf('DE*YES', 'EMSP'), platformOf('DE*NSP', 'NSP'), platformOf('DE*CPO', 'CPO')],
      ...[
        platformOf('DE*OFF', 'EMSP', { status: 'OFFLINE' }),
        platformOf('DE*SUS', 'EMSP', { suspended: true }),
      ],
      ...[platformOf('DE*END', 'EMSP', { endpoints: [] }), platformOf('DE*DEN', 'EMSP')],
    );
    const book: Pick<AgreementBook, 'allows'> = { allows: ({ to }) => to.party.partyId !== 'DEN' };
    Object.defineProperty(directory, 'agreements', { value: book });
    const message = openMessage(directory, TOKEN);
    const answer = askIssuers(message, FINDERS.token.ask, partsOf(directory, courier));
    await expect(answer).rejects.toMatchObject({ code: 'issuers_unreachable' });
    expect(courier.sent.map(({ platformId }) => platformId).sort()).toEqual(['DE*NSP', 'DE*YES']);
    expect(message.from).toEqual(pair('NL*CPO'));
  });
});
