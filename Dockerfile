# One image for the API, the worker and the migrations: `serve` (the default), `worker`, `migrate`.

FROM python:3.11-slim-bookworm AS build
WORKDIR /build
# The dependencies first: they change less often than the code. Every file is checked against its hash.
COPY requirements/build.txt requirements/runtime.txt requirements/
RUN python -m venv /app && \
    /app/bin/python -m pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/runtime.txt
RUN python -m venv /tools && \
    /tools/bin/python -m pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/build.txt
COPY LICENSE README.md pyproject.toml ./
COPY migrations migrations
COPY src src
RUN /tools/bin/python -m hatchling build -t wheel -d /dist && \
    /app/bin/python -m pip install --no-cache-dir --no-index --no-deps /dist/*.whl && \
    /app/bin/python -m pip check && \
    /app/bin/python -m pip uninstall --yes pip setuptools

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 tidings && \
    useradd --system --uid 10001 --gid tidings --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin tidings
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TIDINGS_API_HOST=0.0.0.0
USER 10001:10001
EXPOSE 8080
# Of the API; compose.yaml has the worker's.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["tidings"]
CMD ["serve"]
