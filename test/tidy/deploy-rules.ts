/** The image and the composition, judged without an engine. */
import { type Finding, type SourceFile } from './source-tree';

export interface Service {
  readonly image?: string;
  readonly build?: unknown;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test?: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition?: string }>>;
  readonly ports?: readonly string[];
  readonly restart?: string;
}

export interface Composition {
  readonly services: Readonly<Record<string, Service>>;
}

const COMPOSE = 'docker-compose.yml:1';
/** Words in a variable's name that say that its value is a secret. */
const SECRET = /(PASSWORD|SECRET|TOKEN|KEY)(=|$)/;
/** `${NAME:?what to do}`: compose refuses to start without it. */
const REQUIRED = /^\$\{[A-Z_]+:\?[^}]+\}$/;

type Judge = (name: string, service: Service, all: Composition) => string[];

function judgeEach(composition: Composition, judge: Judge): Finding[] {
  return Object.entries(composition.services).flatMap(([name, service]) =>
    judge(name, service, composition).map((what) => `${COMPOSE} ${name}: ${what}`),
  );
}

/** Commands of our own services that start a file which no source becomes. */
export function unknownCommands(composition: Composition, files: readonly SourceFile[]): Finding[] {
  return judgeEach(composition, (_name, { build, command }) =>
    build === undefined ? [] : commandFaults(command, files),
  );
}

function commandFaults(command: readonly string[] | undefined, files: readonly SourceFile[]): string[] {
  const [program, built = ''] = command ?? [];
  const source = built.replace(/^dist\//, '').replace(/\.js$/, '.ts');
  const isThere = built.startsWith('dist/') && files.some(({ path }) => path === source);
  return program === 'node' && isThere ? [] : [`the command ${command?.join(' ')} starts nothing of ours`];
}

/** Variables of our own services that are no setting. */
export function unknownVariables(composition: Composition, settings: readonly string[]): Finding[] {
  return judgeEach(composition, (_name, { build, environment = {} }) =>
    Object.keys(build === undefined ? {} : environment)
      .filter((variable) => !settings.includes(variable))
      .map((variable) => `${variable} is no setting`),
  );
}

/** Secrets that somebody could find here: with a default, or written out. */
export function knownSecrets(composition: Composition): Finding[] {
  return judgeEach(composition, (_name, { environment = {} }) =>
    Object.entries(environment)
      .filter(([variable, value]) => !isAskedFor(variable, String(value)))
      .map(([variable]) => `${variable} has a value that is not asked for`),
  );
}

function isAskedFor(variable: string, value: string): boolean {
  if (SECRET.test(variable)) return REQUIRED.test(value);
  const password = /^[a-z]+:\/\/[^/@:]*:(.+)@/.exec(value)?.[1];
  return password === undefined || REQUIRED.test(password);
}

/** Services whose health nobody can tell. One that runs once tells it by how it ends. */
export function unwatchedServices(composition: Composition): Finding[] {
  return judgeEach(composition, (name, service, all) => {
    if (runsOnce(name, all)) return service.restart === 'no' ? [] : ['runs once but is started again'];
    return [
      ...((service.healthcheck?.test?.length ?? 0) > 1 ? [] : ['has no health check']),
      ...(/^(always|unless-stopped)$/.test(service.restart ?? '') ? [] : ['is not started again']),
    ];
  });
}

function runsOnce(name: string, { services }: Composition): boolean {
  return Object.values(services).some(
    ({ depends_on = {} }) => depends_on[name]?.condition === 'service_completed_successfully',
  );
}

/** Services that wait for nothing that exists, or only for a process instead of for its health. */
export function looseDependencies(composition: Composition): Finding[] {
  return judgeEach(composition, (_name, { depends_on = {} }, { services }) =>
    Object.entries(depends_on).flatMap(([other, { condition }]) => [
      ...(services[other] === undefined ? [`waits for ${other}, which is not there`] : []),
      ...(/^service_(healthy|completed_successfully)$/.test(condition ?? '')
        ? []
        : [`does not wait for the health of ${other}`]),
    ]),
  );
}

/** Ports open to the world besides the proxy's. */
export function openPorts(composition: Composition): Finding[] {
  return judgeEach(composition, (name, { ports = [] }) =>
    ports
      .filter((port) => name !== 'proxy' && !port.startsWith('127.0.0.1:'))
      .map((port) => `opens ${port} to the world`),
  );
}

/** Instructions of a Dockerfile with their arguments, continuation lines joined. */
function instructionsOf(dockerfile: string): { readonly name: string; readonly args: readonly string[] }[] {
  return dockerfile
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...args] = line.trim().split(/\s+/);
      return { name: name.toUpperCase(), args };
    });
}

/** Sources of COPY and ADD that are not in the repository. */
export function missingSources(dockerfile: string, files: readonly SourceFile[]): Finding[] {
  return instructionsOf(dockerfile)
    .filter(({ name, args }) => /^(COPY|ADD)$/.test(name) && !args.some((arg) => arg.startsWith('--from=')))
    .flatMap(({ args }) => args.filter((arg) => !arg.startsWith('--')).slice(0, -1))
    .map((source) => source.replace(/^\.\//, '').replace(/\/$/, ''))
    .filter((source) => !files.some(({ path }) => path === source || path.startsWith(`${source}/`)))
    .map((source) => `Dockerfile:1 copies ${source}, which is not there`);
}

/** What makes an image unsafe to run: root, another Node, a secret inside. */
export function imageFaults(dockerfile: string): Finding[] {
  const instructions = instructionsOf(dockerfile);
  const last = instructions.slice(instructions.map(({ name }) => name).lastIndexOf('FROM'));
  const user = last.filter(({ name }) => name === 'USER').pop()?.args[0] ?? 'root';
  const bases = instructions.filter(({ name }) => name === 'FROM').map(({ args }) => args[0] ?? '');
  const given = instructions
    .filter(({ name }) => name === 'ENV' || name === 'ARG')
    .flatMap(({ args }) => args);
  return [
    ...(/^(root|0)(:|$)/.test(user) ? ['Dockerfile:1 runs as root'] : []),
    ...bases.filter((base) => !/^node:24(\.|-)/.test(base)).map((base) => `Dockerfile:1 is based on ${base}`),
    ...given.filter((arg) => SECRET.test(arg)).map((arg) => `Dockerfile:1 holds ${arg.split('=')[0]}`),
  ];
}
