/** The small version of `npm run test:faults`, in every test run. */
import { expectUnharmed } from './cut-run';

test('the hub lives on, and keeps its word, while its connections to the database are ended again and again', async () => {
  await expectUnharmed(5_000);
}, 120_000);
