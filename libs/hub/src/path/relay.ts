import { type Scenario } from '@app/ocpi';
import { type Permitted, type Relayed } from '../exchange';
import { broadcast } from '../roads/broadcast';
import { direct, type DirectParts } from '../roads/direct';
import { getAll, type GetAllParts } from '../roads/get-all';
import { openRouting, type OpenRoutingParts } from '../roads/open-routing';

export type RelayParts = DirectParts & OpenRoutingParts & GetAllParts;

type Road = (permitted: Permitted, parts: RelayParts) => Promise<Relayed>;

/** The way of each scenario. */
const ROADS: Readonly<Record<Scenario, Road>> = {
  direct,
  broadcast,
  open_routing: openRouting,
  get_all: getAll,
  callback: direct,
};

/**
 * Step 5: takes the message along the road of its scenario.
 *
 * Spec: 2.2.1-d2 transport_and_format, Overview of required/optional routing headers for different scenarios.
 *
 * @throws HubError when there is no OCPI answer to hand back
 */
export function relay(permitted: Permitted, parts: RelayParts): Promise<Relayed> {
  return ROADS[permitted.scenario](permitted, parts);
}
