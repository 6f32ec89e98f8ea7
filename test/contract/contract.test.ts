/** The admin API is what its OpenAPI document says: every operation, called well and badly. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ask, said } from './ask';
import { Document, type Operation } from './document';
import { badEverywhere } from './everywhere';
import { type Bad } from './row';
import { ROWS } from './rows';
import { startWorld, type World } from './world';

const VALIDATOR = join(__dirname, '../../node_modules/.bin/validate-api');
/** Creations of which there is one at a time: a repetition is refused, and makes nothing twice. */
const ONE_AT_A_TIME = ['startCapture'];
let world: World;
let document: Document;

beforeAll(async () => {
  world = await startWorld();
  document = await Document.of(world.hub.adminUrl);
});
afterAll(() => world?.close());

function operation(id: string): Operation {
  const found = document.operations.find((one) => one.id === id);
  if (found === undefined) throw new Error(`the document has no operation ${id}`);
  return found;
}

describe('the document', () => {
  test('is valid OpenAPI 3.1', async () => {
    expect(document.text.openapi).toBe('3.1.0');
    const folder = await mkdtemp(join(tmpdir(), 'openapi-'));
    const file = join(folder, 'openapi.json');
    await writeFile(file, JSON.stringify(document.text));
    const { stdout } = await promisify(execFile)(VALIDATOR, [file]);
    await rm(folder, { recursive: true });
    expect(JSON.parse(stdout)).toEqual({ valid: true });
  });

  test('has exactly the operations of the table, each once', () => {
    expect(document.operations.map(({ id }) => id).sort()).toEqual(Object.keys(ROWS).sort());
    for (const { good, bad } of Object.values(ROWS)) {
      expect([Object.keys(good).length > 0, Object.keys(bad).length > 0]).toEqual([true, true]);
    }
  });

  test('says of every operation what it does, and shows each of its bodies by a fitting example', () => {
    for (const one of document.operations) {
      expect([one.id, one.summary]).toEqual([one.id, expect.stringMatching(/\w/)]);
      expect([one.id, document.exampleFaults(one)]).toEqual([one.id, []]);
      for (const { description } of Object.values(one.responses)) expect(description).toMatch(/\w/);
    }
  });

  test('lets every creation be repeated, every list be paged, every change be conditional', () => {
    for (const { id, method, path, parameters, responses } of document.operations) {
      const names = parameters.map(({ name }) => name);
      const isList =
        JSON.stringify(responses['200']?.content ?? {}).includes('next_cursor') && method === 'GET';
      const about = [id, names];
      if (responses['201'] && !ONE_AT_A_TIME.includes(id))
        expect(about).toEqual([id, expect.arrayContaining(['Idempotency-Key'])]);
      if (isList) expect(about).toEqual([id, expect.arrayContaining(['cursor', 'limit'])]);
      if (method !== 'GET' && path.includes('{id}')) {
        expect(about).toEqual([id, expect.arrayContaining(['If-Match'])]);
        expect(Object.keys(responses)).toContain('412');
      }
    }
  });
});

describe.each(Object.entries(ROWS))('%s', (id, { good, bad }) => {
  test.each(Object.entries(good))('%s succeeds as the document says', async (_what, prepare) => {
    const answer = await ask(world, operation(id), await prepare(world));
    const success = Object.keys(operation(id).responses).find((status) => status.startsWith('2'));
    expect([said(answer), document.faultsOf(operation(id), answer)]).toEqual([Number(success), []]);
  });

  const refused = async ({ sent, code, fields }: Bad): Promise<void> => {
    const answer = await ask(world, operation(id), await sent(world));
    const expected = { code, fields: fields ?? (said(answer) as { fields: unknown }).fields };
    expect([said(answer), document.faultsOf(operation(id), answer)]).toEqual([expected, []]);
  };

  test.each(Object.entries(bad))('%s is refused as the document says', (_what, call) => refused(call));

  test('is refused for what is wrong everywhere', async () => {
    const [first] = Object.values(good);
    for (const call of Object.values(badEverywhere(operation(id), first!))) await refused(call);
  });
});
