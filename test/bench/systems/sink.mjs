/**
 * A thousand receivers in one process: it answers every request at once and counts the pushes. `/count` tells how
 * many came since the last `/reset`, and when the last of them came (ms since 1970).
 */
import { createServer } from 'node:http';
import { ANSWERS } from '../messages.mjs';

const success = Buffer.from(ANSWERS.PUT);
let count = 0;
let lastAt = 0;

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  if (request.url === '/reset') count = 0;
  if (request.method === 'PUT') {
    count++;
    lastAt = performance.timeOrigin + performance.now();
  }
  request.resume();
  const body = request.url === '/count' ? Buffer.from(JSON.stringify({ count, lastAt })) : success;
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  response.end(body);
});
server.listen({ port: Number(process.env.PORT), host: '0.0.0.0', backlog: 4_096 });
