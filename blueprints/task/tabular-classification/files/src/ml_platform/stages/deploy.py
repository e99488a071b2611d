"""Stage `deploy`: installs the version that the registry names, once it scores here as it did in training."""

import shutil

import numpy as np

from ml_platform.bundle import Bundle, install, load_bundle, load_info
from ml_platform.context import StageContext, StageHandover
from ml_platform.contract import Contract
from ml_platform.errors import GateFailed, ModelRefused
from ml_platform.registry.adapter import open_registry

SERVING = "serving"
# One folder per version that never changes: a prediction pod that starts late loads what its siblings have loaded.
RELEASES = "releases"
TOLERANCE = 1e-9


class DeployHandover(StageHandover):
    """What is installed; `previous` is the version that was there before, where one was."""

    version: int
    alias: str
    previous: int | None
    directory: str


def run(context: StageContext) -> DeployHandover:
    """Installs the version behind settings.registry.deploy_alias; raises GateFailed where the alias names none."""
    alias = context.settings.registry.deploy_alias
    target = context.path(context.settings.paths.models, SERVING)
    registry = open_registry(context.settings)
    try:
        version = registry.get_alias(alias)
        if version is None:
            raise GateFailed(f"no version is named {alias}; promote one with `uv run registry promote`")
        bundle = load_bundle(registry.download(version, context.work / "deploying"))
    finally:
        registry.close()
    verify(bundle, context.contract)
    previous = load_info(target).version if target.exists() else None
    kept = context.path(context.settings.paths.models, RELEASES, str(version))
    if not kept.exists():
        copied = kept.with_name(f".{kept.name}.part")
        shutil.rmtree(copied, ignore_errors=True)
        install(shutil.copytree(bundle.directory, copied), kept)
    install(bundle.directory, target)
    context.log.info("deployed", version=version, alias=alias, previous=previous)
    return DeployHandover(
        outputs=context.hashes(path for path in sorted(target.rglob("*")) if path.is_file()),
        version=version,
        alias=alias,
        previous=previous,
        directory=target.relative_to(context.root).as_posix(),
    )


def verify(bundle: Bundle, contract: Contract) -> None:
    """Raises ModelRefused where inputs differ from the contract's, or reference rows get other scores than before."""
    expected = [(port.name, str(port.dtype)) for port in contract.signatures["model"].inputs]
    found = [(feature.name, feature.dtype) for feature in bundle.info.features]
    if found != expected:
        changed = sorted({name for name, _ in set(found) ^ set(expected)})
        raise ModelRefused(f"the model was trained for other inputs than contract.yaml names: {', '.join(changed)}")
    reference = bundle.reference()
    distance = float(np.abs(bundle.score(reference) - reference["score"].to_numpy()).max())
    if distance > TOLERANCE:
        raise ModelRefused(
            f"scores differ by up to {distance:.2e} from those at training time; "
            "install the dependency versions that it was trained with"
        )
