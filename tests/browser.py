"""A Chromium without a window, and what it did: requests, console, downloads."""

from __future__ import annotations

import base64
import json
import shutil
import time
from contextlib import suppress
from pathlib import Path

import pytest

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def programs() -> tuple[str, str]:
    """Chromium and its driver; skips the test where one is missing."""
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next(filter(None, map(shutil.which, names)), None)
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("no Chromium with its driver here (Debian: chromium, chromium-driver)")
    pytest.importorskip("selenium", reason="selenium is not installed (extra `dev`)")
    return chromium, driver


SCREENSHOTS = Path(__file__).parents[1] / "build" / "screenshots"


class Browser:
    """A browser with a profile of its own.

    Parameters
    ----------
    folder : Path
        For the profile and for downloads.
    """

    def __init__(self, folder: Path) -> None:
        chromium, driver = programs()
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service

        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for flag in (*FLAGS, f"--user-data-dir={folder / 'profile'}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.downloads = folder / "downloads"
        self.downloads.mkdir()
        self.driver = webdriver.Chrome(options=options, service=Service(driver))
        behaviour = {"behavior": "allow", "downloadPath": str(self.downloads)}
        self.driver.execute_cdp_cmd("Browser.setDownloadBehavior", behaviour)
        self.asked: list[str] = []

    def close(self) -> None:
        self.driver.quit()

    def show(self, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Set the size of the page and the scheme of its colours."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    def screenshot(self, name: str) -> None:
        """Keep the whole page as it looks, in ``build/screenshots``, for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        shot = {"captureBeyondViewport": True, "format": "png"}
        found = self.driver.execute_cdp_cmd("Page.captureScreenshot", shot)
        (SCREENSHOTS / f"{name}.png").write_bytes(base64.b64decode(found["data"]))

    def open(self, address: str) -> None:
        self.driver.get(address)

    def run(self, script: str, *arguments):
        """Value of JavaScript in the page."""
        return self.driver.execute_script(script, *arguments)

    def find(self, selector: str):
        return self.driver.find_element("css selector", selector)

    def all(self, selector: str):
        return self.driver.find_elements("css selector", selector)

    def texts(self, selector: str) -> list[str]:
        return [element.text for element in self.all(selector)]

    def choose(self, selector: str, text: str) -> None:
        from selenium.webdriver.support.ui import Select

        Select(self.find(selector)).select_by_visible_text(text)

    def until(self, true, seconds: float = 30):
        """Wait until a call gives something; the page may change while it looks."""
        from selenium.common.exceptions import (
            NoSuchElementException,
            StaleElementReferenceException,
        )

        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(NoSuchElementException, StaleElementReferenceException):
                if value := true():
                    return value
            time.sleep(0.05)
        raise AssertionError(f"waited in vain; console: {self.console()}")

    def downloaded(self, name: str) -> Path:
        """A finished download, waited for."""
        path = self.downloads / name
        self.until(lambda: path.exists() and not list(self.downloads.glob("*.crdownload")))
        return path

    def console(self) -> list[str]:
        """Warnings and errors since the last look."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Addresses that the page has asked for, refused ones among them."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.asked.append(message["params"]["request"]["url"])
        return self.asked
