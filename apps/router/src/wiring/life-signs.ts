import { type Directory, LifeSigns, type Log, signTimes } from '@app/hub';
import { type Settings } from '@app/settings';
import { type Store } from '@app/store';

/** What this router notices about platforms, written down in the background until it is closed. */
export function lifeSignsOf(settings: Settings, store: Store, directory: Directory, log: Log): LifeSigns {
  return new LifeSigns(store.statuses, directory, log, signTimes(settings.stillAliveAfterSeconds)).start();
}
