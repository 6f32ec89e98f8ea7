import {
  CourierFault,
  type Courier,
  type CourierAnswer,
  type CourierFaultKind,
  type CourierRequest,
} from '@app/hub';

/** An answer to give after a while, a fault, or silence until the deadline. */
export type Script =
  | {
      readonly httpStatus: number;
      readonly headers?: readonly (readonly [string, string])[];
      readonly body?: Uint8Array | string;
      readonly delayMs?: number;
    }
  | { readonly fault: CourierFaultKind }
  | { readonly hang: true };

/** The courier port's twin: answers as scripted by URL, and keeps what it was given to send. */
export class InMemoryCourier implements Courier {
  readonly sent: CourierRequest[] = [];
  private readonly scripts = new Map<string, Script>();
  private readonly underWay = new Set<Promise<unknown>>();
  private closed = false;

  /** From now on requests to exactly this URL are answered so; a URL without a script is `refused`. */
  script(url: string, script: Script): void {
    this.scripts.set(url, script);
  }

  send(request: CourierRequest): Promise<CourierAnswer> {
    if (this.closed) return Promise.reject(new CourierFault('overloaded'));
    this.sent.push(request);
    const answer = this.answer(request, this.scripts.get(request.url) ?? { fault: 'refused' });
    const settled = answer.catch(() => undefined);
    this.underWay.add(settled);
    void settled.then(() => this.underWay.delete(settled));
    return answer;
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.underWay);
  }

  private async answer(request: CourierRequest, script: Script): Promise<CourierAnswer> {
    if ('fault' in script) throw new CourierFault(script.fault);
    const delayMs = 'hang' in script ? Infinity : (script.delayMs ?? 0);
    await wait(Math.min(delayMs, request.timeoutMs));
    if ('hang' in script || delayMs > request.timeoutMs) throw new CourierFault('answer_timeout');
    const { httpStatus, headers = [], body = '' } = script;
    return { httpStatus, headers: joined(headers), body: Buffer.from(body) };
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function joined(headers: readonly (readonly [string, string])[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    record[key] = record[key] === undefined ? value : `${record[key]}, ${value}`;
  }
  return record;
}
