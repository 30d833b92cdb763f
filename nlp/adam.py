"""The optimizer of the network's training."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Arrays = dict[str, "NDArray[np.float32]"]  # by name of parameter
DECAY = 0.01


class Adam:
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019), changing the parameters where they are."""

    def __init__(self, parameters: Arrays) -> None:
        import numpy as np

        self.parameters = parameters
        self.mean = {name: np.zeros_like(array) for name, array in parameters.items()}
        self.square = {name: np.zeros_like(array) for name, array in parameters.items()}
        self.count = 0

    def step(self, found: Arrays, rate: float, beta: float = 0.9, gamma: float = 0.999) -> None:
        import numpy as np

        self.count += 1
        step = rate * math.sqrt(1 - gamma**self.count) / (1 - beta**self.count)
        for name, gradient in found.items():
            mean, square, array = self.mean[name], self.square[name], self.parameters[name]
            mean += (1 - beta) * (gradient - mean)
            square += (1 - gamma) * (gradient * gradient - square)
            array *= 1 - rate * DECAY
            array -= step * mean / (np.sqrt(square) + 1e-8)
