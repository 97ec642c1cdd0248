"""How a network is trained, as one object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from common.errors import UsageError

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Recipe:
    """Optimizer, epochs, batches, stopping and precision of a run.

    Parameters
    ----------
    learning_rate : float
        Step size.
    epochs : int
        Epochs at most.
    batch_size : int
        Sequences in a batch.
    optimizer : str
        ``adam``, ``nadam`` or ``sgd``.
    beta_1, beta_2, epsilon : float
        Adam's decay of both moments (as Keras writes them, not one minus them) and its offset.
    schedule_decay : float
        Of Nadam's momentum, as in `ScheduledNadam`; 1 is Keras 3's own.
    max_positions : int, optional
        Residue budget of a batch, padding included, where memory would not hold `batch_size`.
    clip_norm : float, optional
        Largest norm of all gradients together.
    patience : int, optional
        Epochs without a better `monitor` before training stops; None trains all epochs.
    monitor : str
        Column of the history that is watched, such as ``val_loss``.
    mode : str
        ``min`` or ``max``: which way `monitor` is better.
    ties : str
        ``first``: an epoch as good as the best is no better; ``last``: it takes the best's place.
    least_accuracy : float
        Training does not stop before the column ``accuracy`` of some epoch has reached this.
    keep : str
        ``last``: the weights after the last epoch; ``best``: those of the best `monitor`.
    dtype : str
        Keras precision policy, ``float32`` or ``mixed_bfloat16``.
    length_jitter : float
        Noise on the logarithm of the lengths when batches are formed (`plan_batches`).

    Notes
    -----
    Dropout and initial weights differ between the layers of a network: its builder takes them from
    the same settings.
    """

    learning_rate: float
    epochs: int
    batch_size: int
    optimizer: str = "adam"
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    schedule_decay: float = 1.0
    max_positions: int | None = None
    clip_norm: float | None = None
    patience: int | None = None
    monitor: str = "val_loss"
    mode: Literal["min", "max"] = "min"
    ties: Literal["first", "last"] = "first"
    least_accuracy: float = 0.0
    keep: Literal["last", "best"] = "last"
    dtype: str = "float32"
    length_jitter: float = 0.1

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Recipe:
        """Take what a recipe knows from resolved settings; other names are the network's.

        ``0`` stands for "none" in `max_positions`, `clip_norm` and `patience`, since TOML has no
        null.

        Raises
        ------
        UsageError
            No epoch, an empty batch, or a step of no size.
        """
        known = {field.name for field in fields(cls)}
        chosen = {name: value for name, value in settings.items() if name in known}
        for name in ("max_positions", "clip_norm", "patience"):
            chosen[name] = chosen.get(name) or None
        for name in ("epochs", "batch_size", "learning_rate"):
            if not chosen[name] > 0:
                raise UsageError(name, f"{chosen[name]} is not above 0", "Set a positive number")
        return cls(**chosen)

    def build_optimizer(self) -> keras.optimizers.Optimizer:
        """Keras optimizer of this recipe.

        Raises
        ------
        UsageError
            An optimizer of another name.
        """
        import keras

        common = {"learning_rate": self.learning_rate, "global_clipnorm": self.clip_norm}
        moments = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
        if self.optimizer == "adam":
            return keras.optimizers.Adam(**common, **moments)
        if self.optimizer == "nadam" and self.schedule_decay == 1:
            return keras.optimizers.Nadam(**common, **moments)
        if self.optimizer == "nadam":
            from common.training.optimizers import ScheduledNadam

            decay = self.schedule_decay
            return ScheduledNadam(**common, **moments, schedule_decay=decay)  # type: ignore[arg-type]
        if self.optimizer == "sgd":
            return keras.optimizers.SGD(**common)
        raise UsageError("optimizer", f"{self.optimizer!r} is not known", "Use adam, nadam or sgd")
