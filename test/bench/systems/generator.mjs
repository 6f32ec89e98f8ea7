/** Load without wrk: a number of kept connections, each one request at a time. Prints the figures as JSON. */
import { Agent, request as send } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const { url, method, headers, body, seconds, thinkMs, connections } = JSON.parse(process.env.BENCH_TASK);
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const options = {
  agent,
  method,
  headers: body ? { ...headers, 'Content-Length': Buffer.byteLength(body) } : headers,
};

const begin = performance.now();
const end = begin + seconds * 1_000;
const latencies = [];
let failed = 0;

await Promise.all(Array.from({ length: connections }, oneConnection));
latencies.sort((a, b) => a - b);
const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
const result = {
  requests: latencies.length,
  seconds: (performance.now() - begin) / 1_000,
  p50: at(0.5),
  p99: at(0.99),
};
console.log(JSON.stringify({ ...result, failed }));
process.exit(0);

async function oneConnection() {
  while (performance.now() < end) {
    if (thinkMs > 0) await sleep(-thinkMs * Math.log(1 - Math.random()));
    const sent = performance.now();
    const ok = await exchange();
    latencies.push(performance.now() - sent);
    if (!ok) failed++;
  }
}

function exchange() {
  return new Promise((resolve) => {
    const request = send(url, options, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode === 200));
    });
    request.once('error', () => resolve(false));
    request.end(body);
  });
}
