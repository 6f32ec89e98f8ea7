import { describeCourier, type CourierWorld, Listener, type Script } from '@app/testkit';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { createCourier } from './courier';
import { LIMITS } from './limits.fixture';

type Arrived = ReturnType<CourierWorld['arrived']>[number];

describeCourier('The courier over real sockets', async () => {
  const scripts = new Map<string, Exclude<Script, { fault: unknown }>>();
  const arrived: Arrived[] = [];
  const peer = new Listener((request, response) => {
    void collect(request).then((body) => {
      const target = request.url ?? '';
      arrived.push({ method: request.method ?? '', target, body });
      play(scripts.get(target.split('?')[0]!), response);
    });
  });
  await peer.start();
  const nobody = new Listener(() => undefined);
  await nobody.start();
  await nobody.stop();
  const courier = createCourier(LIMITS);
  return {
    courier,
    script: (script) => {
      scripts.set(`/${scripts.size}`, script);
      return `${peer.origin}/${scripts.size - 1}`;
    },
    refusingUrl: nobody.origin,
    arrived: () => arrived,
    end: async () => {
      await peer.stop();
      await courier.close();
    },
  };
});

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function play(script: Exclude<Script, { fault: unknown }> | undefined, response: ServerResponse): void {
  if (script === undefined || 'hang' in script) return;
  const { httpStatus, headers = [], body = '', delayMs = 0 } = script;
  setTimeout(() => response.writeHead(httpStatus, headers.flat()).end(body), delayMs);
}
