import { openRedisBudget } from '@app/budget';
import { rateOf, sharedNameOf } from '@app/hub';
import { type Settings } from '@app/settings';
import { type Door } from '../door/door';
import { SharedRates } from '../door/shared-rates';
import { type RouterParts } from '../parts';

/** Routers count requests together through Redis; without one each counts alone. */
export function sharedRatesOf(
  { accounts }: Pick<Door, 'accounts'>,
  { hub, log, health }: Pick<RouterParts, 'hub' | 'log' | 'health'>,
  settings: Pick<Settings, 'redisUrl' | 'databaseUrl' | 'requestsPerSecondPerPlatform'>,
): SharedRates[] {
  const { redisUrl, databaseUrl, requestsPerSecondPerPlatform: perSecond } = settings;
  if (redisUrl === undefined) return [];
  const budget = openRedisBudget({
    redisUrl,
    prefix: sharedNameOf(hub, databaseUrl),
    rate: rateOf(perSecond),
  });
  return [new SharedRates(accounts, budget, log, health.metrics)];
}
