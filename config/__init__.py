"""The settings in force, loaded once; a process with unusable settings ends here with every reason."""

import sys

from config.env import UnknownEnvironment, read_environment
from config.settings import Settings, SettingsInvalid, build_settings


def _load() -> Settings:
    try:
        return build_settings(read_environment())
    except UnknownEnvironment as error:
        problems = [str(error)]
    except SettingsInvalid as error:
        problems = error.problems
    sys.exit("Marquee can't start with this configuration:\n" + "\n".join(f"  - {line}" for line in problems))


settings = _load()
