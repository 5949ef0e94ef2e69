# syntax=docker/dockerfile:1
# Two stages: the first installs the pinned, hashed set; the second holds nothing but the result.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/alertbot
WORKDIR /src
COPY requirements.lock ./
RUN /opt/alertbot/bin/pip install --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY alertbot ./alertbot
RUN /opt/alertbot/bin/pip install --no-deps --no-build-isolation .

FROM python:3.13-slim
LABEL org.opencontainers.image.title="alertbot" \
      org.opencontainers.image.description="Sends flash briefs, with their key figures, to chats" \
      org.opencontainers.image.licenses="MIT"
ENV PATH=/opt/alertbot/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=build /opt/alertbot /opt/alertbot
RUN install -d -o 10001 -g 10001 /data
# config.toml is read from /data, and the database beside it is written there.
WORKDIR /data
VOLUME /data
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=10s --start-period=60s --retries=3 \
    CMD ["alertbot", "status", "--format", "jsonl"]
ENTRYPOINT ["alertbot"]
CMD ["run"]
