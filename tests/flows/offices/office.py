"""What a person does in a shop's back office, and what the shop holds; and what was asked of the shop meanwhile."""

from __future__ import annotations

from typing import Any, Protocol

from tests.flows.offices.goods import Goods
from tests.flows.offices.people import People
from tests.flows.offices.sales import Sales
from tests.flows.offices.shelves import Shelves, Vouchers


class Wire(Protocol):
    def refuse(self, entity_type: str, *, times: int = 1) -> None:
        """The next creates of that entity type meet a shop under maintenance."""
        ...

    def lose_answer(self, entity_type: str, *, times: int = 1) -> None:
        """The next creates of that entity type are carried out, and their answers lost."""
        ...

    def refuse_looks(self, entity_type: str, *, times: int = 1) -> None:
        """The next reads of that entity type meet a shop under maintenance."""
        ...

    def mend(self) -> None:
        """Nothing of that is to come any more."""
        ...

    def hush(self) -> None:
        """Nobody is told of anything any more."""
        ...

    def reads(self) -> list[Any]: ...

    def writes(self) -> list[str]:
        """What we wrote since `forget`, a word per record: `create customer`, `update product`."""
        ...

    def forget(self) -> None: ...

    async def settled(self) -> None:
        """Every event of the shop was posted."""
        ...


class Office(People, Goods, Shelves, Vouchers, Sales, Wire, Protocol):
    """`kind` is the connection's."""

    kind: str
