# SPDX-License-Identifier: MIT
# Run a guest and play on its console: a line that makes the guest's shell
# execute "sleep 100", and ^C at once or a little later, again and again.
#
#   python3 console.py LOG SEED SECONDS COMMAND...
#
# SECONDS is how long the whole may take, and a fifth of it (but at least 120)
# how long one prompt may, or silence. What the guest says goes to LOG; the last
# line here is how many prompts there were. Status 1: the shell did not come
# back, or the guest.
import os
import random
import re
import selectors
import subprocess
import sys
import time

log, seed, seconds, command = sys.argv[1], *sys.argv[2:4], sys.argv[4:]
rng = random.Random(int(seed, 0))
end = time.monotonic() + float(seconds)
patience = max(120, float(seconds) / 5)
guest = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
PROMPT = re.compile(rb"guest: (soak|busybox) prompt")
LINES = {b"soak": b"100\n", b"busybox": b"sleep 100\n"}


def stop(text):
    print(text, f"after {prompts} prompts", flush=True)
    guest.kill()
    guest.wait()
    sys.exit(1)


def send(data):
    try:
        guest.stdin.write(data)
        guest.stdin.flush()
    except BrokenPipeError:
        pass


class Interrupts:
    """What the console gets after a prompt."""

    def __init__(self, line):
        self.since = time.monotonic()
        send(line)
        if rng.random() < 0.5:
            send(b"\x03")
        self.next = self.since + rng.choice([0.002, 0.02, 0.2]) * rng.random()

    # Again when the first came too early to end the child.
    def step(self):
        now = time.monotonic()
        if now > self.next:
            send(b"\x03")
            self.next = now + 1
        if now > self.since + patience:
            stop("no prompt")


prompts, playing, seen, heard = 0, None, b"", time.monotonic()
events = selectors.DefaultSelector()
events.register(guest.stdout, selectors.EVENT_READ)
with open(log, "ab", buffering=0) as out:
    while True:
        if events.select(0.005 if playing else 0.5):
            data = os.read(guest.stdout.fileno(), 65536)
            if not data:
                break
            out.write(data)
            heard = time.monotonic()
            seen += data
            found = list(PROMPT.finditer(seen))
            if found:
                prompts += len(found)
                playing = Interrupts(LINES[found[-1][1]])
                seen = seen[found[-1].end():]
            seen = seen[-100:]
        if playing:
            playing.step()
        if time.monotonic() > heard + patience:
            stop("silence")
        if time.monotonic() > end:
            stop("no end")
print(f"{prompts} prompts", flush=True)
sys.exit(guest.wait())
