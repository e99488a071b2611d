# syntax=docker/dockerfile:1
# The MLflow server; its chart gives the command with database and bucket.
FROM ghcr.io/astral-sh/uv:0.13.8 AS uv

FROM python:3.11-slim-bookworm AS build
COPY --from=uv /uv /usr/local/bin/uv
ENV UV_LINK_MODE=copy \
    UV_PYTHON_DOWNLOADS=never \
    UV_PROJECT_ENVIRONMENT=/app/.venv
WORKDIR /app
COPY environments/tracker/pyproject.toml environments/tracker/uv.lock environments/tracker/
RUN --mount=type=cache,target=/root/.cache/uv uv sync --project environments/tracker --locked --no-dev

FROM python:3.11-slim-bookworm
ARG REVISION=unknown
LABEL org.opencontainers.image.title="tracker" \
      org.opencontainers.image.revision="${REVISION}"
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    MLFLOW_DISABLE_TELEMETRY=true \
    DO_NOT_TRACK=1
WORKDIR /app
COPY --from=build /app/.venv /app/.venv
USER 10001:10001
EXPOSE 5000
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:5000/health', timeout=2)"]
CMD ["mlflow", "server", "--host", "0.0.0.0", "--port", "5000"]
