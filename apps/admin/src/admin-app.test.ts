import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { type CaptureStore, type DeliveryArchive, Directory } from '@app/hub';
import { createMetrics, type Logger } from '@app/runtime';
import { InMemoryCourier } from '@app/testkit';
import {
  AgreementStoreTwin,
  ApiKeyStoreTwin,
  AuditLogTwin,
  MessageLogTwin,
  PlatformStoreTwin,
  TurnsTwin,
} from '../../../libs/testkit/src/twin';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createAdminApp } from './admin-app';

const KEY = 'the-key-of-the-operator';
const HUB = {
  party: { countryCode: 'DE', partyId: 'HUB' },
  businessDetails: { name: 'Hub' },
  versionsUrl: 'https://hub.example/ocpi/versions',
};
const platforms = '/admin/v1/platforms';

/** What these tests do with deliveries is to have none. */
const NO_DELIVERIES: DeliveryArchive = {
  list: async () => ({ data: [], nextCursor: null }),
  find: async () => undefined,
  retry: async () => ({ outcome: 'not_found' }),
  discard: async () => ({ outcome: 'not_found' }),
  pause: async () => undefined,
  resume: async () => [],
  receivers: async () => ({ data: [], nextCursor: null }),
  resynced: async () => undefined,
};
const NO_CAPTURES: CaptureStore = {
  start: async () => ({ outcome: 'not_found' }),
  find: async () => undefined,
  stop: async () => false,
  list: async () => ({ data: [], nextCursor: null }),
  erase: async () => false,
};
const store = new PlatformStoreTwin();
const messages = new MessageLogTwin();
const logged: unknown[] = [];
let app: NestFastifyApplication;

beforeAll(async () => {
  const write = (...line: unknown[]): number => logged.push(line);
  const log = { fatal: write, error: write, warn: write, info: write, debug: write, trace: write };
  app = await createAdminApp({
    registration: {
      ...{ store, hub: HUB, courier: new InMemoryCourier(), directory: new Directory(), newId: randomUUID },
      ...{ timeoutMs: 1_000, tokenGraceSeconds: 600, partyApproval: true, now: () => new Date(), log },
      handshakes: { record: async () => undefined },
      limits: { parties: 100, customModules: 20, updatesPerHour: 20 },
    },
    usage: { usageOf: async () => ({ objects: 0, bytes: 0 }), countStored: async () => 0 },
    storageLimits: { objects: 1, bytes: 1 },
    messages,
    lists: { statesOf: async () => [] },
    handshakes: { list: async () => ({ data: [], nextCursor: null }) },
    statuses: {
      suspend: async () => false,
      resume: async () => false,
      history: async () => ({ data: [], nextCursor: null }),
    },
    agreements: new AgreementStoreTwin(),
    captures: NO_CAPTURES,
    captureKeepSeconds: 60,
    captureMaxBytesPerPlatform: 1_000_000,
    captureMaxBytesTotal: 4_000_000,
    deliveries: NO_DELIVERIES,
    deliveryMaxAgeSeconds: 900,
    health: { metrics: createMetrics(), ready: async () => ({ postgres: 'down' }) },
    log: log as unknown as Logger,
    apiKey: KEY,
    apiKeys: new ApiKeyStoreTwin(),
    audit: new AuditLogTwin(),
    turns: new TurnsTwin(),
  });
});
afterAll(() => app.close());
afterEach(() => jest.restoreAllMocks());

interface Call {
  readonly headers?: Record<string, string>;
  readonly payload?: string | object;
}

async function call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, { headers, payload }: Call = {}) {
  const answer = await app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${KEY}`, ...headers },
    payload,
  });
  return { status: answer.statusCode, headers: answer.headers, text: answer.body, body: parsed(answer.body) };
}

/** What the tests look at, of whichever answer. */
interface Body {
  readonly message: string;
  readonly details: unknown;
  readonly id: string;
  readonly token_a: string;
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Record<string, { properties: Record<string, { type?: unknown; oneOf?: unknown }> }>;
    readonly securitySchemes: Record<string, unknown>;
  };
}

interface Operation {
  readonly security: unknown;
  readonly summary: string;
  readonly responses: Record<
    string,
    { content: Record<string, { examples: Record<string, { value: unknown }> }> }
  >;
}

function parsed(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {} as Body;
  }
}

describe('the key', () => {
  test.each([
    ['none', ''],
    ['a wrong one', 'Bearer the-key-of-the-operatoR'],
    ['a prefix of it', 'Bearer the-key'],
    ['a longer one', `Bearer ${KEY}x`],
    ['another scheme', `Token ${KEY}`],
    ['the bare key', KEY],
  ])('%s opens no call under /admin/v1', async (_name, authorization) => {
    const urls = [platforms, `${platforms}/${randomUUID()}`, '/admin/v1/parties', '/admin/v1/messages'];
    for (const url of urls) {
      const answer = await call('GET', url, { headers: { authorization } });
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual({ status: 401, code: 'unauthorized', message: expect.any(String) });
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
    const creation = await call('POST', platforms, { headers: { authorization }, payload: { name: 'x' } });
    expect(creation.status).toBe(401);
    expect((await store.loadAll()).length).toBe(0);
  });

  test('is asked for however the path is written', async () => {
    for (const url of ['/admin/v1/part%69es', '/%61dmin/v1/parties', '/admin/v1/parties?x=/health/live']) {
      expect((await call('GET', url, { headers: { authorization: '' } })).status).toBe(401);
    }
  });

  test('is not asked for by health, metrics, the contract and its page', async () => {
    for (const url of ['/health/live', '/metrics', '/admin/openapi.json', '/admin/docs']) {
      expect((await call('GET', url, { headers: { authorization: '' } })).status).toBe(200);
    }
    expect((await call('GET', '/health/ready')).status).toBe(503);
  });
});

describe('an error', () => {
  const raw = (payload: string, type = 'application/json'): Call => ({
    payload,
    headers: { 'content-type': type },
  });

  test.each<[string, number, Parameters<typeof call>]>([
    ['not_found', 404, ['GET', '/nothing/here']],
    ['not_found', 404, ['GET', '/admin/v1/nothing']],
    ['bad_request', 400, ['GET', '/admin/v1/%zz']],
    ['method_not_allowed', 405, ['PUT', platforms, { payload: {} }]],
    ['malformed_json', 400, ['POST', platforms, raw('{"name":')]],
    ['malformed_json', 400, ['POST', platforms, raw('{"__proto__":{}}')]],
    ['unsupported_media_type', 415, ['POST', platforms, raw('<a/>', 'text/xml')]],
    ['body_too_large', 413, ['POST', platforms, { payload: { name: 'x'.repeat(1024 * 1024) } }]],
    ['uri_too_long', 414, ['GET', `${platforms}/${'x'.repeat(20_000)}`]],
  ])('%s (%i) has the one form', async (code, status, given) => {
    const answer = await call(...given);
    expect(answer.body).toEqual({ status, code, message: expect.any(String) });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('about a wrong method names the right ones', async () => {
    expect((await call('PUT', `${platforms}?a=b`)).headers.allow).toBe('GET, HEAD, POST');
  });

  test.each([['[]'], ['null'], ['"name"'], ['7'], ['']])(
    'says that the body %s is no object',
    async (payload) => {
      const answer = await call('POST', platforms, raw(payload));
      expect(answer.body.details).toEqual([{ field: 'body', message: 'body must be a JSON object' }]);
    },
  );

  test('about many things at once tells the first 50 of them', async () => {
    const payload = Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`field${n}`, n]));
    for (const url of [platforms, `${platforms}/${randomUUID()}/suspend`]) {
      expect((await call('POST', url, { payload })).body.details).toHaveLength(50);
    }
  });

  test('of the hub itself tells an id and keeps the reason to the log', async () => {
    jest.spyOn(store, 'list').mockRejectedValue(new Error('password of the database'));
    const answer = await call('GET', platforms);
    expect(answer.body).toEqual({
      status: 500,
      code: 'internal',
      message: expect.stringMatching(/: [0-9a-f-]{36}$/),
    });
    const [fields] = logged.at(-1) as [{ id: string; err: Error }];
    expect(answer.body.message).toContain(fields.id);
    expect(fields.err.message).toBe('password of the database');
    expect(answer.text).not.toContain('password');
  });
});

test('neither the key nor a token A is ever logged', async () => {
  const created = await call('POST', platforms, { payload: { name: 'One' } });
  const { id, token_a } = created.body;
  const again = await call('POST', `${platforms}/${id}/token-a`);
  const peer = { versions_url: 'http://peer.example/versions', token_a: 'token-of-the-peer' };
  await call('POST', `${platforms}/${id}/register`, { payload: peer });
  jest.spyOn(store, 'find').mockRejectedValue(new Error('broken'));
  await call('POST', `${platforms}/${id}/register`, { payload: peer });
  await call('GET', platforms, { headers: { authorization: 'Bearer not-the-key' } });
  expect(logged.length).toBeGreaterThan(0);
  for (const secret of [KEY, 'not-the-key', token_a, again.body.token_a, peer.token_a]) {
    expect(inspect(logged, { depth: 10 })).not.toContain(secret);
  }
});

describe('the contract', () => {
  const refsOf = (node: unknown): string[] =>
    typeof node !== 'object' || node === null
      ? []
      : Object.entries(node).flatMap(([key, value]) => (key === '$ref' ? [String(value)] : refsOf(value)));

  test('has a key, a summary, an answer and examples of errors for every call', async () => {
    const { body } = await call('GET', '/admin/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const operations = Object.values(body.paths).flatMap((item) => Object.values(item));
    expect(operations.length).toBeGreaterThan(20);
    for (const operation of operations) {
      expect(operation.security).toEqual([{ bearer: [] }]);
      expect(operation.summary).toMatch(/\w/);
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['400', '401', '403', '500']));
      const example = operation.responses['401']?.content['application/json']?.examples.unauthorized?.value;
      expect(example).toMatchObject({ status: 401, code: 'unauthorized' });
    }
    expect(body.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' });
  });

  test('refers to nothing that it does not hold, and says null the way of 3.1', async () => {
    const { body, text } = await call('GET', '/admin/openapi.json');
    for (const ref of refsOf(body)) {
      const at = ref.slice(2).split('/');
      expect(at.reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], body)).toBeDefined();
    }
    expect(text).not.toContain('"nullable"');
    expect(body.components.schemas.PlatformView?.properties.last_seen?.type).toEqual(['string', 'null']);
    expect(body.components.schemas.TraceNodeView?.properties.delivery?.oneOf).toEqual([
      { $ref: '#/components/schemas/DeliveryView' },
      { type: 'null' },
    ]);
  });

  test('has a page whose assets come from this server alone', async () => {
    const page = await call('GET', '/admin/docs');
    expect(page.headers['content-type']).toContain('text/html');
    const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, asset]) => asset!);
    expect(assets.length).toBeGreaterThan(2);
    for (const asset of assets) {
      const url = new URL(asset, 'http://hub/admin/docs');
      expect(url.host).toBe('hub');
      expect((await call('GET', url.pathname)).status).toBe(200);
    }
  });
});
