"""What small caps, regional banks and property trusts gain or lose when yields, the dollar or inflation move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pandas as pd

from smallcaps.errors import NotCovered, TooFewEvents
from smallcaps.inference import benjamini_hochberg
from smallcaps.panel import Panel
from smallcaps.returns import monthly_gap
from smallcaps.studies.betas import Beta, beta, rolling_beta, summed_beta
from smallcaps.studies.inflation_and_dollar import broad_dollar, fund_slopes
from smallcaps.studies.surprises import inflation_surprises

ASSETS = {"gap": "Small caps", "kre": "Banks", "vnq": "Property"}  # KRE and VNQ less the market
DRIVERS = {"yield": "10-year yield", "dollar": "dollar", "surprise": "inflation surprise"}
PLURAL = {"yield": "yields", "dollar": "the dollar", "surprise": "inflation surprises"}


@dataclass(frozen=True)
class Exposures:
    """A slope for each asset and driver, keyed by both; `left_out` says what the window cannot give, and why."""

    slopes: dict[tuple[str, str], Beta]
    left_out: tuple[str, ...]

    def slope(self, asset: str, driver: str) -> Beta:
        """The slope of an asset (ASSETS) on a driver (DRIVERS); NotCovered with the reason where there is none."""
        if (asset, driver) not in self.slopes:
            name = self._row((asset, driver))
            raise NotCovered(next((text for text in self.left_out if text.startswith(name)), f"no slope of {name}"))
        return self.slopes[asset, driver]

    @staticmethod
    def _row(key: tuple[str, str]) -> str:
        return f"{ASSETS[key[0]]}, {DRIVERS[key[1]]}"

    def table(self) -> pd.DataFrame:
        """One row a slope: pp of monthly return for one pp (dollar: one percent), interval, p (two-sided), power, n."""
        rows = {
            self._row(key): _shown(slope) | {"Sample": f"{slope.sample.index[0]} to {slope.sample.index[-1]}"}
            for key, slope in self.slopes.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Return and driver")

    def clear(self) -> dict[str, tuple[int, int]]:
        """How many intervals leave zero out, and how many there are, by driver in words."""
        tally = {}
        for (_, driver), slope in self.slopes.items():
            hits, n = tally.get(PLURAL[driver], (0, 0))
            low, high = slope.interval
            tally[PLURAL[driver]] = (hits + (low > 0 or high < 0), n + 1)
        return tally

    def after_correction(self, *, level: float = 0.05) -> list[str]:
        """The slopes whose two-sided p stays below `level` when corrected for the number of slopes looked at."""
        adjusted = benjamini_hochberg({self._row(key): slope.p("two-sided") for key, slope in self.slopes.items()})
        return [name for name, p in adjusted.items() if p < level]

    def typical(self) -> pd.DataFrame:
        """The slopes for a rise of the driver by its own standard deviation: pp of monthly return, with intervals."""
        rows = {}
        for key, slope in self.slopes.items():
            move = float(slope.sample["driver"].std())
            low, high = slope.interval
            rows[self._row(key)] = {
                "Typical move": move,
                "Effect, pp": slope.estimate * move,
                "95 % low": low * move,
                "95 % high": high * move,
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Return and driver")


def exposures(panel: Panel, *, pair: str = "price", surprise: str = "autoregression") -> Exposures:
    """Slopes of small minus large, KRE and VNQ less the market on yields, the dollar and inflation surprises.

    Yields: change of the month-end 10-year yield, same month. Dollar: percent change of monthly means, summed over the
    month, the one before and the one after. Surprises: by month of publication (see `surprises`). TooFewEvents if the
    window gives none of them.
    """
    returns = {
        "gap": lambda: monthly_gap(*panel.pair(pair)),
        "kre": lambda: monthly_gap(panel.returns("kre"), panel.returns("market")),
        "vnq": lambda: monthly_gap(panel.returns("vnq"), panel.returns("market")),
    }
    shocks = cache(lambda: inflation_surprises(panel.history("fred_monthly")["CPIAUCSL"], model=surprise))
    drivers: dict[str, Callable[[pd.Series, str], Beta]] = {
        "yield": lambda y, name: beta(y, ten_year(panel), names=(name, DRIVERS["yield"])),
        "dollar": lambda y, name: summed_beta(y, broad_dollar(panel), names=(name, DRIVERS["dollar"])),
        "surprise": lambda y, name: beta(y, shocks(), names=(name, DRIVERS["surprise"])),
    }
    slopes, left_out = {}, []
    for driver, fit in drivers.items():
        for asset, name in ASSETS.items():
            try:
                slopes[asset, driver] = fit(returns[asset](), name)
            except (NotCovered, TooFewEvents) as error:
                left_out.append(f"{name}, {DRIVERS[driver]}: {error}")
    if not slopes:
        raise TooFewEvents(left_out[0])
    return Exposures(slopes, tuple(left_out))


def ten_year(panel: Panel) -> pd.Series:
    """Monthly change of the month-end 10-year Treasury yield, percentage points."""
    return panel.history("treasury_yields_month_end")["DGS10"].diff()


def rolling_rate_slopes(panel: Panel, *, months: int = 60) -> pd.DataFrame:
    """Slopes of KRE and VNQ, each less the market, on the 10-year yield over the last `months` months; pp per pp."""
    columns = {
        fund.upper(): rolling_beta(
            monthly_gap(panel.returns(fund), panel.returns("market")), ten_year(panel), months=months
        )["estimate"]
        for fund in ("kre", "vnq")
    }
    return pd.concat(columns, axis=1, join="inner")


def rate_views(panel: Panel) -> pd.DataFrame:
    """The slopes of KRE and VNQ under other defensible choices of benchmark and yield: pp per pp, a row a choice."""
    choices = {
        "10-year yield, less the market": {},
        "10-year yield, less SPY": {"benchmark": "spy"},
        "2-year yield, less the market": {"yields": "DGS2"},
    }
    rows = {}
    for name, options in choices.items():
        for fund, slope in zip(("KRE", "VNQ"), fund_slopes(panel, **options), strict=True):
            rows[f"{fund}, {name}"] = _shown(slope)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Fund, yield and benchmark")


def _shown(slope: Beta) -> dict[str, float]:
    """What the tables show of a slope."""
    return {
        "Slope": slope.estimate,
        "95 % low": slope.interval[0],
        "95 % high": slope.interval[1],
        "p (two-sided)": slope.p("two-sided"),
        "Detectable": slope.minimum_detectable_effect,
        "Months": slope.n,
    }
