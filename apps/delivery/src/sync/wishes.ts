import { type Directory, pairsActingAs, type PlatformEntry, type SyncWish } from '@app/hub';
import { MODULES, type PartyId, partyKey } from '@app/ocpi';

/** What is to be pulled of a platform: its parties' objects of each stored module that it offers. */
export function wishesOf(platform: PlatformEntry, directory: Directory): readonly SyncWish[] {
  const { registeredAt } = platform.record;
  if (registeredAt === null) return [];
  return MODULES.filter(({ getAll, module }) => getAll === 'stored' && offers(platform, module)).flatMap(
    ({ module, interfaces }) =>
      pairsActingAs(platform, interfaces.SENDER.roles, directory).flatMap((party): SyncWish[] => {
        const since = connectedSince(platform, party);
        const subject = { platformId: platform.id, module, owner: partyKey(party) };
        return since ? [{ ...subject, registeredAt, connectedSince: since }] : [];
      }),
  );
}

function offers(platform: PlatformEntry, module: string): boolean {
  return platform.endpoint(module, 'SENDER') !== undefined;
}

/** When a pair last became CONNECTED, in whatever role; `undefined` when it is not. */
function connectedSince(platform: PlatformEntry, party: PartyId): Date | undefined {
  return platform
    .partiesOf(party)
    .filter(({ held, status }) => held && status === 'CONNECTED')
    .map(({ statusSince }) => statusSince)
    .reduce<Date | undefined>((latest, since) => (latest && latest > since ? latest : since), undefined);
}
