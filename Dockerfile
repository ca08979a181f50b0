# The inspector as a sidecar of a Functions host, without anything but --listen and --upstream to set up:
#
#   docker build --tag inspector .
#   docker run --publish 4040:4040 inspector --listen 0.0.0.0:50051 --upstream HOST:PORT --ui 0.0.0.0:4040
#
# Sessions are in the volume /sessions. The page's address, with its token, is printed at the start.

FROM node:22-bookworm-slim AS package
WORKDIR /project
COPY . .
RUN npm run --silent package -- --output /package

FROM node:22-bookworm-slim
COPY --from=package /package /package
RUN npm install --global --no-audit --no-fund /package/*.tgz \
  && rm -r /package \
  && install --directory --owner node --group node --mode 700 /sessions
ENV XDG_STATE_HOME=/sessions
VOLUME /sessions
USER node
EXPOSE 50051 4040
ENTRYPOINT ["inspector"]
CMD ["--help"]
