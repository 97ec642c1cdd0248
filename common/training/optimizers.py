"""Nadam with the schedule of its momentum that older Keras had."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

Tensor = Any


@keras.saving.register_keras_serializable(package="reproduce")
class ScheduledNadam(keras.optimizers.Optimizer):
    """Adam with Nesterov momentum (Dozat, 2016) that warms up as slowly as one likes.

    At step t the weight of the momentum is ``beta_1 * (1 - 0.5 * 0.96 ** (schedule_decay * t))``.
    Keras 2 has a `schedule_decay` of 0.004, so that a training of some thousand steps never leaves
    the warm-up; Keras 3 fixes it at 1, and has left it after a hundred.

    Parameters
    ----------
    learning_rate : float
    beta_1, beta_2, epsilon : float
        Decay of both moments, and what is added to the root of the second.
    schedule_decay : float
        0 keeps the momentum's weight at half of `beta_1`.
    **options
        Those of `keras.optimizers.Optimizer`, such as ``global_clipnorm``.
    """

    def __init__(
        self,
        learning_rate: float = 2e-3,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        schedule_decay: float = 0.004,
        name: str = "scheduled_nadam",
        **options: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, name=name, **options)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self.schedule_decay = schedule_decay

    def build(self, variables: list[keras.Variable]) -> None:
        """Two moments for each variable, and the product of all weights of the momentum so far."""
        if self.built:
            return
        super().build(variables)
        self._first, self._second = self.add_optimizer_variables(variables, ["first", "second"])
        self._products = [
            self.add_variable((), initializer="ones", dtype="float32", name=f"product_{number}")
            for number in range(len(variables))
        ]

    def update_step(
        self, gradient: Tensor, variable: keras.Variable, learning_rate: Tensor
    ) -> None:
        """One step of one variable."""
        index = self._get_variable_index(variable)
        first, second = self._first[index], self._second[index]
        gradient = ops.cast(gradient, variable.dtype)
        step = ops.cast(self.iterations + 1, "float32")
        now, following = self._weight(step), self._weight(step + 1)
        product = self._products[index] * now
        self.assign(self._products[index], product)
        self.assign(first, first + (1 - self.beta_1) * (gradient - first))
        self.assign(second, second + (1 - self.beta_2) * (ops.square(gradient) - second))
        of_moment, of_gradient = following / (1 - product * following), (1 - now) / (1 - product)
        moment = ops.cast(of_moment, variable.dtype) * first
        moment = moment + ops.cast(of_gradient, variable.dtype) * gradient
        unbiased = second / ops.cast(1 - ops.power(self.beta_2, step), variable.dtype)
        rate = ops.cast(learning_rate, variable.dtype)
        self.assign_sub(variable, rate * moment / (ops.sqrt(unbiased) + self.epsilon))

    def _weight(self, step: Tensor) -> Tensor:
        return self.beta_1 * (1 - 0.5 * ops.power(0.96, self.schedule_decay * step))

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "schedule_decay": self.schedule_decay,
        }
