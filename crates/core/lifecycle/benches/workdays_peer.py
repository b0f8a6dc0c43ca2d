"""Peer of the working-day bench: PyPI `chinesecalendar`.

Run in an environment that has it: python workdays_peer.py
Asks the same questions as benches/workdays.rs of namekeep-rules and prints questions per second;
with `--answers`, prints `start n answer` lines to compare by.
"""

import datetime
import sys
import time

import chinese_calendar

FIRST = datetime.date(2015, 1, 1)


def question(n):
    return FIRST + datetime.timedelta(days=n * 7919 % 4150), n % 30 + 1


def add(start, days):
    # On a day off the peer's zeroth working day is the next one, which is our first.
    off = not chinese_calendar.is_workday(start)
    return chinese_calendar.find_workday(days - off, start)


def main():
    if "--answers" in sys.argv:
        for n in range(2000):
            start, days = question(n)
            print(start, days, add(start, days))
        return
    best = 0.0
    for _ in range(3):
        begin, calls = time.perf_counter(), 0
        while time.perf_counter() - begin < 1.0:
            add(*question(calls))
            calls += 1
        best = max(best, calls / (time.perf_counter() - begin))
    print(f"add k working days (1-30), chinesecalendar {best:.0f} /s")


main()
