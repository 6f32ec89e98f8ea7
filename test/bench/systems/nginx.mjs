/** nginx where it is installed: as the upstream, and as the fastest proxy to compare with. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ANSWERS } from '../messages.mjs';

/** Debian has it where only root's PATH leads. */
const program = ['nginx', '/usr/sbin/nginx'].find((name) =>
  name.includes('/') ? existsSync(name) : spawnSync(name, ['-v']).error === undefined,
);

export const hasNginx = program !== undefined;

/** The command line of an nginx with one worker. */
export function nginxCommand(name, folder, server) {
  const prefix = join(folder, name);
  mkdirSync(prefix, { recursive: true });
  const file = join(prefix, 'nginx.conf');
  writeFileSync(file, configuration(prefix, server));
  return [program, ['-p', prefix, '-e', 'stderr', '-c', file]];
}

/** The fixed answers. In nginx a string ends at its quote, and `$` begins a variable: neither is in the messages. */
export function upstreamServer(port) {
  return `
    server {
      listen 127.0.0.1:${port};
      default_type application/json;
      location / {
        if ($request_method = PUT) { return 200 '${ANSWERS.PUT}'; }
        return 200 '${ANSWERS.GET}';
      }
    }`;
}

export function proxyServer(port, upstream) {
  return `
    upstream platform { server ${new URL(upstream).host}; keepalive 64; keepalive_requests 1000000000; }
    server {
      listen 127.0.0.1:${port};
      location / {
        proxy_pass http://platform;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
      }
    }`;
}

function configuration(prefix, server) {
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
  daemon off;
  worker_processes 1;
  pid ${prefix}/nginx.pid;
  error_log stderr warn;
  ${process.getuid() === 0 ? 'user root;' : ''}
  events { worker_connections 1024; }
  http {
    access_log off;
    keepalive_timeout 120s;
    keepalive_requests 1000000000;
    ${places.map((place) => `${place}_temp_path ${prefix}/${place};`).join('\n    ')}
    ${server}
  }
`;
}
