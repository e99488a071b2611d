"""Renders monitoring reports: one HTML file with its pictures inside, and the same bytes for the same numbers."""

import base64
import html
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1c2430}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #d8dde5}"
    "img{max-width:100%}.bad{color:#b3261e;font-weight:600}figcaption{color:#5a6675}"
)


@dataclass(frozen=True)
class Table:
    """Rows of cells under a heading; rows at the positions in `marked` stand out."""

    heading: Sequence[str]
    rows: Sequence[Sequence[str]]
    marked: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ReportSection:
    """A part of a report: sentences, a table and pictures (PNG bytes by caption)."""

    title: str
    sentences: Sequence[str] = ()
    table: Table | None = None
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def render_report(title: str, sections: Sequence[ReportSection]) -> str:
    """Return the whole page as HTML that needs no other file."""
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title><style>{STYLE}</style>'
    body = "\n".join([f"<h1>{html.escape(title)}</h1>", *map(_section, sections)])
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{body}</body></html>\n'


def _section(section: ReportSection) -> str:
    parts = [f"<h2>{html.escape(section.title)}</h2>"]
    parts += [f"<p>{html.escape(sentence)}</p>" for sentence in section.sentences]
    if section.table is not None:
        parts.append(_table(section.table))
    for caption, png in section.pictures.items():
        source = base64.b64encode(png).decode("ascii")
        text = html.escape(caption)
        parts.append(
            f'<figure><img alt="{text}" src="data:image/png;base64,{source}"><figcaption>{text}</figcaption></figure>'
        )
    return "\n".join(parts)


def _table(table: Table) -> str:
    heading = "".join(f"<th>{html.escape(cell)}</th>" for cell in table.heading)
    rows = "\n".join(
        ('<tr class="bad">' if position in table.marked else "<tr>")
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in row)
        + "</tr>"
        for position, row in enumerate(table.rows)
    )
    return f"<table><tr>{heading}</tr>\n{rows}</table>"


def png_of(figure: Figure) -> bytes:
    """Return the figure as PNG without the metadata that would change from machine to machine."""
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=90, metadata={"Software": None})
    return target.getvalue()


def bars(values: Mapping[str, float], label: str, bound: float | None = None) -> bytes:
    """Return horizontal bars, the largest on top, with a line at `bound`."""
    ordered = sorted(values.items(), key=lambda item: item[1])
    with mpl.rc_context({"font.size": 9}):
        figure = Figure(figsize=(7, 0.6 + 0.26 * len(ordered)), layout="constrained")
        axes = figure.subplots()
        axes.barh([name for name, _ in ordered], [value for _, value in ordered], color="#3b6ea5")
        if bound is not None:
            axes.axvline(bound, color="#b3261e", linestyle="--")
        axes.set_xlabel(label)
        return png_of(figure)


def histograms(
    before: npt.NDArray[np.float64], now: npt.NDArray[np.float64], label: str, names: tuple[str, str]
) -> bytes:
    """Return two distributions over common bins, as shares."""
    known = np.concatenate([before[~np.isnan(before)], now[~np.isnan(now)]])
    edges = np.histogram_bin_edges(known, bins=30)
    with mpl.rc_context({"font.size": 9}):
        figure = Figure(figsize=(7, 3), layout="constrained")
        axes = figure.subplots()
        for values, name in zip((before, now), names, strict=True):
            counts, _ = np.histogram(values[~np.isnan(values)], bins=edges)
            # One shape for all bins; a bar for each takes most of the time of the report.
            axes.stairs(counts / max(1, len(values)), edges, fill=True, alpha=0.55, label=name)
        axes.set_xlabel(label)
        axes.set_ylabel("share of rows")
        axes.legend()
        return png_of(figure)


def lines(x: Sequence[str], series: Mapping[str, Sequence[float]], label: str) -> bytes:
    """Return one line per series over the common `x`."""
    with mpl.rc_context({"font.size": 9}):
        figure = Figure(figsize=(7, 3), layout="constrained")
        axes = figure.subplots()
        for name, values in series.items():
            axes.plot(list(x), list(values), marker="o", label=name)
        axes.set_ylabel(label)
        axes.tick_params(axis="x", rotation=30)
        axes.legend()
        return png_of(figure)
