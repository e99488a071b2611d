"""The demonstration's page: one self-contained HTML file, so that it can be mailed and opened anywhere."""

import base64
import html
from collections.abc import Sequence
from pathlib import Path

from ml_platform.demonstration.check import Check
from ml_platform.demonstration.demo import Demo, Section
from ml_platform.files import atomic_write_text

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2430; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: .3rem .6rem; vertical-align: top; }
tr { border-bottom: 1px solid #d8dde5; } .fail { color: #b3261e; font-weight: 600; } .pass { color: #1b6e3c; }
figure { display: inline-block; width: 49%; margin: 1rem 0; vertical-align: top; }
img { max-width: 100%; } figcaption { color: #5a6675; }
pre { white-space: pre-wrap; }
"""


def report_html(title: str, sections: Sequence[Section], checks: Sequence[Check]) -> str:
    """Return the page: sections in the order in which they were added, then every check."""
    failed = sum(check.status == "fail" for check in checks)
    parts = [f"<h1>{html.escape(title)}</h1><p>{len(checks) - failed} checks passed, {failed} failed.</p>"]
    parts += [_section(section) for section in sections]
    rows = "".join(
        f'<tr><td class="{check.status}">{check.status}</td><td>{html.escape(check.deliverable)}</td>'
        f"<td>{html.escape(check.name)}</td><td>{html.escape(check.detail)}</td></tr>"
        for check in checks
    )
    parts.append(
        f"<h2>Checks</h2><table><tr><th>status</th><th>deliverable</th><th>claim</th><th>seen</th></tr>{rows}</table>"
    )
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def write_report(path: Path, demo: Demo, checks: Sequence[Check]) -> None:
    """Write the demonstration's page atomically to `path`."""
    title = f"{demo.context.contract.project}: demonstration as of {demo.context.as_of}"
    atomic_write_text(path, report_html(title, demo.sections, checks))


def _section(section: Section) -> str:
    pictures = "".join(
        f'<figure><img alt="{html.escape(caption)}" src="data:image/png;base64,{base64.b64encode(png).decode()}">'
        f"<figcaption>{html.escape(caption)}</figcaption></figure>"
        for caption, png in section.pictures.items()
    )
    return f"<h2>{html.escape(section.title)}</h2><pre>{html.escape(section.text)}</pre>{pictures}"
