import { runProcess } from '@app/runtime';
import { readGivenSettings } from '@app/settings';
import { startHub } from './app';

runProcess('hub', async () => startHub(readGivenSettings()));
