import { identityRows } from './identity-rows';
import { captureRows, limitRows } from './limit-rows';
import {
  baseUrl,
  connectionUrl,
  flag,
  headerName,
  key,
  listOf,
  network,
  oneOf,
  port,
  textOf,
  whole,
} from './parsers';
import { row, type Row } from './row';
import { DAY_SECONDS, SPAN_SECONDS } from './spans';

/** A peer that needs longer than ten minutes for one answer is not answering. */
const TIMEOUT_MS = whole(1, 600_000);
const FILE = textOf(1, 1024);
const secret = true;

/** Every setting of the hub, one row each, in the order in which the README lists them. */
export const rows = {
  databaseUrl: row(
    'DATABASE_URL',
    connectionUrl('postgres', 'postgresql'),
    'PostgreSQL, the record of truth',
    {
      defaultShown: '`npm start`: an embedded PostgreSQL in `DATA_DIR`; else required',
      secret,
    },
  ),
  redisUrl: row(
    'REDIS_URL',
    connectionUrl('redis', 'rediss'),
    'Redis for the delivery queue and shared rate limits',
    {
      defaultShown:
        '`npm start`: a `valkey-server` or `redis-server` found on the machine; else the queue runs on PostgreSQL',
      secret,
    },
  ),
  dataDir: row(
    'DATA_DIR',
    textOf(1, 1024),
    'Folder of what `npm start` keeps: database, queue, generated secrets',
    {
      fallback: '.data',
    },
  ),
  publicUrl: row('PUBLIC_URL', baseUrl, 'Base of every URL that the hub hands out, as platforms reach it', {
    defaultShown: '`http://localhost:{OCPI_PORT}`; https with `TLS_CERTIFICATE_FILE`',
  }),
  bindHost: row('BIND_HOST', textOf(1, 255), 'Address on which the router listens', { fallback: '0.0.0.0' }),
  ocpiPort: row('OCPI_PORT', port, 'Port of the OCPI interface; 0 = any free one', { fallback: '3000' }),
  metricsOnOcpiPort: row(
    'METRICS_ON_OCPI_PORT',
    flag,
    'Whether /metrics is on the OCPI port, too, which is public: for routers behind a proxy that hands on /ocpi alone',
    { fallback: 'false' },
  ),
  adminBindHost: row(
    'ADMIN_BIND_HOST',
    textOf(1, 255),
    'Address on which the admin API and the health pages of the workers listen; private unless set',
    { fallback: '127.0.0.1' },
  ),
  adminPort: row('ADMIN_PORT', port, 'Port of the admin API; 0 = any free one', { fallback: '3001' }),
  deliveryPort: row(
    'DELIVERY_PORT',
    port,
    'Port of the delivery worker (health and metrics); 0 = any free one',
    {
      fallback: '3002',
    },
  ),
  hubclientinfoPort: row(
    'HUBCLIENTINFO_PORT',
    port,
    'Port of the hubclientinfo service (health and metrics); 0 = any free one',
    { fallback: '3003' },
  ),
  tlsCertificateFile: row(
    'TLS_CERTIFICATE_FILE',
    FILE,
    'Certificate chain (PEM) with which router and admin API serve TLS; read again when it changes',
    { defaultShown: 'none: no TLS here' },
  ),
  tlsKeyFile: row('TLS_KEY_FILE', FILE, 'Its private key (PEM)', { defaultShown: 'none' }),
  tlsClientCaFile: row(
    'TLS_CLIENT_CA_FILE',
    FILE,
    'Authorities (PEM) of the client certificates of platforms; others do not count then, even when pinned',
    { defaultShown: 'none: a pinned certificate counts whoever signed it' },
  ),
  trustedProxies: row(
    'TRUSTED_PROXIES',
    listOf(network, 'addresses or networks (`10.0.0.0/8`)', 50),
    'Proxies whose word on a client counts: its address (`X-Forwarded-For`) and its certificate',
    { fallback: '', defaultShown: 'none' },
  ),
  clientCertificateHeader: row(
    'CLIENT_CERTIFICATE_HEADER',
    headerName,
    'Header in which a trusted proxy hands on the client certificate, as RFC 9440 or as URL-encoded PEM',
    { fallback: 'Client-Cert' },
  ),
  adminApiKey: row(
    'ADMIN_API_KEY',
    textOf(1, 255),
    'First owner’s key of the admin API (`Authorization: Bearer …`)',
    {
      defaultShown: '`npm start`: made and kept in `DATA_DIR`; else required',
      secret,
    },
  ),
  encryptionKey: row(
    'ENCRYPTION_KEY',
    key,
    "Key that encrypts the platforms' tokens in the database (AES-256-GCM)",
    {
      defaultShown: '`npm start`: made and kept in `DATA_DIR`; else required',
      secret,
    },
  ),
  encryptionKeysPrevious: row(
    'ENCRYPTION_KEYS_PREVIOUS',
    listOf(key, `keys of ${key.allowed}`, 10),
    'What `ENCRYPTION_KEY` was before: opens what it sealed, which a start seals anew',
    { fallback: '', defaultShown: 'none', secret },
  ),
  ...identityRows,
  allowPrivateNetworks: row(
    'ALLOW_PRIVATE_NETWORKS',
    flag,
    'Whether URLs of platforms may lead to private and loopback addresses',
    { fallback: 'false' },
  ),
  agreementDefault: row(
    'AGREEMENT_DEFAULT',
    oneOf(['allow', 'deny']),
    'What holds where no agreement matches',
    {
      fallback: 'allow',
    },
  ),
  partyApproval: row(
    'PARTY_APPROVAL',
    oneOf(['on', 'off']),
    'Whether a party that was not announced for its platform waits until the operator approves it; off connects ' +
      'what no other platform holds either half of',
    { fallback: 'on' },
  ),
  forwardTimeoutMs: row(
    'FORWARD_TIMEOUT_MS',
    TIMEOUT_MS,
    "How long a receiver's answer is awaited; when set, the most for commands and token authorization too",
    { fallback: '30000' },
  ),
  connectTimeoutMs: row('CONNECT_TIMEOUT_MS', TIMEOUT_MS, 'How long a connection to a platform may take', {
    fallback: '5000',
  }),
  commandTimeoutMs: row('COMMAND_TIMEOUT_MS', TIMEOUT_MS, 'The same for the answer to a command', {
    fallback: '10000',
  }),
  authorizeTimeoutMs: row('AUTHORIZE_TIMEOUT_MS', TIMEOUT_MS, 'The same for real-time token authorization', {
    fallback: '3000',
  }),
  maxBodyBytes: row(
    'MAX_BODY_BYTES',
    whole(1024, 64 * 1024 * 1024),
    'Largest body that is accepted, either way',
    {
      fallback: '4194304',
    },
  ),
  maxHeldBodyBytes: row(
    'MAX_HELD_BODY_BYTES',
    whole(1024 * 1024, 64 * 1024 * 1024 * 1024),
    'Bytes of bodies that a process holds at a time, of requests and of answers that are not taken yet; as many of answers that come in',
    { fallback: '268435456' },
  ),
  clientTimeoutMs: row(
    'CLIENT_TIMEOUT_MS',
    TIMEOUT_MS,
    'How long a caller may take to send a request, and to take the answer',
    { fallback: '30000' },
  ),
  requestsPerSecondPerPlatform: row(
    'REQUESTS_PER_SECOND_PER_PLATFORM',
    whole(1, 1_000_000),
    'Requests of one platform, to all routers together where there is Redis; twice as many at once after a pause',
    { fallback: '1000' },
  ),
  strangerRequestsPerSecondPerAddress: row(
    'STRANGER_REQUESTS_PER_SECOND_PER_ADDRESS',
    whole(1, 1_000_000),
    'Requests without a known token from one address; 20 times as many from all addresses',
    { fallback: '50' },
  ),
  maxConnections: row('MAX_CONNECTIONS', whole(8, 1_000_000), 'Connections to one router', {
    fallback: '4096',
  }),
  maxConnectionsPerPlatform: row(
    'MAX_CONNECTIONS_PER_PLATFORM',
    whole(1, 1_000_000),
    'Connections of one platform to one router',
    { fallback: '256' },
  ),
  maxInFlight: row(
    'MAX_IN_FLIGHT',
    whole(2, 1_000_000),
    'Requests that one router works on at a time; one platform gets half of them at most, and less when others want some',
    { fallback: '2000' },
  ),
  maxInFlightPerReceiver: row(
    'MAX_IN_FLIGHT_PER_RECEIVER',
    whole(2, 1_000_000),
    'Requests of them to one platform, shared out in the same way: what a hanging receiver can hold',
    { fallback: '256' },
  ),
  ...limitRows,
  deliveryMaxAgeSeconds: row(
    'DELIVERY_MAX_AGE_SECONDS',
    SPAN_SECONDS,
    'After this long an undelivered message is dead',
    { fallback: '900' },
  ),
  deliveryFirstRetryMs: row(
    'DELIVERY_FIRST_RETRY_MS',
    whole(1, 3_600_000),
    'Wait before the first retry of a delivery; doubles from there',
    { fallback: '1000' },
  ),
  stillAliveAfterSeconds: row(
    'STILL_ALIVE_AFTER_SECONDS',
    SPAN_SECONDS,
    'Silence of a platform after which the hub checks that it is still alive',
    { fallback: '300' },
  ),
  statusHoldMs: row(
    'STATUS_HOLD_MS',
    whole(0, 3_600_000),
    'How long OFFLINE must hold before it is announced',
    {
      fallback: '5000',
    },
  ),
  tokenGraceSeconds: row(
    'TOKEN_GRACE_SECONDS',
    whole(0, DAY_SECONDS),
    "How long a platform's old token works after a rotation whose answer it may have missed",
    { fallback: '600' },
  ),
  callbackTtlSeconds: row(
    'CALLBACK_TTL_SECONDS',
    SPAN_SECONDS,
    'How long a callback URL for command and charging profile results, and for a CDR, works',
    { fallback: '2592000' },
  ),
  messageLogDays: row('MESSAGE_LOG_DAYS', whole(1, 3650), 'Days for which the message log is kept', {
    fallback: '30',
  }),
  ...captureRows,
  logLevel: row(
    'LOG_LEVEL',
    oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    'Log level',
    {
      fallback: 'info',
    },
  ),
};

type Rows = typeof rows;
type ValueOf<R> = R extends Row<infer T> ? T : never;
type Values = { readonly [K in keyof Rows]: ValueOf<Rows[K]> };

/** What `npm start` can make itself when the environment does not give it. */
export type Embeddable = 'databaseUrl' | 'adminApiKey' | 'encryptionKey';

/** Without Redis the queue runs on PostgreSQL; without the files there is no TLS here. */
type Optional =
  'redisUrl' | 'hubWebsite' | 'hubLogoUrl' | 'tlsCertificateFile' | 'tlsKeyFile' | 'tlsClientCaFile';

/** The settings of a process, each under the camelCase name of its variable; the unit is in the name. */
export type Settings = Omit<Values, Optional> & Partial<Pick<Values, Optional>>;

/** Settings as given, before `npm start` fills in what it embeds. */
export type GivenSettings = Omit<Settings, Embeddable> & Partial<Pick<Settings, Embeddable>>;
