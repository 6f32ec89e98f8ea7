import { describeCourier } from './courier-behaviour';
import { InMemoryCourier } from './in-memory-courier';

describeCourier('InMemoryCourier', () => {
  const courier = new InMemoryCourier();
  const base = 'http://peer.example';
  let scripts = 0;
  return Promise.resolve({
    courier,
    script: (script) => {
      scripts += 1;
      courier.script(`${base}/${scripts}`, script);
      return `${base}/${scripts}`;
    },
    refusingUrl: `${base}/nobody`,
    arrived: () =>
      courier.sent.map(({ method, url, body }) => ({
        method,
        target: url.slice(base.length),
        body: Buffer.from(body ?? []),
      })),
    end: () => courier.close(),
  });
});
