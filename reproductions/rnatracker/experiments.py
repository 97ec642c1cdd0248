"""Placeholder until the runs exist: the settings of the paper."""

from __future__ import annotations

from pathlib import Path

from common.harness.settings import load_settings

SETTINGS = load_settings(Path(__file__).with_name("settings.toml"))
