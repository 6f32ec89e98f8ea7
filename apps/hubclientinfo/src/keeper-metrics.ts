import { CONNECTION_STATUSES, type Directory } from '@app/hub';
import { type Metrics } from '@app/runtime';

/** Counts still-alive checks by their outcome. */
export function countProbes(metrics: Metrics): (alive: boolean) => void {
  const probes = metrics.counter({
    name: 'hub_still_alive_checks_total',
    help: 'Still-alive checks (GET of a versions URL) by their outcome',
    labelNames: ['outcome'],
  });
  return (alive) => probes.inc({ outcome: alive ? 'alive' : 'failed' });
}

/** Shows whether this process is the active one. */
export function showKeeper(metrics: Metrics, keeper: { readonly inOffice: boolean }): void {
  metrics.gauge({
    name: 'hub_status_keeper',
    help: '1 while this process keeps the statuses; over all replicas the sum is 1',
    collect() {
      this.set(keeper.inOffice ? 1 : 0);
    },
  });
}

/** Shows how many parties the operator has to decide on. */
export function showWaiting(metrics: Metrics, directory: Pick<Directory, 'all'>): void {
  metrics.gauge({
    name: 'hub_parties_waiting',
    help: "Parties that wait for the operator's approval; each replica shows all of them",
    collect() {
      let waiting = 0;
      for (const { record } of directory.all()) waiting += record.waiting?.length ?? 0;
      this.set(waiting);
    },
  });
}

/** Shows how many platforms there are of each status. */
export function showPlatforms(metrics: Metrics, directory: Pick<Directory, 'all'>): void {
  metrics.gauge({
    name: 'hub_platforms',
    help: 'Platforms by their status; each replica shows all of them',
    labelNames: ['status'],
    collect() {
      for (const status of CONNECTION_STATUSES) this.set({ status }, 0);
      for (const { record } of directory.all()) this.inc({ status: record.status });
    },
  });
}
