import { rows } from '@app/settings';
import { spawnSync } from 'node:child_process';
import { parse } from 'yaml';
import {
  type Composition,
  imageFaults,
  knownSecrets,
  looseDependencies,
  missingSources,
  openPorts,
  type Service,
  unknownCommands,
  unknownVariables,
  unwatchedServices,
} from './deploy-rules';
import { readTree, type SourceFile } from './source-tree';

const tree = readTree();
const textOf = (path: string): string => tree.find((file) => file.path === path)?.text ?? '';
const composition = parse(textOf('docker-compose.yml'), { merge: true }) as Composition & {
  readonly configs: { readonly proxy: { readonly content: string } };
};
const dockerfile = textOf('Dockerfile');
const variables = Object.values(rows).map((row) => row.env);

const router: SourceFile = { path: 'apps/router/src/main.ts', text: '' };

/** A composition of one service that keeps every rule, but for what is given. */
const one = (change: Service): Composition => ({
  services: {
    router: {
      build: '.',
      command: ['node', 'dist/apps/router/src/main.js'],
      restart: 'always',
      healthcheck: { test: ['CMD', 'true'] },
      ...change,
    },
  },
});

describe('docker-compose.yml', () => {
  it('has every part of the hub', () => {
    const parts = ['postgres', 'redis', 'migrate', 'router', 'proxy', 'delivery', 'hubclientinfo', 'admin'];
    expect(Object.keys(composition.services).sort()).toEqual(parts.sort());
  });

  it.each(['router', 'delivery'])('starts two of %s', (name) => {
    expect(composition.services[name]).toMatchObject({ deploy: { replicas: 2 } });
  });

  it('starts programs that exist', () => {
    expect(unknownCommands(composition, tree)).toEqual([]);
  });

  it('sets variables that exist', () => {
    expect(unknownVariables(composition, variables)).toEqual([]);
  });

  it('hands every setting on that is not about one process or about npm start', () => {
    const handedOn = Object.values(composition.services).flatMap((service) =>
      Object.keys(service.environment ?? {}),
    );
    expect(variables.filter((name) => name !== 'DATA_DIR' && !handedOn.includes(name))).toEqual([]);
  });

  it('holds no secret and no default for one', () => {
    expect(knownSecrets(composition)).toEqual([]);
    expect(textOf('docker-compose.yml')).toContain('${ADMIN_API_KEY:?');
  });

  it('watches the health of every service and starts it again', () => {
    expect(unwatchedServices(composition)).toEqual([]);
  });

  it('starts nothing before what it needs is healthy', () => {
    expect(looseDependencies(composition)).toEqual([]);
  });

  it('opens the proxy to the world and nothing else', () => {
    expect(openPorts(composition)).toEqual([]);
    expect(composition.services.admin?.ports).toEqual(['127.0.0.1:3001:3001']);
  });

  it('keeps the queue: append-only, and nothing is evicted', () => {
    const command = composition.services.redis?.command?.join(' ');
    expect(command).toContain('--appendonly yes');
    expect(command).toContain('--maxmemory-policy noeviction');
  });

  it('has a proxy that passes the request line on as it came, once', () => {
    const { content } = composition.configs.proxy;
    expect(content).toMatch(/location \/ocpi\/ \{[^}]*proxy_pass http:\/\/routers;/);
    expect(content).toContain('merge_slashes off;');
    expect(content).toContain('proxy_next_upstream off;');
    expect(content.match(/(?<!\$)\$(?!\$)/g)).toBeNull();
  });

  it('has a proxy that leaves it to the hub to refuse a large body', () => {
    const megabytes = Number(/client_max_body_size (\d+)m;/.exec(composition.configs.proxy.content)?.[1]);
    expect(megabytes * 1024 * 1024).toBeGreaterThan(
      rows.maxBodyBytes.kind.parse(rows.maxBodyBytes.fallback ?? ''),
    );
  });
});

describe('a composition is refused when a service', () => {
  it.each<[string, Service, (composition: Composition) => string[]]>([
    [
      'starts nothing of ours',
      { command: ['node', 'dist/apps/x/main.js'] },
      (c) => unknownCommands(c, [router]),
    ],
    ['is no setting', { environment: { FORWARD_TIMEOUT: '1' } }, (c) => unknownVariables(c, variables)],
    ['not asked for', { environment: { ADMIN_API_KEY: '${ADMIN_API_KEY:-admin}' } }, knownSecrets],
    ['not asked for', { environment: { POSTGRES_PASSWORD: 'hub' } }, knownSecrets],
    ['not asked for', { environment: { DATABASE_URL: 'postgres://hub:hub@postgres/hub' } }, knownSecrets],
    ['no health check', { healthcheck: {} }, unwatchedServices],
    ['is not started again', { restart: 'no' }, unwatchedServices],
    ['is not there', { depends_on: { nobody: { condition: 'service_healthy' } } }, looseDependencies],
    ['health of router', { depends_on: { router: { condition: 'service_started' } } }, looseDependencies],
    ['to the world', { ports: ['3001:3001'] }, openPorts],
  ])('%s: %j', (what, change, rule) => {
    expect(rule(one({}))).toEqual([]);
    expect(rule(one(change))).toEqual([expect.stringContaining(what)]);
  });
});

describe('Dockerfile', () => {
  it('copies what exists', () => {
    expect(missingSources(dockerfile, tree)).toEqual([]);
  });

  it('builds on Node 24, runs as another user than root, and holds no secret', () => {
    expect(imageFaults(dockerfile)).toEqual([]);
  });

  it('starts a program that exists', () => {
    const command = JSON.parse(/^CMD (.+)$/m.exec(dockerfile)?.[1] ?? '[]') as string[];
    expect(unknownCommands(one({ command }), tree)).toEqual([]);
  });

  it('gives Node options that Node takes: with any other it would not start', () => {
    const given = /\bNODE_OPTIONS=(\S+)/.exec(dockerfile)?.[1];
    expect(given).toBeDefined();
    const node = spawnSync(process.execPath, ['--eval', ''], { env: { NODE_OPTIONS: given } });
    expect([node.status, node.stderr.toString()]).toEqual([0, '']);
  });

  it.each([
    [
      'copies apps/nobody, which is not there',
      'FROM node:24-slim\nCOPY --chown=node apps \\\n  apps/nobody ./\nUSER node',
    ],
    ['runs as root', 'FROM node:24-slim AS a\nUSER node\nFROM node:24-slim'],
    ['runs as root', 'FROM node:24-slim\nUSER 0:0'],
    ['is based on node:22-slim', 'FROM node:22-slim AS a\nFROM node:24-slim\nUSER node'],
    ['holds ADMIN_API_KEY', 'FROM node:24-slim\nENV ADMIN_API_KEY=x\nUSER node'],
  ])('is refused when it %s', (what, text) => {
    const apps: SourceFile = { path: 'apps/hub/src/main.ts', text: '' };
    expect([...missingSources(text, [apps]), ...imageFaults(text)]).toEqual([`Dockerfile:1 ${what}`]);
  });
});
