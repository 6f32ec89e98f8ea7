import { type Courier, limitedPulls, type Log, storageRoomOf } from '@app/hub';
import { type Metrics } from '@app/runtime';
import { type Settings } from '@app/settings';
import { type Store } from '@app/store';
import { randomUUID } from 'node:crypto';
import { PullSync, type SyncParts } from './pull-sync';
import { SYNC_TIMES } from './sync-times';

/** What the sync works with. */
export interface SyncGround {
  readonly settings: Settings;
  readonly store: Store;
  readonly courier: Courier;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Begins to keep the object store in step with the platforms; `close` ends it before store and courier are closed. */
export async function startSync(ground: SyncGround): Promise<PullSync> {
  const { settings, store, courier, log } = ground;
  const sync = new PullSync({
    objects: {
      ...limitedPulls(store.objects, storageRoomOf(settings, store.usage)),
      sweep: (...swept) => store.objects.sweep(...swept),
    },
    ...{ sync: store.sync, courier, log, newId: randomUUID, random: Math.random },
    hub: { countryCode: settings.hubCountryCode, partyId: settings.hubPartyId },
    now: () => new Date(),
    timeoutMs: settings.forwardTimeoutMs,
    times: SYNC_TIMES,
    count: counted(ground.metrics),
  });
  await store.changes.follow(sync);
  return sync;
}

function counted(metrics: Metrics): SyncParts['count'] {
  const pulls = metrics.counter({
    name: 'hub_list_pulls_total',
    help: 'Lists pulled from platforms for GET All, by module and outcome',
    labelNames: ['module', 'outcome'],
  });
  const objects = metrics.counter({
    name: 'hub_list_objects_total',
    help: 'Objects that these pulls brought',
    labelNames: ['module'],
  });
  return (module, outcome, number) => {
    pulls.inc({ module, outcome });
    objects.inc({ module }, number);
  };
}
