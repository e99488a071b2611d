"""Every expected failure of the platform; a message says what was expected, what was found and what to do next."""


class PlatformError(Exception):
    """Base of the failures that a person can act on; anything else is a bug."""

    exit_code = 1


class SettingsInvalid(PlatformError):
    """conf/*.yaml, contract.yaml or an environment variable does not hold together."""

    exit_code = 2


class UnknownStage(PlatformError):
    """A stage was asked for that this design does not have."""

    exit_code = 2


class DataRefused(PlatformError):
    """Source data do not have the shape that the contract promises."""


class MissingHandover(PlatformError):
    """A stage needs a value of an earlier stage that is not there."""


class GateFailed(PlatformError):
    """A quality, model or release gate said no."""


class NotValidated(GateFailed):
    """Data are about to be used that no validation run has passed."""


class UnknownEntity(PlatformError):
    """A prediction was asked for an entity that the feature store does not know."""


class NotTracked(PlatformError):
    """A training run ended without all of its parameters, metrics or its model recorded."""


class ModelRefused(PlatformError):
    """A model file is damaged, of another signature, or holds types that are not on the trusted list."""


class NotApproved(PlatformError):
    """A model version was to be promoted without the approval that its target needs."""


class StageInterrupted(PlatformError):
    """The process was asked to end before its stage was done: a node is taken away, or somebody stopped it."""

    exit_code = 143


class StageTimeout(PlatformError):
    """A stage ran longer than its limit."""

    exit_code = 124
