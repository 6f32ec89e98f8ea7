import { moduleRow, type ObjectShape } from '@app/ocpi';
import fc from 'fast-check';
import { type ObjectChange } from '../ports';
import { applyToBody, lastUpdatedOf, partOf } from './apply-change';

const SHAPE: ObjectShape = moduleRow('locations')!.object!;
const LOCATION = `{ "id":"LOC1", "x_price" : 1.00,
  "evses":[ {"uid":"E1","status":"AVAILABLE" ,"connectors":[ {"id":"1","max":1e2,"last_updated":"2024-01-01T00:00:00Z"} ],
    "last_updated":"2024-01-01T00:00:00Z"} , {"uid":"E2","n":12345678901234567890,"last_updated":"2024-01-01T00:00:00Z"} ],
  "last_updated":"2024-01-02T00:00:00Z"}`;

async function after(
  method: ObjectChange['method'],
  part: readonly string[],
  body: string,
  stored: string | null = LOCATION,
): Promise<string | undefined> {
  const push = { method, part, body: Buffer.from(body) };
  const bytes = await applyToBody(SHAPE, stored === null ? undefined : Buffer.from(stored), push);
  return bytes && Buffer.from(bytes).toString();
}

test('a PUT of the whole object replaces it, and needs none before', async () => {
  expect(await after('PUT', [], '{ "id":"LOC1","x":2.50}', null)).toBe('{ "id":"LOC1","x":2.50}');
  expect(await after('PUT', [], '{ "id":"LOC1","x":2.50}')).toBe('{ "id":"LOC1","x":2.50}');
});

test('a PATCH of the whole object touches no byte that it does not name', async () => {
  const patch = '{"x_price": 2.50, "last_updated":"2024-02-01T00:00:00Z"}';
  const expected = LOCATION.replace('1.00', '2.50').replace('2024-01-02', '2024-02-01');
  expect(await after('PATCH', [], patch)).toBe(expected);
});

test('a PATCH of an EVSE changes it and the last_updated of the Location, and nothing else', async () => {
  const patch = '{"status":"CHARGING","last_updated":"2024-02-01T00:00:00Z"}';
  const expected = LOCATION.replace('AVAILABLE', 'CHARGING')
    .replace('],\n    "last_updated":"2024-01-01', '],\n    "last_updated":"2024-02-01')
    .replace('2024-01-02', '2024-02-01');
  expect(await after('PATCH', ['E1'], patch)).toBe(expected);
});

test('a PATCH of a Connector moves the last_updated of its EVSE and its Location', async () => {
  const changed = (await after('PATCH', ['E1', '1'], '{"max":3.0,"last_updated":"2024-03-01T00:00:00Z"}'))!;
  const { evses, last_updated } = JSON.parse(changed) as {
    evses: { last_updated: string; connectors: object[] }[];
    last_updated: string;
  };
  expect(changed).toContain('"max":3.0');
  expect(last_updated).toBe('2024-03-01T00:00:00Z');
  expect(evses.map((evse) => evse.last_updated)).toEqual(['2024-03-01T00:00:00Z', '2024-01-01T00:00:00Z']);
  expect(evses[0]!.connectors).toEqual([{ id: '1', max: 3, last_updated: '2024-03-01T00:00:00Z' }]);
});

test('last_updated of what contains a part never goes back', async () => {
  const patch = '{"status":"CHARGING","last_updated":"2024-01-01T12:00:00Z"}';
  expect(lastUpdatedOf(Buffer.from((await after('PATCH', ['E1'], patch))!))).toEqual(
    new Date('2024-01-02T00:00:00Z'),
  );
});

test('a PUT of an EVSE or Connector replaces it or adds it, also where there was no list yet', async () => {
  const evse = '{ "uid":"E2" , "status":"REMOVED"}';
  expect(await after('PUT', ['E2'], evse)).toBe(LOCATION.replace(/\{"uid":"E2"[^}]*\}/, evse));
  expect(await after('PUT', ['E3'], '{"uid":"E3"}')).toBe(
    LOCATION.replace(
      '"2024-01-01T00:00:00Z"} ],\n  "last',
      '"2024-01-01T00:00:00Z"},{"uid":"E3"} ],\n  "last',
    ),
  );
  expect(await after('PUT', ['E2', '9'], '{"id":"9"}')).toContain('"connectors":[{"id":"9"}]');
  expect(await after('PUT', ['E1'], '{"uid":"E1"}', '{"id":"LOC1","evses":null}')).toBe(
    '{"id":"LOC1","evses":[{"uid":"E1"}]}',
  );
});

test('ids of parts are compared without case', async () => {
  expect(await after('PATCH', ['E2'], '{"n":1}', LOCATION.replace('"E2"', '"e2"'))).toContain(
    '"uid":"e2","n":1',
  );
});

test('what patches something that is not there changes nothing', async () => {
  const patch = '{"status":"CHARGING"}';
  expect(await after('PATCH', [], patch, null)).toBeUndefined();
  expect(await after('PUT', ['E1'], '{"uid":"E1"}', null)).toBeUndefined();
  expect(await after('PATCH', ['E9'], patch)).toBeUndefined();
  expect(await after('PATCH', ['E1', '9'], patch)).toBeUndefined();
  expect(await after('PUT', ['E9', '1'], '{"id":"1"}')).toBeUndefined();
  expect(await after('PATCH', ['E1'], patch, '{"id":"LOC1","evses":{}}')).toBeUndefined();
});

test('parts are read by their ids', () => {
  const part = (...ids: string[]) => partOf(Buffer.from(LOCATION), SHAPE.parts, ids)?.toString();
  expect(part()).toBe(LOCATION);
  expect(part('E1', '1')).toBe('{"id":"1","max":1e2,"last_updated":"2024-01-01T00:00:00Z"}');
  expect(part('E2', '1')).toBeUndefined();
  expect(part('E9')).toBeUndefined();
});

const evse = fc.record({ uid: fc.constantFrom('E1', 'E2', 'E3'), a: fc.jsonValue(), b: fc.jsonValue() });
const location = fc.record({
  id: fc.constant('L'),
  evses: fc.uniqueArray(evse, { selector: ({ uid }) => uid }),
});

test('changing bytes means what changing parsed objects means', () => {
  const change = fc.record({ method: fc.constantFrom('PUT' as const, 'PATCH' as const), evse });
  return fc.assert(
    fc.asyncProperty(
      location,
      fc.array(change, { maxLength: 5 }),
      fc.constantFrom(0, 2),
      async (first, changes, indent) => {
        let bytes = JSON.stringify(first, undefined, indent);
        let model = JSON.parse(bytes) as { id: string; evses: { uid: string }[] };
        for (const { method, evse: body } of changes) {
          const text = JSON.stringify(body);
          const known = model.evses.some(({ uid }) => uid === body.uid);
          const next = await after(method, [body.uid], text, bytes);
          expect(next === undefined).toBe(method === 'PATCH' && !known);
          bytes = next ?? bytes;
          const changed = (one: { uid: string }) =>
            one.uid !== body.uid ? one : method === 'PUT' ? body : { ...one, ...body };
          const added = method === 'PUT' && !known ? [body] : [];
          model = JSON.parse(
            JSON.stringify({ ...model, evses: [...model.evses.map(changed), ...added] }),
          ) as typeof model;
        }
        expect(JSON.parse(bytes)).toEqual(model);
      },
    ),
  );
});
