"""Trailing measures of one series of closes: averages, highs and lows before, relative strength, volatility."""

from __future__ import annotations

from collections import deque

import numpy as np

from outcomes.arrays import Floats, Ints


def averages(close: Floats, count: int) -> Floats:
    """Mean of the last `count` closes, NaN before there are as many."""
    result = np.full(len(close), np.nan)
    if len(close) >= count:
        running = np.cumsum(np.concatenate([[0.0], close]))
        result[count - 1 :] = (running[count:] - running[:-count]) / count
    return result


def highest_before(days: Ints, values: Floats, lookback: int) -> Floats:
    """Highest value of the `lookback` calendar days before each day, NaN until the history is that long."""
    result = np.full(len(values), np.nan)
    window: deque[int] = deque()
    for i, (day, value) in enumerate(zip(days.tolist(), values.tolist(), strict=True)):
        while window and days[window[0]] < day - lookback:
            window.popleft()
        if window and day - days[0] >= lookback:
            result[i] = values[window[0]]
        if value == value:
            while window and values[window[-1]] <= value:
                window.pop()
            window.append(i)
    return result


def lowest_before(days: Ints, values: Floats, lookback: int) -> Floats:
    """Lowest value of the `lookback` calendar days before each day, NaN until the history is that long."""
    return -highest_before(days, -values, lookback)


def relative_strength(close: Floats, count: int) -> Floats:
    """Wilder's relative strength index (1978): 100 - 100 / (1 + mean gain / mean loss), smoothed by 1 / count."""
    result = np.full(len(close), np.nan)
    moves = np.diff(close)
    if len(moves) < count:
        return result
    gain, loss = np.maximum(moves, 0), np.maximum(-moves, 0)
    up, down = float(gain[:count].mean()), float(loss[:count].mean())
    for i in range(count, len(close)):
        if i > count:
            up += (gain[i - 1] - up) / count
            down += (loss[i - 1] - down) / count
        result[i] = 100.0 if down == 0 else 100 - 100 / (1 + up / down)
    return result


def spread_of_returns(close: Floats, count: int) -> Floats:
    """Standard deviation of the last `count` daily log returns, NaN before there are as many."""
    result = np.full(len(close), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        moves = np.diff(np.log(np.where(close > 0, close, np.nan)))
    if len(moves) >= count:
        result[count:] = np.lib.stride_tricks.sliding_window_view(moves, count).std(axis=1)
    return result
