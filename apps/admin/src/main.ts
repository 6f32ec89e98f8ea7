import { runProcess } from '@app/runtime';
import { readSettings } from '@app/settings';
import { startAdmin } from './app';

runProcess('admin', () => startAdmin(readSettings()));
