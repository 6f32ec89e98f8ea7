#!/usr/bin/env node
/**
 * `npm start` and `npm run demo`: makes the clone runnable, then runs in this very process, so that a signal to it
 * reaches the hub without anything in between.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildWhenStale, installWhenNeeded, root } from './prepare.mjs';

const ENTRIES = { hub: 'dist/apps/hub/src/main.js', demo: 'dist/test/demo/main.js' };

const entry = ENTRIES[process.argv[2] ?? 'hub'];
if (!entry) {
  console.error(`usage: start.mjs [${Object.keys(ENTRIES).join('|')}]`);
  process.exit(2);
}
installWhenNeeded();
buildWhenStale();
await import(pathToFileURL(join(root, entry)).href);
