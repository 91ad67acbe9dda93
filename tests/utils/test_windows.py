"""Sliding windows in memory."""

from app.utils.windows import SlidingWindows


def test_a_quota_is_full_after_so_many_calls_and_says_when_it_opens() -> None:
    windows = SlidingWindows()

    counts = [windows.hit("a", 3, 60, 10.0 + second) for second in range(4)]

    assert [count.is_allowed for count in counts] == [True, True, True, False]
    assert [count.remaining for count in counts] == [2, 1, 0, 0]
    assert counts[-1].reset_s == 57


def test_the_window_before_counts_by_what_is_left_of_it() -> None:
    windows = SlidingWindows()
    for _ in range(20):
        windows.hit("a", 20, 60, 0.0)

    later = [windows.hit("a", 20, 60, 90.0).is_allowed for _ in range(12)]

    assert later.count(True) == 10


def test_a_refused_call_is_let_in_after_the_time_it_was_told() -> None:
    windows = SlidingWindows()
    for _ in range(20):
        windows.hit("a", 20, 60, 0.0)
    while windows.hit("a", 20, 60, 70.0).is_allowed:
        pass

    refused = windows.hit("a", 20, 60, 70.0)

    assert windows.hit("a", 20, 60, 70.0 + refused.reset_s + 0.01).is_allowed


def test_after_two_windows_of_silence_all_is_forgiven() -> None:
    windows = SlidingWindows()
    windows.hit("a", 1, 60, 0.0)

    assert windows.hit("a", 1, 60, 121.0).remaining == 0
    assert windows.hit("a", 1, 60, 121.0).is_allowed is False


def test_memory_is_bounded_and_whoever_is_there_now_is_remembered() -> None:
    windows = SlidingWindows(capacity=100)
    for number in range(1000):
        windows.hit("now", 100_000, 60, float(number) / 100)
        windows.hit(f"peer {number}", 1, 60, float(number) / 100)

    assert len(windows) <= 100
    assert windows.hit("now", 100_000, 60, 10.0).remaining == 100_000 - 1001
