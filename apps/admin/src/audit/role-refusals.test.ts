import { type Actor } from '@app/hub';
import { type Logger } from '@app/runtime';
import { type FastifyRequest } from 'fastify';
import { AuditLogTwin } from '../../../../libs/testkit/src/twin';
import { RoleRefusals } from './role-refusals';

const ID = '7d1c2d5e-3f55-4a0a-9f0c-3c5b6d0f2a11';
const VIEWER: Actor = { id: ID, name: 'Looks', role: 'viewer' };
const OTHER: Actor = { ...VIEWER, id: ID.replace('7', '8'), name: 'Looks too' };
const contract = {
  call: (method: string, route: string) => ({
    ...{ operationId: `${method} ${route}`, takesQuery: false, takesBody: false },
  }),
  isRead: (route: string) => route === '/admin/v1/platforms/:id',
};

function requestOf(method: string, route: string, id = ID): FastifyRequest {
  return {
    method,
    params: { id },
    routeOptions: { url: route },
    body: { x: 'y' },
  } as unknown as FastifyRequest;
}
const SUSPEND = requestOf('POST', '/admin/v1/platforms/:id/suspend');

function world() {
  const audit = new AuditLogTwin();
  const logged: unknown[] = [];
  const write = (line: unknown): number => logged.push(line);
  const clock = { now: new Date('2026-01-31T08:00:30Z') };
  const log = { error: write, warn: write } as unknown as Logger;
  const refusals = new RoleRefusals({ audit, log, registration: { now: () => clock.now } }, contract);
  const entries = async () =>
    (await audit.list({ outcomes: ['refused'] }, { cursor: null, limit: 100 })).data;
  return { audit, logged, clock, refusals, entries };
}

test('who tried what is kept as refused, without its input', async () => {
  const { audit, refusals, entries } = world();
  await refusals.note(SUSPEND, VIEWER, 'forbidden');
  const [entry] = await entries();
  expect(await audit.find(entry!.id)).toMatchObject({
    ...{ actor: VIEWER, action: 'POST /admin/v1/platforms/:id/suspend', target: `platforms/${ID}` },
    ...{ outcome: 'refused', error: 'forbidden', input: null, before: null, after: null },
  });
});

test('a HEAD is named as the GET that it is, and a target is cut', async () => {
  const { refusals, entries } = world();
  await refusals.note(requestOf('HEAD', '/admin/v1/api-keys/:id', 'x'.repeat(700)), VIEWER, 'forbidden');
  expect(await entries()).toMatchObject([{ action: 'GET /admin/v1/api-keys/:id' }]);
  expect((await entries())[0]!.target).toHaveLength(255);
});

test('ten a minute are kept of each key, and that there were more is logged once', async () => {
  const { refusals, entries, clock, logged } = world();
  const flood = (caller: Actor) =>
    Promise.all(Array.from({ length: 50 }, () => refusals.note(SUSPEND, caller, 'forbidden')));
  await flood(VIEWER);
  await flood(OTHER);
  expect(await entries()).toHaveLength(20);
  expect(logged).toEqual([
    { keyId: VIEWER.id, name: 'Looks' },
    { keyId: OTHER.id, name: 'Looks too' },
  ]);
  clock.now = new Date('2026-01-31T08:01:00Z');
  await flood(VIEWER);
  expect(await entries()).toHaveLength(30);
});

test('a log that cannot be written keeps nothing from being refused', async () => {
  const { audit, refusals, logged } = world();
  jest.spyOn(audit, 'open').mockRejectedValue(new Error('no database'));
  await expect(refusals.note(SUSPEND, VIEWER, 'forbidden')).resolves.toBeUndefined();
  expect(logged).toHaveLength(1);
});
