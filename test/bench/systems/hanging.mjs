/** A platform that takes every request and answers none. */
import { createServer } from 'node:http';

const server = createServer({ requestTimeout: 0 }, (request, response) => {
  request.resume();
  // It says that it is there, so that whoever starts it knows.
  if (request.method === 'HEAD') response.end();
});
server.listen(Number(process.env.PORT), '127.0.0.1');
