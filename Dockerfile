# Build stage: compile, then keep the packages that run; what only the build needs goes.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json tsconfig.server.json ./
COPY web/package.json web/
RUN npm ci --omit=dev
COPY tools tools
COPY src src
COPY workers workers
COPY web web
RUN node tools/build.mjs server \
 && npm uninstall --no-save --omit=dev --workspaces=false typescript @types/node

# Run stage: one image, the role is the argument (`serve` by default).
FROM node:22-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /app
RUN mkdir /data && chown node:node /data
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/src/features/library/demo-catalog.json src/features/library/
COPY --from=build /app/web/dist web/dist
COPY migrations migrations
COPY assets assets
USER node
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["node", "dist/src/main.js", "healthcheck"]
ENTRYPOINT ["node", "--enable-source-maps", "--initial-old-space-size=128", "dist/src/main.js"]
CMD ["serve"]
