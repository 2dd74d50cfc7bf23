"""The chart of a report: money by stage, as a picture with its ground baked in."""

from __future__ import annotations

from typing import Final

from tieout.finance.money import to_decimal
from tieout.reports import facts as of
from tieout.reports.figures import amount
from tieout.reports.view import ChartView

#: Width of the picture in a mail; the file holds twice as many pixels each way.
WIDTH_PX: Final = 560
SCALE: Final = 2
_BAR_PX: Final = 30
_COLOURS: Final = {
    "received": "#7B8794",
    of.EXCLUDED: "#7B8794",
    of.CARRIED: "#7B8794",
    of.HELD: "#B3261E",
    of.WAITING: "#B86E00",
    of.UNAPPROVED: "#B86E00",
    of.UNDERWAY: "#0072B2",
    of.BOOKED: "#0A6E52",
}


def draw(chart: ChartView) -> bytes:
    """The chart as PNG, twice the size it is shown in; every bar says its word and amount."""
    import altair as alt
    import pandas as pd
    import vl_convert

    rows = [
        {
            "stage": bar.label,
            # A bar's length is a picture; the exact amount stands beside it as text.
            "length": str(to_decimal(bar.amount_minor, chart.currency)),
            "amount": f"{amount(bar.amount_minor, chart.currency)} {chart.currency}",
            "colour": _COLOURS[bar.stage],
        }
        for bar in chart.bars
    ]
    frame = pd.DataFrame(rows)
    frame["length"] = pd.to_numeric(frame["length"])
    longest = max(frame["length"].max(), 1)
    base = alt.Chart(frame).encode(
        y=alt.Y("stage:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False)),
        x=alt.X("length:Q", title=None, axis=None, scale=alt.Scale(domain=[0, longest * 1.55])),
    )
    bars = base.mark_bar(height=18).encode(color=alt.Color("colour:N", scale=None))
    labels = base.mark_text(align="left", dx=6, fontSize=13, color="#14181D").encode(
        text="amount:N"
    )
    spec = (
        (bars + labels)
        .properties(width=WIDTH_PX - 170, height=_BAR_PX * len(rows), background="#FFFFFF")
        .configure(font="DejaVu Sans")
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=13, labelColor="#14181D", labelLimit=160, minExtent=160)
        .to_json()
    )
    return bytes(vl_convert.vegalite_to_png(spec, scale=SCALE))


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height in which the picture is shown, in CSS pixels."""
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    return width // SCALE, height // SCALE
