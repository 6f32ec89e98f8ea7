/**
 * Names below `.test` for one process, loaded before it by `NODE_OPTIONS=--import`: a look-up gives what the file
 * NAMES_FILE says at that moment (name → answers, one a look-up, the last one again and again).
 *
 * Wherever such a name leads, it leads to this machine: the port decides who is met, and the connection shows the
 * address that was dialled. So nothing is sent to anybody else's address, what must not be connected to is there to be
 * connected to, and stderr says what was dialled.
 */
import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import { isIPv6, Socket } from 'node:net';

const HERE = { address: '127.0.0.1', family: 4 };
const { lookup } = dns;
const { connect } = Socket.prototype;
/** Look-ups of a name since its answers last changed. */
const asked = new Map();

dns.lookup = (name, ...rest) => {
  if (!isScripted(name)) return lookup(name, ...rest);
  const [options, callback] = rest;
  process.nextTick(() => give(addressesOf(name), options, callback));
};

Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  if (isScripted(options?.host)) dialHere(this, options);
  return connect.apply(this, args);
};

function isScripted(name) {
  return typeof name === 'string' && name.endsWith('.test');
}

function addressesOf(name) {
  const answers = JSON.parse(readFileSync(process.env.NAMES_FILE, 'utf8'))[name] ?? [];
  const script = JSON.stringify([name, answers]);
  const times = asked.get(script) ?? 0;
  asked.set(script, times + 1);
  const addresses = answers[Math.min(times, answers.length - 1)] ?? [];
  return addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
}

function give([first, ...others], { all }, callback) {
  if (first === undefined) callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
  else if (all) callback(null, [first, ...others]);
  else callback(null, first.address, first.family);
}

/** Whoever resolves the name, guarded or not: of what came out of it the first address is dialled. */
function dialHere(socket, options) {
  const resolve = options.lookup ?? dns.lookup;
  options.lookup = (name, how, callback) =>
    resolve(name, how, (error, found) => {
      if (error) return callback(error);
      const address = Array.isArray(found) ? found[0].address : found;
      Object.defineProperty(socket, 'remoteAddress', { value: address });
      process.stderr.write(`dials ${name} at ${address}\n`);
      give([HERE], how, callback);
    });
}
