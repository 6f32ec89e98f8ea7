/** The platform behind the tested systems where there is no nginx: a fixed answer to each method. */
import { createServer } from 'node:http';
import { ANSWERS } from '../messages.mjs';

const answers = new Map(Object.entries(ANSWERS).map(([method, text]) => [method, Buffer.from(text)]));

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  const body = answers.get(request.method) ?? answers.get('GET');
  request.resume();
  request.once('end', () => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
    response.end(body);
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1');
