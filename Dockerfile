# The GitHub App: `docker build -t fleetwright .`, then deploy/chart. Everything that it writes lies in /data and /tmp, so the
# file system of the image may be read-only.

FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# `prepare` builds, which needs the sources: it is run below.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node build.ts && npm pack --ignore-scripts --silent && mv fleetwright-*.tgz fleetwright.tgz

FROM node:24-bookworm-slim
# git reads and writes repositories; tini takes away what children leave behind.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git tini \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
# Versions are those of the lock file, not the newest ones that package.json allows.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force && rm package.json package-lock.json
COPY --from=build /build/fleetwright.tgz /tmp/fleetwright.tgz
RUN mkdir node_modules/fleetwright \
  && tar --extract --gzip --strip-components=1 --no-same-owner --file=/tmp/fleetwright.tgz --directory=node_modules/fleetwright \
  && rm /tmp/fleetwright.tgz \
  && ln -s /app/node_modules/fleetwright/dist/cli/main.js /usr/local/bin/fleetwright \
  && mkdir /data && chown 10001:10001 /data

ENV NODE_ENV=production \
  FLEETWRIGHT_DATA=/data \
  HOST=0.0.0.0 \
  PORT=3000 \
  HOME=/tmp
VOLUME ["/data"]
EXPOSE 3000
# A number, so that Kubernetes can tell that it is not root.
USER 10001:10001
ENTRYPOINT ["tini", "--", "fleetwright"]
CMD ["serve"]
