/** `@fastify/reply-from` as its manual sets it up, bodies passed on without being parsed. */
import replyFrom from '@fastify/reply-from';
import fastify from 'fastify';

const app = fastify({ logger: false });
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
app.register(replyFrom, { base: process.env.UPSTREAM, undici: { connections: 64, pipelining: 1 } });
app.all('/*', (request, reply) => {
  reply.from(request.raw.url);
  return reply;
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
