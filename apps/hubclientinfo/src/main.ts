import { runProcess } from '@app/runtime';
import { readSettings } from '@app/settings';
import { startHubClientInfo } from './app';

runProcess('hubclientinfo', () => startHubClientInfo(readSettings()));
