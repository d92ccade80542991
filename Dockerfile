# One image for the gateway and every service; docker-compose.yml says which command each container runs.
FROM node:20-alpine AS build
WORKDIR /freehold
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:20-alpine
ENV NODE_ENV=production
WORKDIR /freehold
COPY --from=build /freehold/package.json /freehold/freehold.json /freehold/supergraph.graphql ./
COPY --from=build /freehold/bin bin
COPY --from=build /freehold/node_modules node_modules
COPY --from=build /freehold/dist dist
COPY --from=build /freehold/subgraphs subgraphs
COPY --from=build /freehold/prisma prisma
COPY --from=build /freehold/operations operations
# A new volume takes the owner of the folder that it is mounted on; without these it would belong to root.
RUN mkdir -p /data /secrets/gateway && chown node:node /data /secrets/gateway \
 && for name in $(node -p "require('./freehold.json').subgraphs.map((one) => one.name).join(' ')"); do \
      mkdir -p /secrets/$name/owner /secrets/$name/service && chown -R node:node /secrets/$name; \
    done
USER node
# The option is that of cli/process/node-options.ts, which says why.
ENTRYPOINT ["node", "--max-semi-space-size=32", "bin/freehold.js"]
