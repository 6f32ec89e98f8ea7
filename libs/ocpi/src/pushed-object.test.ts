import { pushedObject } from './pushed-object';

test.each([
  ['/NL/CPO/LOC1', '/nl/cpo/loc1/'],
  ['/NL/CPO/LOC%2D1', '/NL/CPO/loc-1'],
  ['//NL/CPO/A%20b', '/NL/CPO/a%20B'],
])('%s and %s are one object', (one, other) => {
  expect(pushedObject('locations', one)).toEqual(pushedObject('locations', other));
});

test('an EVSE and its connector belong to their location, but are places of their own', () => {
  const [location, evse] = ['/NL/CPO/LOC1', '/NL/CPO/LOC1/E1/1'].map((rest) =>
    pushedObject('locations', rest),
  );
  expect(evse?.key).toBe(location?.key);
  expect(evse?.path.startsWith(`${location?.path}/`)).toBe(true);
});

test.each(['/NL/CPO/LOC2', '/NL/CPX/LOC1', '/DE/CPO/LOC1', '/NL/CPO/LOC1%2FE1', '/NL/CPO/%zz'])(
  '%s is not /NL/CPO/LOC1',
  (rest) => {
    expect(pushedObject('locations', rest).key).not.toBe(pushedObject('locations', '/NL/CPO/LOC1').key);
  },
);

test('two tokens of one uid and different types keep their order, but do not stand for each other', () => {
  const one = pushedObject('tokens', '/NL/TNM/04E5', '?type=RFID');
  const other = pushedObject('tokens', '/NL/TNM/04E5', '?type=APP_USER');
  expect(one.key).toBe(other.key);
  expect(one.path).not.toBe(other.path);
});
