"""Console script `registry`: what a person does with model versions, each move with a name and a reason."""

import argparse
import json
import sys
from collections.abc import Sequence

from ml_platform.errors import PlatformError
from ml_platform.logs import configure_logging
from ml_platform.registry.adapter import open_registry
from ml_platform.registry.promotion import promote, rollback
from ml_platform.registry.protocol import CHAMPION, STAGES, Registry
from ml_platform.settings import ENVIRONMENTS, load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Lists, promotes or rolls back; the exit code is 0, or that of the error."""
    options = _parser().parse_args(arguments)
    log = configure_logging("registry", "")
    try:
        settings = load_settings(options.environment)
        registry = open_registry(settings)
        try:
            allowed = settings.registry.approvers
            sys.stdout.write(json.dumps(_apply(options, registry, allowed), indent=2) + "\n")
        finally:
            registry.close()
    except PlatformError as error:
        log.error(str(error), kind=type(error).__name__)
        return error.exit_code
    return 0


def _apply(options: argparse.Namespace, registry: Registry, allowed: Sequence[str]) -> object:
    if options.action == "list":
        return [version.model_dump() for version in registry.versions()]
    if options.action == "history":
        return [decision.model_dump(mode="json") for decision in registry.history()]
    if options.action == "promote":
        decision = promote(
            registry,
            options.version,
            options.to,
            approver=options.approver,
            reason=options.reason,
            allowed=allowed,
        )
    else:
        decision = rollback(registry, options.alias, approver=options.approver, reason=options.reason)
    return decision.model_dump(mode="json")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="registry", description="Model versions: list, promote, roll back.")
    parser.add_argument("--environment", choices=ENVIRONMENTS)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="all versions with their tags and names")
    actions.add_parser("history", help="who moved which name to which version, and why")
    promotion = actions.add_parser("promote", help=f"move a version on: {' -> '.join(STAGES)}")
    promotion.add_argument("version", type=int)
    promotion.add_argument("--to", choices=STAGES, required=True)
    back = actions.add_parser("rollback", help="point a name back at the version before")
    back.add_argument("--alias", choices=(*STAGES, CHAMPION), default=STAGES[-1])
    for action in (promotion, back):
        action.add_argument("--approver", required=True)
        action.add_argument("--reason", required=True)
    return parser


if __name__ == "__main__":
    sys.exit(main())
