"""Settings of a cross run: which network on which data set, and the network's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import UsageError
from common.harness.settings import Deviation, Settings, load_settings
from reproductions.cross.networks import COMPOSITION, NETWORKS

NOT_OURS = ("data", "simulated_proteins")
"""Settings of a network that name its paper's own data."""


@dataclass(frozen=True)
class CrossSettings:
    """What the harness asks of a paper's `settings.toml`.

    Parameters
    ----------
    own : Settings
        Of the cross table's own file.
    """

    own: Settings

    def resolve(
        self,
        variant: str,
        profile: str,
        experiment: str,
        overrides: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Value of every setting for one run, the network's own included.

        Raises
        ------
        UsageError
            As `common.harness.settings.Settings.resolve`.
        """
        given = dict(overrides or {})
        ours = {name: given.pop(name) for name in tuple(given) if name in self.own.settings}
        values = self.own.resolve(variant, profile, experiment, ours)
        if values["cross_network"] != COMPOSITION:
            network = NETWORKS[values["cross_network"]]
            of_network = {**network.trainable.settings(profile), **network.changes}
            values = {k: v for k, v in of_network.items() if k not in NOT_OURS} | values
        for name in given:
            if name not in values:
                raise UsageError(f"setting {name!r}", "unknown", f"Known: {', '.join(values)}")
        return values | given

    def deviations(self) -> list[Deviation]:
        """Every value is ours; see `Settings.deviations`."""
        return self.own.deviations()


def load_cross_settings() -> CrossSettings:
    """Settings of `settings.toml` beside this module."""
    return CrossSettings(load_settings(Path(__file__).with_name("settings.toml")))
