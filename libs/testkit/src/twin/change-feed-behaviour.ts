/// <reference types="jest" />
import { type Agreement, type DirectoryListener, type PlatformRecord } from '@app/hub';
import { at, CPO, createdPlatform, EMSP, eventually, type PlatformStoreWorld } from './platform-fixtures';
import { claim, registeredPlatform, registrationOf } from './platform-fixtures';

/** A listener that keeps what it was told, as a router's directory does. */
export class Follower implements DirectoryListener {
  readonly known = new Map<string, PlatformRecord>();
  agreements: readonly Agreement[] = [];
  reloads = 0;

  platformChanged(platformId: string, record: PlatformRecord | undefined): void {
    if (record === undefined) this.known.delete(platformId);
    else this.known.set(platformId, record);
  }

  reloaded(records: readonly PlatformRecord[]): void {
    this.reloads++;
    this.known.clear();
    for (const record of records) this.known.set(record.id, record);
  }

  agreementsChanged(agreements: readonly Agreement[]): void {
    this.agreements = agreements;
  }
}

/** Followers know what the store knows, soon after every change. */
export function describeChangeFeed(world: () => PlatformStoreWorld): void {
  test('knows everything after the first load, and every change soon after it was made', async () => {
    const follower = new Follower();
    const { platforms, changes } = world();
    const { id } = await createdPlatform(platforms);
    await changes.follow(follower);
    expect(follower.known.get(id)).toEqual(await platforms.find(id));
    await platforms.register(registrationOf(id), at(1));
    await eventually(() => follower.known.get(id)?.status === 'CONNECTED');
    await platforms.unregister(id, at(2));
    await eventually(() => follower.known.get(id)?.status === 'SUSPENDED');
    await platforms.replaceTokenA({ platformId: id, tokenAHash: 'fresh' }, at(3));
    await eventually(() => follower.known.get(id)?.issuedTokens.length === 1);
    expect(follower.known.get(id)).toEqual(await platforms.find(id));
  });

  test('is told of both platforms when a party moves from one to the other', async () => {
    const follower = new Follower();
    const { platforms, changes } = world();
    const old = await registeredPlatform(platforms, CPO, EMSP);
    await platforms.register(registrationOf(old.id, { kind: 'update', parties: claim(CPO) }), at(3));
    await changes.follow(follower);
    const moved = await registeredPlatform(platforms, EMSP);
    await eventually(() => follower.known.get(moved.id)?.parties.length === 1);
    await eventually(() => follower.known.get(old.id)?.parties.length === 1);
  });

  test('is told of a new name, and of both platforms when a given-up party is announced for another', async () => {
    const follower = new Follower();
    const { platforms, changes } = world();
    const old = await createdPlatform(platforms, CPO);
    const other = await createdPlatform(platforms);
    await changes.follow(follower);
    await platforms.change(old.id, { name: 'Renamed', plannedParties: [] }, at(1));
    await eventually(() => follower.known.get(old.id)?.name === 'Renamed');
    await platforms.change(other.id, { plannedParties: [CPO] }, at(2));
    await eventually(() => follower.known.get(other.id)?.announced === true);
    await eventually(() => follower.known.get(old.id)?.parties.length === 0);
  });

  test('ends with the last state after many changes at once', async () => {
    const follower = new Follower();
    const { platforms, changes } = world();
    await changes.follow(follower);
    const { id } = await registeredPlatform(platforms, CPO);
    const urls = Array.from({ length: 20 }, (_, index) => `https://cpo.example/${index}`);
    await Promise.all(
      urls.map((versionsUrl) =>
        platforms.register(registrationOf(id, { kind: 'update', versionsUrl }), at(2)),
      ),
    );
    const last = (await platforms.find(id))!;
    await eventually(() => follower.known.get(id)?.versionsUrl === last.versionsUrl);
    await eventually(() => follower.known.get(id)?.issuedTokens.length === last.issuedTokens.length);
  });
}
