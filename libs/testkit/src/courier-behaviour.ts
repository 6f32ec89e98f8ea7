import { COURIER_FAULTS, type Courier, type CourierRequest } from '@app/hub';
import { type Script } from './in-memory-courier';

/** A courier and a peer that it can reach. */
export interface CourierWorld {
  readonly courier: Courier;
  /** Makes the peer answer so; gives the URL to send to. */
  script(script: Exclude<Script, { fault: unknown }>): string;
  /** A URL where nobody listens. */
  readonly refusingUrl: string;
  /** What arrived at the peer: path and query as written, and the body. */
  arrived(): { readonly method: string; readonly target: string; readonly body: Buffer }[];
  end(): Promise<void>;
}

/** What every implementation of the courier port does; run it on the twin and on the real one. */
export function describeCourier(name: string, makeWorld: () => Promise<CourierWorld>): void {
  describe(`${name} as a courier`, () => {
    let world: CourierWorld;
    beforeEach(async () => {
      world = await makeWorld();
    });
    afterEach(() => world.end());

    const request = (url: string, more: Partial<CourierRequest> = {}): CourierRequest => ({
      ...{
        platformId: 'p1',
        method: 'PUT',
        url,
        headers: [],
        body: Buffer.from('{"a": 1.00}'),
        timeoutMs: 2_000,
      },
      ...more,
    });

    test('the answer comes back with its status and its body byte for byte', async () => {
      const url = world.script({ httpStatus: 404, body: Buffer.from([0x7b, 0x00, 0xff, 0xc3, 0x28, 0x7d]) });
      const answer = await world.courier.send(request(url));
      expect(answer.httpStatus).toBe(404);
      expect([...answer.body]).toEqual([0x7b, 0x00, 0xff, 0xc3, 0x28, 0x7d]);
    });

    test('an answer without a body has an empty one', async () => {
      const answer = await world.courier.send(request(world.script({ httpStatus: 204 })));
      expect(answer.body).toHaveLength(0);
    });

    test('header names come back in lower case and repeated headers joined by a comma', async () => {
      const headers = [
        ['Link', '<a>; rel="next"'],
        ['X-TOTAL-count', '7'],
        ['LINK', '<b>'],
      ] as const;
      const answer = await world.courier.send(request(world.script({ httpStatus: 200, headers })));
      expect(answer.headers).toMatchObject({ link: '<a>; rel="next", <b>', 'x-total-count': '7' });
    });

    test('method, path, query and body arrive as they were given', async () => {
      const url = `${world.script({ httpStatus: 200 })}?x=%zz&y=+&y=2`;
      await world.courier.send(request(url)).catch(() => undefined);
      const [arrived] = world.arrived();
      expect(arrived).toMatchObject({ method: 'PUT', body: Buffer.from('{"a": 1.00}') });
      expect(url.endsWith(arrived?.target ?? 'nothing arrived')).toBe(true);
    });

    test('a redirect is an answer like any other', async () => {
      const headers = [['Location', '/elsewhere']] as const;
      const answer = await world.courier.send(request(world.script({ httpStatus: 307, headers })));
      expect(answer).toMatchObject({ httpStatus: 307, headers: { location: '/elsewhere' } });
      expect(world.arrived()).toHaveLength(1);
    });

    test('a peer that never answers is an answer_timeout when the time is over, and was asked once', async () => {
      const started = performance.now();
      const sent = world.courier.send(request(world.script({ hang: true }), { timeoutMs: 150 }));
      await expect(sent).rejects.toMatchObject({ name: 'CourierFault', kind: 'answer_timeout' });
      expect(performance.now() - started).toBeGreaterThanOrEqual(145);
      expect(world.arrived()).toHaveLength(1);
    });

    test('a port where nobody listens is refused', async () => {
      const sent = world.courier.send(request(world.refusingUrl));
      await expect(sent).rejects.toMatchObject({ kind: 'refused' });
    });

    test('closing waits for the request under way and then takes no more', async () => {
      const url = world.script({ httpStatus: 200, delayMs: 100 });
      const sent = world.courier.send(request(url));
      let answered = false;
      void sent.then(() => (answered = true));
      await world.courier.close();
      expect(answered).toBe(true);
      const late: unknown = await world.courier.send(request(url)).catch((error: unknown) => error);
      expect(COURIER_FAULTS).toContain((late as { kind: unknown }).kind);
    });
  });
}
