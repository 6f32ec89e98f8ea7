import { type ReceivedRequest } from './received-request';

/** Requests in the order of their arrival, and those who wait for one. */
export class Received {
  private requests: ReceivedRequest[] = [];
  private waiting: ((request: ReceivedRequest) => void)[] = [];

  get all(): readonly ReceivedRequest[] {
    return this.requests;
  }

  add(request: ReceivedRequest): void {
    this.requests.push(request);
    for (const look of [...this.waiting]) look(request);
  }

  clear(): void {
    this.requests = [];
  }

  /** @throws Error that lists what did arrive when nothing fits within `timeoutMs` */
  waitFor(predicate: (request: ReceivedRequest) => boolean, timeoutMs: number): Promise<ReceivedRequest> {
    const found = this.requests.find(predicate);
    if (found) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.forget(look);
        const seen = this.requests.map(({ method, rawUrl }) => `${method} ${rawUrl}`).join(', ');
        reject(new Error(`no such request within ${timeoutMs} ms; received: ${seen || 'nothing'}`));
      }, timeoutMs);
      const look = (request: ReceivedRequest) => {
        if (!predicate(request)) return;
        clearTimeout(timer);
        this.forget(look);
        resolve(request);
      };
      this.waiting.push(look);
    });
  }

  private forget(look: (request: ReceivedRequest) => void): void {
    this.waiting = this.waiting.filter((each) => each !== look);
  }
}
