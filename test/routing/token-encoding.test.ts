/**
 * Platforms that do not read tokens in Base64, as many 2.2 systems.
 *
 * Spec: 2.2.1-d2 transport_and_format, Authorization header, NOTE.
 */
import { type TestPlatform } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';

const CPO = party('NL*CPO', 'CPO');
const PLAIN = { tokenEncoding: 'plain' } as const;

let hub: TestHub;
let caller: JoinedPlatform;
beforeEach(async () => {
  hub = await startHub();
  caller = await hub.join('caller', [party('DE*MSP', 'EMSP')]);
});
afterEach(() => hub.close());

/** The hub registers itself there. */
async function joined(platform: TestPlatform): Promise<string> {
  const { id } = await hub.admin.createPlatform(platform.name, [CPO]);
  await hub.admin.register(id, platform.versionsUrl, platform.tokens.offer());
  return id;
}

/** What a message brings with it when it arrives. */
async function shownTo(platform: TestPlatform): Promise<string | undefined> {
  const answer = await caller.call({ module: 'locations', interfaceRole: 'SENDER', method: 'GET', to: CPO });
  expect(answer.json().status_code).toBe(1000);
  return platform.received.at(-1)?.headers.authorization;
}

const encodingOf = async (id: string): Promise<unknown> => (await hub.admin.show(id)).token_encoding;
const plain = ({ tokens }: TestPlatform): string => `Token ${tokens.current}`;
const encoded = ({ tokens }: TestPlatform): string =>
  `Token ${Buffer.from(tokens.current).toString('base64')}`;

it('a platform that registers is shown its token plainly from then on, also after a rotation', async () => {
  const platform = await hub.join('plain', [CPO], PLAIN);
  expect(await encodingOf(platform.id)).toBe('plain');
  expect(await shownTo(platform)).toBe(plain(platform));
  await hub.admin.rotateToken(platform.id);
  expect(await shownTo(platform)).toBe(plain(platform));
});

it('so is one at which the hub registers itself, and it is told plainly of the end', async () => {
  const platform = await hub.start('plain', [CPO], PLAIN);
  const id = await joined(platform);
  expect(await encodingOf(id)).toBe('plain');
  expect(await shownTo(platform)).toBe(plain(platform));
  const shown = plain(platform);
  await hub.admin.unregister(id);
  expect(platform.configuration.all.at(-1)).toMatchObject({
    method: 'DELETE',
    headers: { authorization: shown },
  });
});

it('one that learns Base64 is shown it in Base64 after its next update', async () => {
  const platform = await hub.join('plain', [CPO], PLAIN);
  platform.tokens.encoding = 'base64';
  await platform.update();
  expect(await encodingOf(platform.id)).toBe('base64');
  expect(await shownTo(platform)).toBe(encoded(platform));
});

it('one that takes the token in neither way is 3001, with its first refusal', async () => {
  const platform = await hub.start('stranger', [CPO], PLAIN);
  const { id } = await hub.admin.createPlatform('stranger');
  const refused = hub.admin.register(id, platform.versionsUrl, 'no-token-of-it');
  await expect(refused).rejects.toThrow(/versions: HTTP 401/);
});
