"""A whole installation in virtual time: processes that live and die between a link's two sides, and PostgreSQL."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, cast

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from app.connectors.http import PeerClient
from app.connectors.odoo.client import OdooClient
from app.connectors.odoo.transport import NoCookies
from app.db.session import open_sessions
from app.entities.base import Side
from app.ingest.service import Ingest
from app.sandbox.odoo.app import create_app
from app.sandbox.odoo.database import Account, Database
from app.sandbox.odoo.seed import seeded
from tests.flows.offices.premises import Premises, open_premises
from tests.flows.two_sides import SYNC_KEY, SYNC_UID, Line, TwoSides
from tests.flows.world import World, make_link
from tests.simulation.clock import CLOCK
from tests.simulation.connections import Connections
from tests.simulation.gate import Gate
from tests.simulation.life import Fates, Life
from tests.simulation.network import Network
from tests.simulation.onlooker import RING
from tests.simulation.plan import ClockFault, PeerPlan, Plan
from tests.simulation.post import Post
from tests.simulation.sabotage import Sabotage
from tests.simulation.trace import Trace
from tests.simulation.weather import Weather
from tests.simulation.worker import MAX_ATTEMPTS, Api, Bell, Worker

LONGEST_ABSENCE_S: Final = 20.0


@dataclass(slots=True, kw_only=True)
class Installation:
    """`both`: what people work on. `lives`: of every process that there ever was."""

    plan: Plan
    rng: random.Random
    trace: Trace
    fates: Fates
    gate: Gate
    bell: Bell
    network: Network
    post: Post
    both: TwoSides
    connections: Connections
    lives: list[Life] = field(default_factory=list)
    api: Api | None = None

    def __post_init__(self) -> None:
        self.post.door = self._door

    def live(self) -> None:
        self.open_door()
        for _ in range(self.plan.workers):
            self.start_worker()

    def start_worker(self) -> None:
        life = self._born("worker")
        worker = Worker(life, self._engine(life), self.network, self.bell)
        self.bell.workers.append(worker)
        worker.start()

    async def stop_worker(self) -> None:
        """Asked to end, in its own time; another takes its place."""
        alive = [worker for worker in self.bell.workers if worker.life.alive]
        if not alive:
            return
        worker = self.rng.choice(alive)
        worker.life.say("is asked to end")
        self.bell.workers.remove(worker)
        await worker.stop(self.rng.choice((0.0, 1.0, 10.0)))
        worker.life.say("has ended")
        self.start_worker()

    def open_door(self) -> None:
        life = self._born("api")
        engine = self._engine(life)
        ingest = Ingest(engine, self.bell, max_attempts=MAX_ATTEMPTS)
        self.api = Api(life=life, engine=engine, ingest=ingest)

    def calm(self) -> None:
        """Nothing goes wrong any more."""
        self.fates.stop()
        self.bell.lost = 0.0
        self.post.calm = True
        for weather in self.network.weather.values():
            weather.calm = True

    @property
    def anything_on_its_way(self) -> bool:
        return bool(self.post.under_way or self.network.under_way)

    async def end(self) -> None:
        """Nobody goes on, whatever they were doing."""
        for life in self.lives:
            life.end_of_the_world()
        me = asyncio.current_task()
        while others := sorted((task for task in asyncio.all_tasks() if task is not me), key=hash):
            for task in others:
                task.cancel()
            await asyncio.wait(others, timeout=1)

    def _door(self) -> Ingest | None:
        return self.api.ingest if self.api is not None and self.api.life.alive else None

    def _born(self, role: str) -> Life:
        number = sum(life.role == role for life in self.lives) + 1
        life = Life(f"{role}{number}", role, self.trace, self.fates, self._died)
        life.say("starts")
        self.lives.append(life)
        return life

    def _died(self, life: Life) -> None:
        """A supervisor starts another one."""
        self.bell.workers = [worker for worker in self.bell.workers if worker.life is not life]
        again = self.open_door if life.role == "api" else self.start_worker
        asyncio.get_running_loop().call_later(self.rng.uniform(0.2, LONGEST_ABSENCE_S), again)

    def _engine(self, life: Life) -> AsyncEngine:
        return self.connections.engine_of(life, self.gate, told(self.plan.database))


def told(fault: ClockFault) -> Callable[[], str]:
    clock = clock_of(fault)
    return lambda: clock().isoformat()


def clock_of(fault: ClockFault) -> Callable[[], datetime]:
    return lambda: CLOCK.now() + timedelta(seconds=fault.off_by(CLOCK.elapsed_s))


@asynccontextmanager
async def open_installation(
    plan: Plan, connections: Connections, trace: Trace, sabotage: Sabotage | None = None
) -> AsyncIterator[Installation]:
    """Nobody lives there yet."""
    fates = Fates(list(plan.deaths))
    gate = Gate(random.Random(f"gate {plan.seed}"))
    post = Post(
        rng=random.Random(f"post {plan.seed}"),
        trace=trace,
        door=lambda: None,
        lost=plan.lost,
        twice=plan.twice,
        late_s=plan.late_s,
        sabotage=sabotage,
    )
    observer = Life("observer", "observer", trace, fates, lambda life: None)
    engine = connections.engine_of(observer, gate, told(plan.database))
    db = _odoo(plan)
    line = Line(create_app(db))
    holder: list[World] = []
    premises = await open_premises(
        plan.kind, lambda: (holder[0].ingest, holder[0].link), clock=clock_of(plan.shop.clock)
    )
    world = await _world(plan, engine, premises, post)
    holder.append(world)
    peer = _people_of(create_app(db))
    both = TwoSides(
        world=world,
        odoo=db,
        line=line,
        people=OdooClient(peer, database="odoo", username="admin", api_key="sandbox-key"),
    )
    if plan.own_writes_told:
        both.listen()
    network = Network(
        kind=plan.kind,
        rng=random.Random(f"network {plan.seed}"),
        weather={Side.ODOO: _weather(plan, "odoo", plan.odoo), Side.SHOP: _weather(plan, "shop", plan.shop)},
        servers={Side.ODOO: line, Side.SHOP: httpx.ASGITransport(premises.shop)},
        sabotage=sabotage,
    )
    bell = Bell(random.Random(f"bell {plan.seed}"), plan.lost_rings)
    installation = Installation(
        plan=plan,
        rng=random.Random(f"lives {plan.seed}"),
        trace=trace,
        fates=fates,
        gate=gate,
        bell=bell,
        network=network,
        post=post,
        both=both,
        connections=connections,
        lives=[observer],
    )
    try:
        yield installation
    finally:
        await installation.end()


def _odoo(plan: Plan) -> Database:
    db = seeded(version=plan.version, now=clock_of(plan.odoo.clock))
    db.add("res.users", {"name": "Sync", "login": "sync", "company_id": 1, "company_ids": [1]}, row_id=SYNC_UID)
    db.accounts.append(Account(uid=SYNC_UID, login="sync", password="sync", api_key=SYNC_KEY))
    return db


async def _world(plan: Plan, engine: AsyncEngine, premises: Premises, post: Post) -> World:
    """For people and for whoever looks at the end; what works in it are the installation's processes."""
    sessions = open_sessions(engine)
    credentials = {"database": "odoo", "username": "sync", "api_key": SYNC_KEY}
    link = await make_link(sessions, RING, premises, {plan.kind: {}}, sync=plan.sync, odoo_credentials=credentials)
    nobody: Any = None
    return World(
        engine=engine,
        sessions=sessions,
        shop=premises.shop,
        office=premises.office,
        link=link,
        ingest=cast(Ingest, post),
        drainer=nobody,
        sync=nobody,
        peers=nobody,
    )


def _people_of(app: Any) -> PeerClient:
    transport = httpx.ASGITransport(app)
    return PeerClient("http://odoo.test", name="people", auth=NoCookies(), transport=transport)


def _weather(plan: Plan, name: str, peer: PeerPlan) -> Weather:
    rng = random.Random(f"{name} {plan.seed}")
    return Weather(rng=rng, trouble=peer.trouble, slowest_s=peer.slowest_s, down=peer.down)
