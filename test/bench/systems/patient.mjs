/**
 * So many requests at a time to a receiver that does not answer, each on a connection of its own. Who is told to come
 * again later does. Says once that all have been sent, and in the end, as JSON, how it went.
 */
import { Agent, request as send } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const { url, method, headers, body, connections } = JSON.parse(process.env.BENCH_TASK);
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const options = { agent, method, headers: { ...headers, 'Content-Length': Buffer.byteLength(body) } };
const told = { sent: 0, refused: 0, other: 0 };

for (let n = 0; n < connections; n++) void insist();
process.on('SIGTERM', () => {
  console.log(JSON.stringify(told));
  process.exit(0);
});

async function insist() {
  for (;;) {
    const { statusCode, waitSeconds } = await exchange();
    const isRefused = statusCode === 200 && waitSeconds > 0;
    told[isRefused ? 'refused' : 'other'] += 1;
    // Up to as long again: those that were refused together do not come together.
    await sleep((waitSeconds || 1) * 1_000 * (1 + Math.random()));
  }
}

function exchange() {
  return new Promise((resolve) => {
    const request = send(url, options, (answer) => {
      answer.resume();
      const waitSeconds = Number(answer.headers['retry-after'] ?? 0);
      answer.once('end', () => resolve({ statusCode: answer.statusCode, waitSeconds }));
    });
    request.once('error', () => resolve({ statusCode: 0, waitSeconds: 0 }));
    request.end(body);
    if (++told.sent === connections) console.log('all are on their way');
  });
}
