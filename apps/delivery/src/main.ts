import { runProcess } from '@app/runtime';
import { readSettings } from '@app/settings';
import { startDelivery } from './app';

runProcess('delivery', () => startDelivery(readSettings()));
