"""Renders the feature catalogue from the contract and the code into docs/features.md, which a test holds to it."""

import sys
from pathlib import Path

from ml_platform.contract import Contract, load_contract
from ml_platform.errors import SettingsInvalid
from ml_platform.features.build import feature_names
from ml_platform.features.transformations import REGISTRY
from ml_platform.files import atomic_write_text
from ml_platform.settings import find_root

PAGE = Path("docs/features.md")
CATALOGUE = "## Catalogue"
TRANSFORMATIONS = "## Transformations"
HEAD = ("| feature | type | transformation | inputs | parameters | meaning of the input |", "|---|---|---|---|---|---|")


def feature_rows(contract: Contract) -> list[str]:
    """Return one Markdown table row per feature, in the order of the model signature."""
    rows = []
    for name in feature_names(contract):
        feature = contract.features[name]
        parameters = ", ".join(
            f"{key} = {value:g}" if isinstance(value, float) else f"{key} = {value}"
            for key, value in feature.parameters.items()
        )
        cells = (
            f"`{name}`",
            feature.dtype,
            feature.transformation,
            ", ".join(f"`{column}`" for column in feature.inputs),
            parameters or "-",
            feature.description,
        )
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def transformation_rows() -> list[str]:
    """Return one Markdown list item per transformation that a feature may name."""
    return [f"- `{name}`: {REGISTRY[name].meaning}" for name in sorted(REGISTRY)]


def render_page(page: str, contract: Contract) -> str:
    """Return `page` with both lists made anew; all else of it stays. Raises SettingsInvalid without their headings."""
    page = _with_section(page, CATALOGUE, [*HEAD, *feature_rows(contract)])
    return _with_section(page, TRANSFORMATIONS, transformation_rows())


def _with_section(page: str, heading: str, lines: list[str]) -> str:
    before, found, after = page.partition(f"{heading}\n")
    if not found:
        raise SettingsInvalid(f"expected the heading {heading!r} in {PAGE}; restore it from version control")
    rest = after.find("\n## ")
    return before + found + "\n" + "\n".join(lines) + "\n" + (after[rest:] if rest >= 0 else "")


def main() -> int:
    """Writes the catalogue of this project's features into docs/features.md."""
    root = find_root()
    page = root / PAGE
    atomic_write_text(page, render_page(page.read_text(encoding="utf-8"), load_contract(root)))
    sys.stdout.write(f"{PAGE.as_posix()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
