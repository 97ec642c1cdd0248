"""Progress of a run: a bar where there is a terminal, a line an epoch where there is none."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


def readable(seconds: float) -> str:
    """``4 s``, ``3 min 10 s`` or ``1 h 20 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


class Progress:
    """Tells where a run is and how long it will still take.

    Parameters
    ----------
    title : str
        Which run.
    epochs : int
        Epochs in all.
    done : int
        Epochs that an earlier start has done.
    stream : file or None
        Where to print; None keeps quiet.
    """

    def __init__(self, title: str, epochs: int, done: int, stream: Any) -> None:
        self.title, self.epochs, self.stream = title, epochs, stream
        self.bar = stream is not None and stream.isatty()
        self.started, self.first = time.monotonic(), done
        if done and stream is not None:
            print(f"{title}: goes on after epoch {done} of {epochs}", file=stream, flush=True)

    def callback(self, batches: int) -> keras.callbacks.Callback:
        """Keras callback that moves the bar within an epoch of `batches` batches."""
        import keras

        progress = self

        class Bar(keras.callbacks.Callback):
            """Redraws the line after each batch."""

            def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
                if progress.bar:
                    progress.draw(self.params.get("epochs", 1) - 1, (batch + 1) / batches, logs)

        return Bar()

    def draw(self, epochs_done: int, part: float, logs: dict | None) -> None:
        """Overwrite the terminal's line."""
        done = epochs_done + part
        width = 24
        filled = int(width * done / self.epochs)
        bar = "━" * filled + "─" * (width - filled)
        loss = f", loss {logs['loss']:.4f}" if logs and "loss" in logs else ""
        text = f"\r\x1b[2K{self.title} {bar} epoch {epochs_done + 1}/{self.epochs}{loss}"
        print(f"{text}, {self.left(done)}", end="", file=self.stream, flush=True)

    def left(self, done: float) -> str:
        """Estimate of the time that the rest of the epochs takes."""
        here = done - self.first
        if here <= 0:
            return "time left unknown"
        seconds = (time.monotonic() - self.started) / here * (self.epochs - done)
        return f"about {readable(seconds)} left"

    def epoch_done(self, row: dict[str, float]) -> None:
        """Print the epoch's scores."""
        if self.stream is None:
            return
        epoch = int(row["epoch"])
        scores = ", ".join(
            f"{name} {value:.4f}" for name, value in row.items() if name not in ("epoch", "seconds")
        )
        head = "\r\x1b[2K" if self.bar else ""
        line = f"{head}{self.title}: epoch {epoch}/{self.epochs}, {scores}"
        tail = f"{readable(row['seconds'])} an epoch, {self.left(epoch)}"
        print(f"{line}, {tail}", file=self.stream, flush=True)
