import { type OwnerIndex } from '@app/hub';
import { type Metrics } from '@app/runtime';
import { type Store } from '@app/store';

/** What open routing goes by, with what it could not keep shown beside it. */
export function ownersOf({ owners }: Store, metrics: Metrics): OwnerIndex {
  metrics.gauge({
    name: 'hub_owner_facts_dropped',
    help: 'Facts about owners that were not written because too many were waiting; each is learned again when seen again, a minute later',
    collect() {
      this.set(owners.dropped);
    },
  });
  return owners;
}
