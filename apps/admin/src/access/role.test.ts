import { type ApiRole } from '@app/hub';
import { leastRole, reaches } from './role';

test.each<[string, ApiRole | undefined, ApiRole]>([
  ['GET', undefined, 'viewer'],
  ['HEAD', undefined, 'viewer'],
  ['POST', undefined, 'operator'],
  ['PUT', 'viewer', 'operator'],
  ['PATCH', undefined, 'operator'],
  ['DELETE', undefined, 'operator'],
  ['QUERY', undefined, 'operator'],
  ['GET', 'operator', 'operator'],
  ['GET', 'owner', 'owner'],
  ['DELETE', 'owner', 'owner'],
])('%s on a call that asks for %s takes the role %s', (method, asked, least) => {
  expect(leastRole(method, asked)).toBe(least);
});

test('a role reaches itself and those below it', () => {
  expect(reaches('owner', 'operator')).toBe(true);
  expect(reaches('operator', 'operator')).toBe(true);
  expect(reaches('viewer', 'operator')).toBe(false);
  expect(reaches('operator', 'owner')).toBe(false);
});
