"""`wc/v3/data/countries`: a few of them, with the states that forms offer. The route is recorded (meta-10), its rows
are as WooCommerce documents them."""

from collections.abc import Mapping

from .resources import Ask
from .state import Json

_COUNTRIES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "AT": ("Austria", {}),
    "DE": ("Germany", {"DE-BE": "Berlin", "DE-BY": "Bavaria", "DE-HH": "Hamburg", "DE-SN": "Saxony"}),
    "ES": ("Spain", {"B": "Barcelona", "M": "Madrid"}),
    "FR": ("France", {}),
    "GB": ("United Kingdom (UK)", {}),
    "IT": ("Italy", {"MI": "Milano", "RM": "Roma", "TO": "Torino"}),
    "JP": ("Japan", {"JP13": "Tokyo", "JP27": "Osaka"}),
    "NL": ("Netherlands", {}),
    "US": ("United States (US)", {"CA": "California", "NY": "New York", "TX": "Texas"}),
}


def countries(ask: Ask) -> list[Json]:
    return [
        {"code": code, "name": name, "states": [{"code": one, "name": said} for one, said in states.items()]}
        for code, (name, states) in _COUNTRIES.items()
    ]
