"""A report is one page with its pictures inside, safe against the values it shows, and the same bytes each time."""

import base64
import re

import numpy as np
import pytest

from ml_platform.monitoring.report import ReportSection, Table, bars, histograms, lines, render_report

pytestmark = pytest.mark.deliverable("model-monitoring")
PNG = b"\x89PNG"


def made() -> str:
    pictures = {
        "bars": bars({"a": 0.1, "b": 0.3}, "PSI", bound=0.2),
        "two": histograms(np.array([1.0, 2.0, np.nan]), np.array([2.0, 3.0]), "x", ("training", "now")),
        "line": lines(["jan", "feb"], {"metric": [0.1, 0.2]}, "score"),
    }
    table = Table(("name", "value"), [("ok", "1"), ("<b>odd</b>", "2")], marked=frozenset({1}))
    return render_report("Report & more", [ReportSection("First", ["one < two"], table, pictures)])


@pytest.fixture(scope="module")
def page() -> str:
    return made()


def test_everything_is_inside_the_page(page: str) -> None:
    assert re.findall(r'(?:src|href)="(?!data:)', page) == []
    images = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    assert len(images) == 3
    assert all(base64.b64decode(image).startswith(PNG) for image in images)


def test_values_are_text_and_marked_rows_stand_out(page: str) -> None:
    assert "&lt;b&gt;odd&lt;/b&gt;" in page
    assert "<b>odd" not in page
    assert "Report &amp; more" in page
    assert page.count('<tr class="bad">') == 1


def test_equal_numbers_give_equal_bytes(page: str) -> None:
    assert made() == page
