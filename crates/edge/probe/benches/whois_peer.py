"""Documents per second of python-whois on the text benches/read.rs wrote.

    pip install python-whois==0.9.6
    python3 whois_peer.py [TARGET/tmp/whois-bench.txt [example-eight.com]]

Run the bench first: it writes the text.
"""
import pathlib
import sys
import time

from whois.parser import WhoisEntry

written = pathlib.Path(__file__).parents[4] / "target/tmp/whois-bench.txt"
text = open(sys.argv[1] if len(sys.argv) > 1 else written, encoding="utf-8").read()
domain = sys.argv[2] if len(sys.argv) > 2 else "example-eight.com"
rates = []
for _ in range(5):
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < 0.5:
        WhoisEntry.load(domain, text)
        done += 1
    rates.append(done / (time.perf_counter() - start))
print(f"python-whois: {sorted(rates)[2]:.0f} documents/s (median of 5), {len(text)} bytes")
