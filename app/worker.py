"""The worker process: the drainer does the work, rung by `queue/wake.py`; arq runs the crons.

arq never holds a job of ours. Redis may therefore vanish at any moment; work under way goes on, and arq is started
again when Redis is back.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import uuid
from datetime import timedelta
from typing import Any

import structlog
import uvloop
from arq import cron
from arq.connections import RedisSettings
from arq.worker import Worker as ArqWorker
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app import hooks, tracing
from app.connections.held import release_taken
from app.db.session import open_engine, open_sessions
from app.debug_mirror import DebugMirror
from app.log import configure_logging
from app.metrics import serve_metrics
from app.pulse import Pulse, spare_the_collector
from app.queue.retention import purge
from app.queue.wake import Bell, listen
from app.security.crypto import open_key_ring
from app.settings import Settings
from app.sync.drainer import Drainer, DrainerOptions
from app.sync.ending import JobEnd, RetryPolicy
from app.sync.engine import Engine
from app.sync.mirroring import mirrored
from app.sync.peers import Peers
from app.sync.poller import Poller
from app.sync.reconcile_schedule import ReconcileSchedule
from app.sync.runner import Runner
from app.sync.tally import count_end
from app.sync.webhook_watch import WebhookWatch

REDIS_AWAY_PAUSE_S = 2.0
CRON_LOOK_S = 0.5
ONE_WISH_S = 0.5
POLL_LOOK_S = 5.0
"""How often a cursor that is due is looked for; when each is due is the link's `poll_every_s`."""

log = structlog.get_logger(__name__)


async def rescan(ctx: dict[str, Any]) -> None:
    """Cron: finds what a lost ring left (the drainer's own scan does too, when Redis is away)."""
    ctx["drainer"].ring()


async def purge_finished(ctx: dict[str, Any]) -> None:
    """Cron: finished rows past their retention leave in batches."""
    removed = await purge(ctx["sessions"], older_than=ctx["retention"])
    log.info("retention.purged", rows=removed)


async def release_events(ctx: dict[str, Any]) -> None:
    """Cron: a worker that still went by older settings held shop events that their link takes meanwhile."""
    async with ctx["sessions"].begin() as session:
        released = await release_taken(session)
    if released:
        ctx["drainer"].ring()


class WorkerSettings:
    """What `arq app.worker.WorkerSettings` would read; `shopsync worker` runs the same with our supervision."""

    cron_jobs = (
        cron(rescan, second=set(range(0, 60, 10)), unique=False),
        cron(release_events, second={5}),
        cron(purge_finished, minute={17}, timeout=600),
    )
    queue_name = "shopsync:crons"
    keep_result = 0
    max_tries = 1
    max_jobs = 8


class WorkerProcess:
    """Everything one worker process holds; `run()` returns after a signal and a drained stop."""

    def __init__(self, settings: Settings, *, database_url: str, redis_url: str) -> None:
        self.settings = settings
        self.name = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
        self._redis_url = redis_url
        self._db = open_engine(database_url, pool_size=settings.database_pool_size)
        self._sessions = open_sessions(self._db)
        self._peers = Peers(
            self._sessions,
            open_key_ring(settings),
            timeout_s=settings.peer_timeout_s,
            width=settings.peer_width,
            ttl_s=settings.link_cache_s,
        )
        self._bell = Bell(redis_url)
        self._mirror = DebugMirror(settings.debug_mirror_url) if settings.debug_mirror_url else None
        engine = Engine(
            self._sessions,
            self._peers,
            RetryPolicy(base_s=settings.retry_base_s, cap_s=settings.retry_cap_s),
            on_end=self._on_end,
        )
        self.drainer = Drainer(
            self._sessions,
            engine,
            DrainerOptions(
                name=self.name,
                slots=settings.worker_slots,
                batch_size=settings.batch_size,
                lease=timedelta(seconds=settings.lease_s),
                idle_scan_s=settings.idle_scan_s,
            ),
            chain=self._bell.ring,
        )
        self._poller = Poller(
            self._sessions,
            self._peers,
            max_attempts=settings.max_attempts,
            idle_s=POLL_LOOK_S,
            ring=self._bell.ring,
        )
        self._runner = Runner(
            self._sessions,
            self._peers,
            engine,
            holder=self.name,
            max_attempts=settings.max_attempts,
            lease=timedelta(seconds=settings.lease_s),
            grace_s=settings.shutdown_grace_s,
            ring=self._bell.ring,
        )
        self._schedule = ReconcileSchedule(self._sessions, ring=self._bell.ring)
        self._watch = None if settings.public_url is None else self._webhook_watch(settings, settings.public_url)

    def _webhook_watch(self, settings: Settings, public_url: str) -> WebhookWatch:
        return WebhookWatch(
            self._sessions,
            self._peers,
            open_key_ring(settings),
            public_url=public_url,
            every_s=settings.webhook_check_s,
        )

    async def run(self) -> None:
        stop = _stop_on_signals()
        spare_the_collector()
        self._bell.start()
        if self._mirror is not None:
            await self._mirror.start()
        self.drainer.start()
        log.info("worker.started", worker=self.name, slots=self.settings.worker_slots)
        besides = [
            asyncio.create_task(listen(self._redis_url, self.drainer.ring, ready=self.drainer.idle), name="bell"),
            asyncio.create_task(self._run_crons(), name="arq"),
            asyncio.create_task(self._poller.run(), name="poller"),
            asyncio.create_task(self._runner.run(), name="runner"),
            asyncio.create_task(self._schedule.run(), name="reconciliations"),
            asyncio.create_task(Pulse({"main": self._db}).run(), name="pulse"),
        ]
        if self._watch is not None:
            besides.append(asyncio.create_task(self._watch.run(), name="webhooks"))
        try:
            await stop.wait()
            log.info("worker.stopping", worker=self.name, grace_s=self.settings.shutdown_grace_s)
        finally:
            for task in besides:
                task.cancel()
            # Side by side, or one's time to end would be added to the other's.
            ended = asyncio.gather(*besides, return_exceptions=True)
            await asyncio.gather(self.drainer.stop(self.settings.shutdown_grace_s), ended)
            await self._close()

    async def _close(self) -> None:
        if self._mirror is not None:
            await self._mirror.aclose()
        await self._bell.aclose()
        await self._peers.aclose()
        await self._db.dispose()
        log.info("worker.stopped", worker=self.name)

    async def _run_crons(self) -> None:
        """arq, again and again: it ends whenever Redis does."""
        away = False
        while True:
            worker = self._arq()
            try:
                await worker.async_run()
            except (RedisError, OSError, TimeoutError) as error:
                if not away:
                    log.warning("redis.away", error=type(error).__name__, effect="the queue is scanned on a timer")
                away = True
            except SQLAlchemyError as error:
                log.warning("cron.failed", error=type(error).__name__)
            finally:
                with contextlib.suppress(RedisError, OSError, TimeoutError, AttributeError):
                    await worker.close()
            await asyncio.sleep(REDIS_AWAY_PAUSE_S)

    def _arq(self) -> ArqWorker:
        return ArqWorker(
            cron_jobs=WorkerSettings.cron_jobs,
            queue_name=WorkerSettings.queue_name,
            keep_result=WorkerSettings.keep_result,
            max_tries=WorkerSettings.max_tries,
            max_jobs=WorkerSettings.max_jobs,
            redis_settings=_redis_settings(self._redis_url),
            poll_delay=CRON_LOOK_S,
            handle_signals=False,
            log_results=False,
            ctx={
                "drainer": self.drainer,
                "sessions": self._sessions,
                "retention": timedelta(days=self.settings.retention_days),
            },
        )

    def _on_end(self, end: JobEnd, seconds: float) -> None:
        count_end(end, seconds, link=self._peers.slug_of(end.job.link_id))
        if self._mirror is not None:
            for result in mirrored(end):
                self._mirror.post(result, destination=end.job.module)


def _redis_settings(redis_url: str) -> RedisSettings:
    settings = RedisSettings.from_dsn(redis_url)
    settings.conn_timeout = 1
    settings.conn_retries = 0
    return settings


def _stop_on_signals() -> asyncio.Event:
    """First signal: drain. A later one: leave at once; the leases run out and others take over.

    `timeout` and service managers signal the process and then its group: two signals at once are one wish.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    first_at = 0.0

    def received() -> None:
        nonlocal first_at
        if not stop.is_set():
            first_at = loop.time()
            stop.set()
        elif loop.time() - first_at > ONE_WISH_S:
            os._exit(130)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, received)
    return stop


def run_worker(settings: Settings, *, database_url: str, redis_url: str) -> None:
    configure_logging(settings.log_level, json=settings.log_json)
    hooks.load()
    tracing.start(settings)
    if settings.worker_metrics_port is not None:
        serve_metrics(settings.worker_metrics_port, host=settings.host)

    async def main() -> None:
        await WorkerProcess(settings, database_url=database_url, redis_url=redis_url).run()

    try:
        uvloop.run(main())
    finally:
        tracing.stop()
