# The production image: API, worker and migrations, without the embedded databases.
# `docker run IMAGE api`, `… worker`, `… migrate`; settings come from the environment (see .env.example).

FROM python:3.11-slim AS build
COPY requirements/production.lock /tmp/
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/production.lock \
 && printf '#!/opt/venv/bin/python\nfrom app.cli import main\nmain()\n' > /opt/venv/bin/shopsync \
 && chmod 755 /opt/venv/bin/shopsync

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/srv \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ENVIRONMENT=production \
    HOST=0.0.0.0
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin shopsync
COPY --from=build /opt/venv /opt/venv
WORKDIR /srv
COPY alembic.ini ./
COPY migrations migrations
COPY app app
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.getenv('PORT') or 8000}/livez\", timeout=2)"]
ENTRYPOINT ["shopsync"]
CMD ["api"]
