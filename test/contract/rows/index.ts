/** The table: every operation of the admin API. One that is new needs a row here. */
import { type Rows } from '../row';
import { AGREEMENT_ROWS } from './agreements';
import { API_KEY_ROWS } from './api-keys';
import { CAPTURE_ROWS } from './captures';
import { DELIVERY_ROWS } from './deliveries';
import { LOG_ROWS } from './logs';
import { PLATFORM_TLS_ROWS } from './platform-tls';
import { PLATFORM_ROWS } from './platforms';

export const ROWS: Rows = {
  ...PLATFORM_ROWS,
  ...CAPTURE_ROWS,
  ...PLATFORM_TLS_ROWS,
  ...AGREEMENT_ROWS,
  ...DELIVERY_ROWS,
  ...LOG_ROWS,
  ...API_KEY_ROWS,
};
