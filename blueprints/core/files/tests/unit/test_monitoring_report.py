"""A report is one page with its pictures inside, safe against the values it shows, and the same bytes each time."""

import base64
import re

import numpy as np
import pytest

from ml_platform.monitoring.report import ReportSection, Table, bars, histograms, lines, render_report

pytestmark = pytest.mark.deliverable("model-monitoring")
PNG = b"\x89PNG"


def page() -> str:
    pictures = {
        "bars": bars({"a": 0.1, "b": 0.3}, "PSI", bound=0.2),
        "two": histograms(np.array([1.0, 2.0, np.nan]), np.array([2.0, 3.0]), "x", ("training", "now")),
        "line": lines(["jan", "feb"], {"metric": [0.1, 0.2]}, "score"),
    }
    table = Table(("name", "value"), [("ok", "1"), ("<b>odd</b>", "2")], marked=frozenset({1}))
    return render_report("Report & more", [ReportSection("First", ["one < two"], table, pictures)])


def test_everything_is_inside_the_page() -> None:
    html = page()
    assert re.findall(r'(?:src|href)="(?!data:)', html) == []
    images = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    assert len(images) == 3
    assert all(base64.b64decode(image).startswith(PNG) for image in images)


def test_values_are_text_and_marked_rows_stand_out() -> None:
    html = page()
    assert "&lt;b&gt;odd&lt;/b&gt;" in html
    assert "<b>odd" not in html
    assert "Report &amp; more" in html
    assert html.count('<tr class="bad">') == 1


def test_equal_numbers_give_equal_bytes() -> None:
    assert page() == page()
