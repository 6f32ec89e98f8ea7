import { runProcess } from '@app/runtime';
import { readSettings } from '@app/settings';
import { startRouter } from './app';

runProcess('router', () => startRouter(readSettings()));
