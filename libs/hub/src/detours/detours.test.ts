import { randomBytes } from 'node:crypto';
import { DETOUR_ID_BYTES, moduleRow, operationOf } from '@app/ocpi';
import { DetourStoreTwin } from '../../../testkit/src/twin';
import { PlatformEntry } from '../directory';
import { type Answer, type Permitted, type Receiver } from '../exchange';
import { type DetourStore, type PlatformRecord } from '../ports';
import { carriesUrl } from './backward';
import { Detours } from './detours';

const NOW = new Date('2026-01-01T00:00:00Z');
const cpo = { countryCode: 'NL', partyId: 'CPO' };
const emsp = { countryCode: 'DE', partyId: 'MSP' };

function platform(id: string): PlatformEntry {
  const record = { id, versionsUrl: `https://${id}.example/versions`, version: '2.2.1' };
  const none = { endpoints: [], parties: [], issuedTokens: [], allowedHosts: [], peerToken: null };
  return new PlatformEntry({ ...record, ...none } as unknown as PlatformRecord);
}

const receiver: Receiver = { platform: platform('emsp'), party: emsp, endpoint: 'https://emsp.example/cdrs' };

function message(module: string, interfaceRole: 'SENDER' | 'RECEIVER', method: string): Permitted {
  const row = moduleRow(module);
  return {
    ...{ method, from: cpo, caller: platform('cpo'), ids: { requestId: 'r', correlationId: 'c' } },
    ...{ row, operation: row && operationOf(row, interfaceRole, method) },
    path: `/ocpi/2.2.1/${interfaceRole.toLowerCase()}/${module}`,
    target: { version: '2.2.1', interfaceRole, module, rest: '', query: '' },
  } as Permitted;
}

function answered(headers: Record<string, string>, httpStatus = 201): Answer {
  return { httpStatus, ocpiStatus: 1000, headers, body: Buffer.from('{}'), from: emsp };
}

function detours(store: DetourStore, lines: string[] = []): Detours {
  const keep = (_fields: object, line: string): void => void lines.push(line);
  return new Detours({
    ...{ store, publicUrl: 'https://hub.example', responseTtlSeconds: 60, now: () => NOW },
    newId: () => randomBytes(DETOUR_ID_BYTES).toString('base64url'),
    log: { info: keep, warn: keep, error: keep },
  });
}

const failing: DetourStore = {
  keep: () => Promise.reject(new Error('no database')),
  findPage: () => Promise.reject(new Error('no database')),
  find: () => Promise.reject(new Error('no database')),
  purge: () => Promise.reject(new Error('no database')),
};

const back = (made: Detours, of: Permitted, answer: Answer): Promise<Answer> =>
  made.backward(of, receiver, 'https://emsp.example/cdrs', answer);

test('a CDR that has arrived is no failure because its Location cannot be kept: it is left out, and logged', async () => {
  const lines: string[] = [];
  const answer = answered({ location: '/cdrs/1', 'x-limit': '3' });
  const rewritten = await back(detours(failing, lines), message('cdrs', 'RECEIVER', 'POST'), answer);
  expect(rewritten).toEqual({ ...answer, headers: { 'x-limit': '3' } });
  expect(lines).toHaveLength(1);
});

test('a Location beside a refusal of the receiver is left out', async () => {
  const answer = answered({ location: '/cdrs/1', 'x-limit': '3' }, 404);
  const given = await back(detours(failing), message('cdrs', 'RECEIVER', 'POST'), answer);
  expect(given.headers).toEqual({ 'x-limit': '3' });
});

test('a page whose Link cannot be kept is not handed on without it', async () => {
  const answer = answered({ link: '</2>; rel="next"' });
  await expect(back(detours(failing), message('cdrs', 'SENDER', 'GET'), answer)).rejects.toThrow(
    'no database',
  );
});

test('an answer that names more next pages than make sense is refused', async () => {
  const answer = answered({ link: Array.from({ length: 5 }, () => '</2>; rel="next"').join() });
  const refused = back(detours(new DetourStoreTwin()), message('cdrs', 'SENDER', 'GET'), answer);
  await expect(refused).rejects.toMatchObject({ code: 'next_page_elsewhere' });
});

test('each detour expires by its kind: results and CDRs as set, pages after hours', async () => {
  const store = new DetourStoreTwin();
  const made = detours(store);
  const location = await back(made, message('cdrs', 'RECEIVER', 'POST'), answered({ location: '/1' }));
  const link = await back(made, message('cdrs', 'SENDER', 'GET'), answered({ link: '</2>; rel="next"' }));
  const body = Buffer.from('{"response_url":"https://cpo.example/r"}');
  const onward = await made.onward(
    { ...message('commands', 'RECEIVER', 'POST'), body, headers: {} },
    receiver,
  );
  const texts = [location.headers.location, link.headers.link, onward.body?.toString()];
  const kept = await Promise.all(texts.map((text) => made.find(/callback\/([\w-]+)/.exec(text ?? '')![1]!)));
  expect(kept.map((detour) => [detour?.kind, detour?.expiresAt?.toISOString()])).toEqual([
    ['location', '2026-01-01T00:01:00.000Z'],
    ['link', '2026-01-01T12:00:00.000Z'],
    ['response', '2026-01-01T00:01:00.000Z'],
  ]);
});

test('only the header that an operation answers with leads back; a custom module’s list may be paged', async () => {
  const made = detours(new DetourStoreTwin());
  const both = answered({ link: '<a>', location: 'b' });
  const namesAfter = async (of: Permitted, answer: Answer): Promise<string[]> =>
    Object.keys((await back(made, of, answer)).headers);
  expect(await namesAfter(message('locations', 'RECEIVER', 'PUT'), both)).toEqual([]);
  expect(await namesAfter(message('cdrs', 'RECEIVER', 'POST'), answered({ link: '<a>' }))).toEqual([]);
  expect(await namesAfter(message('cdrs', 'RECEIVER', 'POST'), both)).toEqual(['location']);
  expect(await namesAfter(message('x-custom', 'SENDER', 'GET'), both)).toEqual(['link']);
  expect([carriesUrl(both), carriesUrl(answered({ 'x-limit': '3' }))]).toEqual([true, false]);
});
