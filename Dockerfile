# One image for every process of the hub; the command chooses which:
#
#   node dist/apps/router/src/main.js         the OCPI interface (the default)
#   node dist/apps/delivery/src/main.js       deliveries and their retries
#   node dist/apps/hubclientinfo/src/main.js  who can be reached
#   node dist/apps/admin/src/main.js          the operator's REST API
#   node dist/apps/hub/src/main.js            all four in one process
#   node dist/apps/hub/src/migrate.js         brings the database up to date, then ends
#
# Health checks differ by command and are therefore in docker-compose.yml. Settings come from the environment when a
# container starts; the image holds none.

FROM node:24-slim AS build
WORKDIR /hub
COPY package.json package-lock.json ./
RUN npm ci --omit=optional --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY apps ./apps
COPY libs ./libs
COPY migrations ./migrations
RUN npm run build

# The embedded PostgreSQL (an optional dependency) is for machines without one: not wanted here.
FROM node:24-slim AS dependencies
WORKDIR /hub
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund

FROM node:24-slim
# Node 24 by itself lets the young generation grow on and on: more memory, and more time for each message.
ENV NODE_ENV=production NODE_OPTIONS=--max-semi-space-size=16
WORKDIR /hub
COPY --from=dependencies /hub/node_modules ./node_modules
COPY --from=build /hub/dist ./dist
COPY package.json ./
USER node
EXPOSE 3000 3001
# Node answers SIGTERM itself (requests in flight are finished), so there is no init process in between.
CMD ["node", "dist/apps/router/src/main.js"]
