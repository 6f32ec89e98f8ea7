import { madeBy, placeOf, subjectOf } from './subject';

const READ = ['/a', '/a/:id', '/a/:id/hosts', '/a/:id/notes', '/a/:id/notes/:id'];
const isRead = (route: string): boolean => READ.includes(route);

test.each([
  ['/a/:id', '/a/7', '/a/7'],
  ['/a/:id/suspend', '/a/7/suspend', '/a/7'],
  ['/a/:id/deliveries/pause', '/a/7/deliveries/pause', '/a/7'],
  ['/a/:id/hosts', '/a/7/hosts', '/a/7/hosts'],
  ['/a/:id/keys/:key', '/a/7/keys/8', '/a/7'],
  ['/a', '/a', undefined],
  ['/a/import', '/a/import', undefined],
  ['/b/:id', '/b/7', undefined],
])('a call of %s changes, at %s, %s', (route, path, subject) => {
  expect(subjectOf({ route, path }, isRead)).toBe(subject);
});

test.each([
  ['/a', '/a', { id: '9' }, '/a/9'],
  ['/a/:id/notes', '/a/7/notes', { id: '9' }, '/a/7/notes/9'],
  ['/a/:id/suspend', '/a/7/suspend', { id: '7' }, undefined],
  ['/a', '/a', { retried: 9 }, undefined],
  ['/a', '/a', undefined, undefined],
])('a call of %s makes, by the answer of %s, %j at %s', (route, path, answer, made) => {
  expect(madeBy({ route, path }, answer, isRead)).toBe(made);
});

const ID = '7d1c2d5e-3f55-4a0a-9f0c-3c5b6d0f2a11';

test.each([
  [{ id: ID }, `/a/${ID}/hosts`],
  [{ id: ID.toUpperCase() }, `/a/${ID}/hosts`],
  [{ id: 'A/../b c' }, '/a/A%2F..%2Fb%20c/hosts'],
])('%j is at one place, however it was written', (params, path) => {
  expect(placeOf({ route: '/a/:id/hosts', params })).toEqual({ route: '/a/:id/hosts', path });
});
