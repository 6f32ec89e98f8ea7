import { INTERFACES, MODULES, type Party } from '@app/ocpi';
import { fixtureFor } from './fixtures';

const cpo: Party = { countryCode: 'DE', partyId: 'CPO', role: 'CPO' };
const emsp: Party = { countryCode: 'NL', partyId: 'TNM', role: 'EMSP' };

const ROWS = MODULES.flatMap(({ module, interfaces }) =>
  INTERFACES.flatMap((interfaceRole) =>
    interfaces[interfaceRole].operations.map(({ method }) => ({ module, interfaceRole, method })),
  ),
);

test.each(ROWS)('there is a fixture for $method on $module $interfaceRole', (row) => {
  const { rest, query, body } = fixtureFor(row, { cpo, emsp });
  expect(rest === '' || rest.startsWith('/')).toBe(true);
  expect(`${rest}${query}`).not.toMatch(/[\s?#]/);
  expect(body !== null).toBe(['POST', 'PUT', 'PATCH'].includes(row.method));
});

test.each(ROWS.filter((row) => fixtureFor(row, { cpo, emsp }).body !== null))(
  'the body of $method on $module $interfaceRole is JSON that does not survive parsing and writing',
  (row) => {
    const text = fixtureFor(row, { cpo, emsp }).body!.toString();
    const parsed = JSON.parse(text) as object;
    expect(parsed).toMatchObject({ x_price: 1, x_exponent: 100, x_twice: 2, x_text: 'café 🚗 / é' });
    for (const form of ['1.00', '1e2', '12345678901234567890', '\\u00e9']) expect(text).toContain(form);
    expect(JSON.stringify(parsed)).not.toBe(text);
  },
);
