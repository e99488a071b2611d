# syntax=docker/dockerfile:1
# Airflow with the pipelines of this commit: scheduler, API server and the rest are the same image with another command.
FROM ghcr.io/astral-sh/uv:0.13.8 AS uv

FROM python:3.11-slim-bookworm AS build
COPY --from=uv /uv /usr/local/bin/uv
ENV UV_LINK_MODE=copy \
    UV_PYTHON_DOWNLOADS=never \
    UV_PROJECT_ENVIRONMENT=/app/.venv
WORKDIR /app
# Dependencies change less often than code, so they are a layer of their own.
COPY pyproject.toml ./
COPY environments/orchestrator/pyproject.toml environments/orchestrator/uv.lock environments/orchestrator/
RUN --mount=type=cache,target=/root/.cache/uv uv sync --project environments/orchestrator --locked --group cluster --no-install-package ml-platform
COPY src ./src
RUN --mount=type=cache,target=/root/.cache/uv uv sync --project environments/orchestrator --locked --group cluster --no-editable

FROM python:3.11-slim-bookworm
ARG REVISION=unknown
LABEL org.opencontainers.image.title="orchestrator" \
      org.opencontainers.image.revision="${REVISION}"
# AIRFLOW_HOME is mounted: Airflow writes its generated settings there, and the root file system may be read-only.
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    AIRFLOW_HOME=/opt/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/app/dags \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False \
    ML_PLATFORM_ROOT=/app
WORKDIR /app
COPY --from=build /app/.venv /app/.venv
COPY contract.yaml ./
COPY conf ./conf
COPY dags ./dags
RUN mkdir -p /opt/airflow data work models reports && chown 10001:10001 /opt/airflow data work models reports
USER 10001:10001
EXPOSE 8080
CMD ["airflow", "api-server"]
