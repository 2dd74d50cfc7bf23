# One image for every service of docker-compose.yaml: the lock, the product, no twin.
FROM python:3.11-slim-bookworm AS build
WORKDIR /opt/tieout
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir uv==0.13.9
COPY requirements.txt /locks/requirements.txt
# The second lock was compiled under the first: where both name a package they agree.
RUN .venv/bin/uv pip install --no-deps --compile-bytecode --python .venv/bin/python \
        -r /locks/requirements.txt
COPY deploy/requirements.txt /locks/production.txt
RUN .venv/bin/uv pip install --no-deps --compile-bytecode --python .venv/bin/python \
        -r /locks/production.txt
COPY pyproject.toml README.md LICENSE airflow.cfg ./
COPY include/ include/
RUN rm -rf include/sandbox && .venv/bin/uv pip install --no-deps --python .venv/bin/python -e .
COPY sql/ sql/
COPY dags/ dags/
COPY plugins/ plugins/
RUN .venv/bin/python -m compileall -q include dags plugins

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 50000 --home-dir /var/lib/tieout --create-home tieout
COPY --from=build /opt/tieout /opt/tieout
ENV PATH=/opt/tieout/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TZ=UTC \
    TIEOUT_ROOT=/opt/tieout \
    TIEOUT_HOME=/var/lib/tieout \
    AIRFLOW_HOME=/var/lib/tieout/airflow \
    AIRFLOW_CONFIG=/opt/tieout/airflow.cfg
USER tieout
WORKDIR /opt/tieout
