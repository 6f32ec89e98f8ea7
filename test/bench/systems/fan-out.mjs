/**
 * The yardstick of deliveries: one undici agent that puts a body to each of a list of URLs, a number of them at a
 * time, and does nothing else. It remembers nothing, tries nothing again, and a kill loses all that was not sent.
 */
import { createServer } from 'node:http';
import { Agent } from 'undici';

const { urls, headers, body, atATime } = JSON.parse(process.env.BENCH_TASK);
const agent = new Agent({ pipelining: 1, keepAliveTimeout: 60_000 });

createServer(async (request, response) => {
  if (request.url === '/go') await fanOut();
  response.end();
}).listen(Number(process.env.PORT), '127.0.0.1');

async function fanOut() {
  const waiting = urls.values();
  await Promise.all(Array.from({ length: atATime }, () => sendFrom(waiting)));
}

async function sendFrom(waiting) {
  for (const url of waiting) {
    const answer = await agent.request({ origin: url.origin, path: url.path, method: 'PUT', headers, body });
    await answer.body.dump();
  }
}
