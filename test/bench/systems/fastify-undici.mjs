/**
 * The yardstick: Fastify and an undici pool that do nothing but forward bytes, written as cheaply as both allow
 * (`dispatch` with a handler of our own, headers as they came, answer bytes in one piece).
 */
import fastify from 'fastify';
import { Pool } from 'undici';

const pool = new Pool(process.env.UPSTREAM, { connections: 64, pipelining: 1 });
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'host',
  'date',
]);

const app = fastify({ logger: false });
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
app.all('/*', forward);
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });

function forward(request, reply) {
  const { url: path, method, headers } = request.raw;
  pool.dispatch({ path, method, headers: onward(headers), body: request.body ?? null }, new Exchange(reply));
}

function onward(headers) {
  const list = [];
  for (const name in headers) if (!HOP_BY_HOP.has(name)) list.push(name, headers[name]);
  return list;
}

class Exchange {
  chunks = [];

  constructor(reply) {
    this.reply = reply;
  }

  onConnect() {}

  onHeaders(status, headers) {
    this.reply.code(status);
    for (let at = 0; at < headers.length; at += 2) {
      const name = headers[at].toString('latin1').toLowerCase();
      if (!HOP_BY_HOP.has(name)) this.reply.header(name, headers[at + 1].toString('latin1'));
    }
    return true;
  }

  onData(chunk) {
    this.chunks.push(chunk);
    return true;
  }

  onComplete() {
    this.reply.send(this.chunks.length === 1 ? this.chunks[0] : Buffer.concat(this.chunks));
  }

  onError() {
    this.reply.code(502).send();
  }
}
