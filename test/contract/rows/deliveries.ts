import { invalid, NOBODY, type Prepared, type Rows } from '../row';

const inState =
  (state: string): Prepared =>
  async (world) => ({ path: { id: await world.delivery(state) } });
const toPlatform: Prepared = async (world) => ({ path: { id: (await world.announced()).id } });
const withReason = invalid({ path: { id: NOBODY }, body: { reason: 'noise' } }, 'reason');

export const DELIVERY_ROWS: Rows = {
  listDeliveries: {
    good: {
      whole: async (world) => {
        await world.delivery('dead');
        return {};
      },
      'that are dead': () => ({ query: `state=dead&module=locations&receiver=DE*MSP&platform_id=${NOBODY}` }),
    },
    bad: {
      'in a state that there is not': invalid({ query: 'state=lost' }, 'state'),
      'of a module in capitals': invalid({ query: 'module=Locations' }, 'module'),
    },
  },
  listReceivers: {
    good: {
      'one that is paused': async (world) => {
        const { id } = await world.announced();
        await world.hub.admin.ask('POST', `/platforms/${id}/deliveries/pause`);
        return {};
      },
    },
    bad: { 'by their state': invalid({ query: 'state=paused' }, 'state') },
  },
  retryDeliveries: {
    good: {
      'that are dead': async (world) => {
        await world.delivery('dead');
        return { body: { state: 'dead' } };
      },
      'of one module': () => ({ body: { state: 'expired', module: 'locations', limit: 10 } }),
    },
    bad: { 'that wait': invalid({ body: { state: 'waiting' } }, 'state') },
  },
  showDelivery: {
    good: { 'that is expired': inState('expired'), 'that waits': inState('waiting') },
    bad: { 'of a correlation id': invalid({ path: { id: 'correlation-1' } }, 'id') },
  },
  retryDelivery: {
    good: { 'that is dead': inState('dead') },
    bad: { 'that was replaced': { sent: inState('replaced'), code: 'delivery_state', fields: ['state'] } },
  },
  discardDelivery: {
    good: { 'that waits': inState('waiting') },
    bad: { 'that was delivered': { sent: inState('delivered'), code: 'delivery_state', fields: ['state'] } },
  },
  pauseDeliveries: { good: { 'of a platform': toPlatform }, bad: { 'with a reason': withReason } },
  resumeDeliveries: { good: { 'of a platform': toPlatform }, bad: { 'with a reason': withReason } },
  markResynced: { good: { 'a platform': toPlatform }, bad: { 'with a reason': withReason } },
};
