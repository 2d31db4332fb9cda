# syntax=docker/dockerfile:1
FROM rust:1.95-slim-bookworm AS build
# SQLite, libpq and OpenSSL are compiled from source: the binary brings them along, the final image needs none.
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev make perl \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# The caches keep the dependencies from one build to the next, hence the copy out of target. They also keep what an
# other checkout built, maybe later than these files were written: touch, so that cargo does not take that for ours.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    touch src/lib.rs src/main.rs \
    && cargo build --release --locked --bin solmu \
    && cp target/release/solmu /solmu

FROM debian:bookworm-slim
# For sslmode=verify-full to a database whose certificate a public authority signed.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /solmu /usr/local/bin/solmu
# By number, so that an orchestrator can see that it is not root.
USER 10001:10001
# Inside a container the default, 127.0.0.1, would be out of everyone's reach.
ENV SOLMU_LISTEN=0.0.0.0:8080
EXPOSE 8080
# solmu itself gives up asking after 5 seconds.
HEALTHCHECK --interval=10s --timeout=6s --start-period=10s --retries=3 CMD ["/usr/local/bin/solmu", "health"]
ENTRYPOINT ["/usr/local/bin/solmu"]
CMD ["serve"]
