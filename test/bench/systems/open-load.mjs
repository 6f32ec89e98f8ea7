/**
 * An open load: requests begin at random moments (a Poisson process), so many a second, whether earlier ones are
 * answered or not. Prints the figures as JSON.
 *
 * Timers of wrk and of Node have whole milliseconds: by them the requests of many connections would begin together, once
 * a millisecond, and wait for each other. Here a thread sleeps until the moment of the next one. HTTP is written and read
 * by hand, since a client that takes as long as the tested system would measure itself.
 */
import { connect } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const HEAD_END = Buffer.from('\r\n\r\n');
/** How long requests go on before any of them counts, in ms: this program is to be compiled by then, too. */
const LEAD_IN_MS = 1_000;
/** For how long answers are waited for at the end, in ms. */
const LATE_MS = 2_000;

/** Posts whenever a request is to begin, and whether it counts. */
function beat({ perSecond, seconds }) {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  const start = performance.now() + LEAD_IN_MS;
  const end = start + seconds * 1_000;
  for (let next = performance.now(); next < end; next -= (Math.log(1 - Math.random()) * 1_000) / perSecond) {
    const waitMs = next - performance.now();
    if (waitMs > 0) Atomics.wait(sleeper, 0, 0, waitMs);
    parentPort.postMessage(next >= start);
  }
}

async function measure({ url, method, headers, body, seconds, perSecond, connections }) {
  const target = new URL(url);
  const latencies = [];
  let counted = 0;
  let failed = 0;
  const onAnswer = ({ since, counts }, ok) => {
    if (!counts) return;
    latencies.push(performance.now() - since);
    if (!ok) failed++;
  };
  const request = requestBytes({ target, method, headers, body });
  const all = Array.from({ length: connections }, () => new Connection(target, request, onAnswer));
  await Promise.all(all.map((connection) => connection.open()));
  const free = [...all];
  const due = [];
  for (const connection of all) {
    connection.onFree = () => {
      if (due.length > 0) connection.send(due.shift());
      else free.push(connection);
    };
  }
  const worker = new Worker(new URL(import.meta.url), { workerData: { perSecond, seconds } });
  worker.on('message', (counts) => {
    if (counts) counted++;
    const begun = { since: performance.now(), counts };
    const connection = free.pop();
    if (connection) connection.send(begun);
    else due.push(begun);
  });
  await new Promise((resolve) => worker.once('exit', resolve));
  const limit = performance.now() + LATE_MS;
  while (latencies.length < counted && performance.now() < limit)
    await new Promise((done) => setTimeout(done, 5));
  failed += counted - latencies.length;
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  console.log(JSON.stringify({ requests: counted, seconds, p50: at(0.5), p99: at(0.99), failed }));
  process.exit(0);
}

function requestBytes({ target, method, headers, body }) {
  const all = { ...headers, Host: target.host, ...(body && { 'Content-Length': Buffer.byteLength(body) }) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(
    `${method} ${target.pathname}${target.search} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`,
  );
}

/** One kept connection with one request at a time. Answers must have a Content-Length. */
class Connection {
  onFree = () => undefined;
  begun = undefined;
  received = [];
  /** Bytes of the answer that are still to come; undefined: its head is not complete. */
  missing = undefined;
  ok = false;

  constructor(target, request, onAnswer) {
    Object.assign(this, { target, request, onAnswer });
  }

  open() {
    this.socket = connect({ host: this.target.hostname, port: Number(this.target.port), noDelay: true });
    this.socket.on('data', (chunk) => this.take(chunk));
    return new Promise((resolve, reject) => {
      this.socket.once('connect', resolve);
      this.socket.once('error', reject);
    });
  }

  /** @param begun `since` when, by `performance.now()`, and whether it counts */
  send(begun) {
    this.begun = begun;
    this.socket.write(this.request);
  }

  take(chunk) {
    if (this.missing === undefined) this.readHead(chunk);
    else this.missing -= chunk.length;
    if (this.missing !== 0) return;
    this.missing = undefined;
    this.onAnswer(this.begun, this.ok);
    this.onFree();
  }

  readHead(chunk) {
    this.received.push(chunk);
    const bytes = this.received.length === 1 ? chunk : Buffer.concat(this.received);
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) return;
    this.received = [];
    const head = bytes.latin1Slice(0, end);
    this.ok = head.startsWith('HTTP/1.1 200');
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1]);
    this.missing = length - (bytes.length - end - HEAD_END.length);
  }
}

if (isMainThread) await measure(JSON.parse(process.env.BENCH_TASK));
else beat(workerData);
