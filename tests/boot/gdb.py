# SPDX-License-Identifier: MIT
# Debug the guest through QEMU's gdb server: python3 gdb.py SOCKET. Steps, then
# breakpoints of both kinds and a watchpoint on code and a stack that are in
# use, ten times each, and away without a trace. The guest has one CPU.
import socket
import sys

SP, PC = "1f", "20"


class Remote:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.left = b""

    def answer(self):
        while b"#" not in self.left[:-2]:
            more = self.socket.recv(65536)
            if not more:
                sys.exit("gdb: QEMU closed the connection")
            self.left += more
        packet, self.left = self.left.split(b"#", 1)
        self.left = self.left[2:]
        self.socket.send(b"+")
        return packet.split(b"$", 1)[1].decode()

    def send(self, text):
        data = text.encode()
        self.socket.send(b"$%s#%02x" % (data, sum(data) & 255))

    def ask(self, text):
        self.send(text)
        return self.answer()

    def want(self, text, wanted):
        got = self.ask(text)
        if not got.startswith(wanted):
            sys.exit(f"gdb: {text} answered {got}, not {wanted}")
        return got

    def register(self, number):
        return int.from_bytes(bytes.fromhex(self.ask("p" + number)), "little")


r = Remote(sys.argv[1])
# To connect stops the guest. QEMU tells whoever asks, and before 8.1 without being
# asked, too. Registers want the XML asked for.
if not r.ask("?").startswith("T"):
    sys.exit("gdb: no stop")
r.send("qSupported:xmlRegisters=aarch64")
while (got := r.answer()).startswith("T"):
    pass
if not got.startswith("PacketSize"):
    sys.exit(f"gdb: qSupported answered {got}")
r.want("qXfer:features:read:target.xml:0,fff", "l")

pcs = []
for _ in range(200):
    r.want("s", "T05")
    pcs.append(r.register(PC))
if sum(b - a == 4 for a, b in zip(pcs, pcs[1:])) < 100:
    sys.exit("gdb: steps that do not go from one instruction to the next")

# What ran twice a moment ago will run again; a place that ran once may belong
# to what the guest does once.
while len(set(pcs)) == len(pcs) and len(pcs) < 5000:
    r.want("s", "T05")
    pcs.append(r.register(PC))
target = max(pcs, key=pcs.count)
for kind in "01":
    here = f"{kind},{target:x},4"
    for _ in range(10):
        r.want("Z" + here, "OK")
        r.want("c", "T05")
        if r.register(PC) != target:
            sys.exit(f"gdb: breakpoint {kind} stops at {r.register(PC):x}")
        r.want("z" + here, "OK")
        r.want("s", "T05")

# One byte: of a wider range QEMU 7.2 knows only the first byte as its own (it
# counts the leading ones of BAS in 32 bits), and what hits another one kills
# the guest, on hardware too.
here = f"2,{r.register(SP) & ~7:x},1"
for _ in range(10):
    r.want("Z" + here, "OK")
    if "watch:" not in r.want("c", "T05"):
        sys.exit("gdb: a stop, but not of the watchpoint")
    r.want("z" + here, "OK")
    r.want("s", "T05")
r.want("D", "OK")
print("gdb: all passed")
