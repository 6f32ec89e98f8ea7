import { invalid, NOBODY, type Prepared, type Rows } from '../row';
import { type World } from '../world';

const BODY = { duration_seconds: 60 };

async function captured(world: World, isEnded = false): Promise<{ path: { id: string } }> {
  const { id } = await world.announced();
  await world.hub.admin.ask('POST', `/platforms/${id}/capture`, BODY);
  if (isEnded) await world.hub.admin.ask('DELETE', `/platforms/${id}/capture`);
  return { path: { id } };
}

const running: Prepared = (world) => captured(world);
const ended: Prepared = (world) => captured(world, true);
const never: Prepared = async (world) => ({ path: { id: (await world.announced()).id } });
const none = { sent: never, code: 'not_found', fields: ['id'] } as const;

export const CAPTURE_ROWS: Rows = {
  startCapture: {
    good: {
      'after one that ended': async (world) => ({ ...(await captured(world, true)), body: BODY }),
      'with the usual limits': async (world) => ({ ...(await never(world)), body: {} }),
    },
    bad: {
      'for ever': invalid({ path: { id: NOBODY }, body: { duration_seconds: 1e9 } }, 'duration_seconds'),
      'while one runs': {
        sent: async (world) => ({ ...(await captured(world)), body: BODY }),
        code: 'capture_running',
      },
    },
  },
  showCapture: { good: { 'that runs': running, 'that ended': ended }, bad: { 'that never was': none } },
  listCapturedMessages: {
    role: 'operator',
    isAuditedRead: true,
    good: { 'of one that runs': running },
    bad: { 'of one that never was': none },
  },
  stopCapture: { good: { 'that runs': running }, bad: { 'that ended': { ...none, sent: ended } } },
  eraseCapture: { good: { 'that ended': ended }, bad: { 'that never was': none } },
};
