# Navette in an image: Node, the source as it is (Node runs TypeScript itself), and only the packages that run.
# There is no PostgreSQL inside: give it DATABASE_URL. Everything it keeps is under /var/lib/navette; the rest may be read-only.

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# The optional packages are a Node and a PostgreSQL for people's own machines. No package that runs needs an install script.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24-slim
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY bin ./bin
COPY src ./src
COPY config ./config
RUN install -d -o node -g node -m 0700 /var/lib/navette
ENV NODE_ENV=production \
    NAVETTE_HOME=/var/lib/navette \
    NAVETTE_CONFIG=/app/config \
    LOG_FORMAT=json
VOLUME /var/lib/navette
# The image's user `node`, by number, so that a platform can see it is not root.
USER 1000:1000
# A worker with probes is asked for them, everything else whether its configuration is whole. Neither asks the database or a drop: a
# container is not restarted because a server elsewhere is down.
HEALTHCHECK --interval=60s --timeout=20s --start-period=10s CMD ["sh", "/app/bin/healthy"]
ENTRYPOINT ["/app/bin/navette"]
# A container that is not told what to do changes nothing. What does the work is named where it is started: `migrate`, `run pull`, ...
CMD ["--help"]
