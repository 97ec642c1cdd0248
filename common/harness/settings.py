"""A paper's `settings.toml`: every hyper-parameter with the paper's and the code's value.

The file holds

- ``[settings.NAME]`` with ``paper`` (or ``"not stated"``), ``code`` (or ``"none released"``),
  ``source``, ``why`` and, where a variant uses something else, ``[settings.NAME.use]``;
- ``[profiles.PROFILE]``: values that a shortened run uses instead;
- ``[experiments.EXPERIMENT]`` and ``[experiments.EXPERIMENT.PROFILE]``: what one row of a table
  does differently; ``[experiments."ablation-*"]`` holds for all whose names fit.

A later one wins: variant, experiment, profile, experiment in that profile, explicit overrides; of
two that fit an experiment, the one that stands further down in the file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

from common.errors import UsageError, did_you_mean

NOT_STATED = "not stated"
NONE_RELEASED = "none released"
PROFILES = ("smoke", "quick", "full")
_FIELDS = ("paper", "code", "source", "why", "use")


@dataclass(frozen=True)
class Setting:
    """One hyper-parameter.

    Parameters
    ----------
    name : str
    paper, code : value, `NOT_STATED` or `NONE_RELEASED`
    source : str
        Where the paper says so, such as ``"section 2.6"``.
    why : str
        The reason for every value that is not the paper's.
    use : mapping of variant to value
        What a variant uses where that is not the value of its own name.
    """

    name: str
    paper: Any
    code: Any
    source: str = ""
    why: str = ""
    use: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stated(self) -> tuple[Any, ...]:
        """Every value that the file gives for this setting."""
        values = [v for v in (self.paper, self.code) if v not in (NOT_STATED, NONE_RELEASED)]
        return (*values, *self.use.values())

    def value(self, variant: str) -> Any:
        """Value of a variant; `NOT_STATED` or `NONE_RELEASED` where the file gives it none.

        A variant other than ``code`` that names no value of its own uses the paper's.
        """
        own = self.code if variant == "code" else self.use.get("paper", self.paper)
        return self.use.get(variant, own)


@dataclass(frozen=True)
class Deviation:
    """A value that is not the paper's: who uses it and why."""

    name: str
    paper: Any
    code: Any
    used: Any
    where: str
    source: str
    why: str


@dataclass(frozen=True)
class Settings:
    """All settings of one paper, ready to be resolved."""

    path: Path
    settings: Mapping[str, Setting]
    profiles: Mapping[str, Mapping[str, Any]]
    experiments: Mapping[str, Mapping[str, Any]]
    by_profile: Mapping[tuple[str, str], Mapping[str, Any]]

    @property
    def variants(self) -> tuple[str, ...]:
        """``paper``, ``code`` where code was released, and every variant named under ``use``."""
        named = {variant for setting in self.settings.values() for variant in setting.use}
        if any(setting.code != NONE_RELEASED for setting in self.settings.values()):
            named.add("code")
        return ("paper", *sorted(named - {"paper"}))

    def resolve(
        self,
        variant: str,
        profile: str,
        experiment: str,
        overrides: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Value of every setting for one run.

        Raises
        ------
        UsageError
            An unknown variant, profile or setting (with the names that look alike), a value of
            another type than the file's, or a setting for which the variant has no value.
        """
        _known("variant", variant, self.variants, self.path)
        _known("profile", profile, PROFILES, self.path)
        values = {name: setting.value(variant) for name, setting in self.settings.items()}
        for layer in (
            *(own for name, own in self.experiments.items() if fnmatchcase(experiment, name)),
            self.profiles.get(profile, {}),
            *(
                own
                for (name, shortened), own in self.by_profile.items()
                if shortened == profile and fnmatchcase(experiment, name)
            ),
            overrides or {},
        ):
            for name, value in layer.items():
                _known("setting", name, self.settings, self.path)
                values[name] = value
        for name, value in values.items():
            if isinstance(value, str) and value in (NOT_STATED, NONE_RELEASED):
                raise UsageError(
                    f"setting {name}",
                    f"the variant {variant} has no value ({value})",
                    f"Give one under [settings.{name}.use] in {self.path.name}, with the reason",
                )
            values[name] = _typed(self.settings[name], value)
        return values

    def deviations(self) -> list[Deviation]:
        """Every value in use that is not the paper's, with the reason.

        Variants come first, then the values of profiles and of experiments.
        """
        rows = []
        for setting in self.settings.values():
            if setting.code not in (NONE_RELEASED, setting.paper):
                rows.append(_deviation(setting, setting.value("code"), "variant code"))
            for variant in self.variants:
                used = setting.value(variant)
                given = variant != "code" and (variant == "paper" or variant in setting.use)
                if given and used != setting.paper:
                    rows.append(_deviation(setting, used, f"variant {variant}"))
        layers: dict[str, tuple[Mapping[str, Any], str]] = {}
        for profile, layer in self.profiles.items():
            layers[f"profile {profile}"] = layer, "runs of this profile are shortened"
        for experiment, layer in self.experiments.items():
            layers[f"experiment {experiment}"] = layer, "what the experiment is about"
        for (experiment, profile), layer in self.by_profile.items():
            layers[f"experiment {experiment}, profile {profile}"] = (
                layer,
                "runs of this profile are shortened",
            )
        for where, (layer, why) in layers.items():
            for name, used in layer.items():
                if used != self.settings[name].paper:
                    row = _deviation(self.settings[name], used, where)
                    rows.append(replace(row, why=row.why or why))
        return rows


def load_settings(path: Path) -> Settings:
    """Read and check a `settings.toml`.

    Raises
    ------
    UsageError
        The file is missing or not TOML; a setting lacks its paper's or code's value, its source
        or its reason; an override names an unknown setting or has another type.
    """
    path = Path(path)
    try:
        return _parsed(path, path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(str(path), "no such file", "Every paper has a settings.toml") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(str(path), f"not TOML: {error}", "Mend the file") from error


@lru_cache(maxsize=16)
def _parsed(path: Path, text: str) -> Settings:
    """Settings of a text; a comparison asks for the same ones hundreds of times."""
    raw = tomllib.loads(text)
    for table in raw:
        _known("table", table, ("settings", "profiles", "experiments"), path)
    settings = {name: _setting(name, entry, path) for name, entry in raw["settings"].items()}
    profiles = raw.get("profiles", {})
    for profile in profiles:
        _known("profile", profile, PROFILES, path)
    experiments: dict[str, dict[str, Any]] = {}
    by_profile: dict[tuple[str, str], dict[str, Any]] = {}
    for experiment, entry in raw.get("experiments", {}).items():
        experiments[experiment] = {k: v for k, v in entry.items() if not isinstance(v, dict)}
        for profile in (k for k, v in entry.items() if isinstance(v, dict)):
            _known("profile", profile, PROFILES, path)
            by_profile[experiment, profile] = entry[profile]
    for layer in (*profiles.values(), *experiments.values(), *by_profile.values()):
        for name, value in layer.items():
            _known("setting", name, settings, path)
            _typed(settings[name], value)
    return Settings(path, settings, profiles, experiments, by_profile)


def parse_override(text: str) -> tuple[str, Any]:
    """Split ``name=value`` from the command line; the value is TOML, a bare word a string.

    Raises
    ------
    UsageError
        There is no ``=`` or no name.
    """
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"setting {text!r}", "not of the form NAME=VALUE", "Write epochs=5")
    try:
        parsed = tomllib.loads(f"value = {value}")
    except tomllib.TOMLDecodeError:
        return name.strip(), value.strip()
    return name.strip(), parsed["value"] if set(parsed) == {"value"} else value.strip()


def _setting(name: str, entry: Mapping[str, Any], path: Path) -> Setting:
    """Check one ``[settings.NAME]`` table."""
    for key in entry:
        _known(f"field of setting {name}", key, _FIELDS, path)
    missing = [key for key in ("paper", "code", "source") if key not in entry]
    if missing:
        raise UsageError(f"setting {name}", f"{path.name} lacks {', '.join(missing)}", "Add it")
    setting = Setting(name, **entry)
    needs_reason = setting.use or setting.paper == NOT_STATED
    if (setting.code not in (NONE_RELEASED, setting.paper) or needs_reason) and not setting.why:
        fault = f"{path.name} uses a value that is not the paper's and gives no reason"
        raise UsageError(f"setting {name}", fault, "Fill in `why`")
    if not setting.stated:
        raise UsageError(f"setting {name}", f"{path.name} gives no value", "Add one under `use`")
    return setting


def _deviation(setting: Setting, used: Any, where: str) -> Deviation:
    return Deviation(
        setting.name, setting.paper, setting.code, used, where, setting.source, setting.why
    )


def _known(kind: str, name: str, allowed: Sequence[str] | Mapping[str, Any], path: Path) -> None:
    """Refuse a name that is not among those allowed, and say which look alike."""
    if name in allowed:
        return
    fault = f"unknown in {path.parent.name}/{path.name}"
    raise UsageError(f"{kind} {name!r}", fault, did_you_mean(str(name), allowed))


def _shape(value: Any) -> str:
    """Name of a value's type; a list's holds the types of its items."""
    if isinstance(value, list | tuple):
        items = {_shape(item) for item in value}
        if "number" in items:
            items.discard("whole number")
        return f"list of {' or '.join(sorted(items)) or 'nothing'}"
    return {bool: "true or false", int: "whole number", float: "number", str: "text"}.get(
        type(value), type(value).__name__
    )


def _typed(setting: Setting, value: Any) -> Any:
    """Value in the type that the file gives the setting; a whole number may stand for a number.

    Raises
    ------
    UsageError
        The value has none of the types of the paper's, the code's or a variant's value.
    """
    allowed = {_shape(stated) for stated in setting.stated}
    shape = _shape(value)
    if shape in allowed:
        return value
    if shape == "whole number" and "number" in allowed:
        return float(value)
    if shape == "list of whole number" and "list of number" in allowed:
        return [float(item) for item in value]
    if shape == "list of nothing" and any(a.startswith("list") for a in allowed):
        return value
    raise UsageError(
        f"setting {setting.name}",
        f"{value!r} is a {shape}, allowed is a {' or a '.join(sorted(allowed))}",
        "Give a value of that type",
    )
