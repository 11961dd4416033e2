# SPDX-License-Identifier: MIT
#
# The programs of scripts/bench --programs-user, run by fauxkvm-user and by
# qemu-aarch64: OpenSSL's own measurement, loops of Python's, others of Debian's.
"""Executed by an arm64 python3 it is one of Python's loops: prints "NAME
OPERATIONS NANOSECONDS", of processor time, and "result NAME DIGEST"."""
import hashlib
import json
import os
import random
import re
import sys
import time

ROUNDS = 4  # of a loop, the fastest counts


# ---- Python's loops: each returns what it did and what came out -------------

def fib():
    def f(n):
        return n if n < 2 else f(n - 1) + f(n - 2)
    return 28656, f(21)


def nbody():
    bodies = [[0.1 * i, 0.2 * i + 0.3, 0.05 * i, 0.0, 0.01 * i, 0.0, 1.0 + i]
              for i in range(5)]
    pairs = [(a, b) for i, a in enumerate(bodies) for b in bodies[i + 1:]]
    for _ in range(1500):
        for a, b in pairs:
            dx, dy, dz = a[0] - b[0], a[1] - b[1], a[2] - b[2]
            m = 0.001 / ((dx * dx + dy * dy + dz * dz + 0.01) ** 1.5)
            for k, d in enumerate((dx, dy, dz)):
                a[3 + k] -= d * b[6] * m
                b[3 + k] += d * a[6] * m
        for a in bodies:
            for k in range(3):
                a[k] += 0.001 * a[3 + k]
    return 1500, bodies


def json_both():
    data = [{'id': i, 'name': 'name%d' % i, 'v': [i * 0.5, i, None, True]}
            for i in range(3000)]
    for _ in range(3):
        text = json.dumps(data)
        data = json.loads(text)
    return 9000, text


def regex():
    chance = random.Random(9)
    text = ' '.join(''.join(chance.choice('etaoinshrdlu') for _ in range(6))
                    for _ in range(20000))
    return len(text), re.sub(r'\b(\w)(\w*)(\w)\b', r'\3\2\1', text)


def sort():
    values, x = [], 1
    for _ in range(60000):
        x = x * 1103515245 + 12345 & 0x7fffffff
        values.append(x)
    text = [str(v) for v in values]
    values.sort()
    text.sort()
    return 120000, values[:100] + text[:100]


def dicts():
    counts, x = {}, 1
    for _ in range(120000):
        x = x * 1103515245 + 12345 & 0x7fffffff
        counts[x >> 16] = counts.get(x >> 16, 0) + 1
    return 120000, sorted(counts.items())


def formatting():
    out = ''
    for i in range(60000):
        out = '%d %s %5.2f {%x}' % (i, out[:10], i / 7, i)
        out += f'{i:>8}{out!r:.12}'
    return 60000, out


def integers():
    a = 1
    for i in range(1, 1500):
        a = a * (i | 1) + i
    return 1500, hex(a)


def calls():
    class Point:
        def __init__(self, x):
            self.x = x

        def moved(self, by):
            return Point(self.x + by)
    p = Point(0)
    for i in range(100000):
        p = p.moved(i & 7)
    return 100000, p.x


def digest(name):
    def loop():
        h = hashlib.new(name)
        data = bytes(range(256)) * 4096
        for _ in range(8):
            h.update(data)
        return 8 << 20, h.hexdigest()
    return loop


def md5_of_c():
    import _md5  # that of Python's own
    return 8 << 20, _md5.md5(bytes(range(256)) * 32768).hexdigest()


LOOPS = {
    'fib': fib, 'nbody': nbody, 'json': json_both, 'regex': regex,
    'sort': sort, 'dict': dicts, 'format': formatting, 'integers': integers,
    'calls': calls, 'md5': digest('md5'), 'md5-c': md5_of_c,
    'sha256': digest('sha256'), 'sha3-256': digest('sha3-256'),
}


def loop(name):
    best = 0
    for _ in range(ROUNDS):
        start = time.process_time_ns()
        ops, out = LOOPS[name]()
        took = time.process_time_ns() - start
        best = min(best or took, took)
    print(name, ops, best)
    print('result', name, hashlib.sha256(repr(out).encode()).hexdigest())


# ---- what is run, on the host's side ----------------------------------------

SPEED = [('md5', '-evp', 'md5'), ('sha1', '-evp', 'sha1'),
         ('sha256', '-evp', 'sha256'), ('sha512', '-evp', 'sha512'),
         ('aes-128-cbc', '-evp', 'aes-128-cbc'),
         ('aes-128-gcm', '-evp', 'aes-128-gcm'),
         ('chacha20', '-evp', 'chacha20'), ('rsa2048', 'rsa2048'),
         ('ecdsap256', 'ecdsap256')]

# %s: a text
COMMANDS = [
    ('gzip', 'gzip', '-6', '-n', '-c', '%s'),
    ('xz', 'xz', '-1', '-c', '-T1', '%s'),
    ('zstd', 'zstd', '-9', '-c', '-q', '--single-thread', '%s'),
    ('awk-words', 'mawk', '{ for (i = 1; i <= NF; i++) n[$i]++ } '
     'END { for (w in n) s += n[w] * length(w); print NR, s }', '%s'),
    ('grep', 'grep', '-cE', '(et|st).*(oi|he).*e$', '%s'),
    ('sort', 'sort', '%s'),
    ('sqlite', 'sqlite3', ':memory:', 'create table t(a,b);with recursive c(x) '
     'as (values(1) union all select x+1 from c where x<100000) insert into t '
     'select x,x*7919%10007 from c;select sum(p.a) from t p join t q on '
     'p.a=q.b;'),
]
STARTS = [('start-true', 'true'), ('start-python', 'python3', '-c', 'pass'),
          ('start-openssl', 'openssl', 'version'),
          ('start-qemu', 'qemu-system-aarch64', '--version')]
WANTED = 2
START_WANTED = 3
START_RUNS = 8  # of which the fastest counts: they are short


def find(roots, program):
    """The file of an arm64 program, and the root that it has it in."""
    for root in roots:
        for folder in 'usr/bin', 'bin':
            path = os.path.join(root, folder, program)
            if os.path.exists(path):
                return path, root
    sys.exit('bench: no %s in %s' % (program, ' or '.join(roots)))


class Line:
    """@run(command) returns what it prints, and its processor time."""

    def __init__(self, name, kind, program, *args):
        self.name = name
        self.kind = kind
        self.program = program
        self.args = args
        self.wanted = START_WANTED if kind == 'start' else WANTED
        self.what = ' '.join((program, *args))[:60]

    def measure(self, run, engine, roots, text):
        """Operations a second of processor time, and what came out."""
        path, root = find(roots, self.program)
        command = [engine, '-L', root, path, *(text if arg == '%s' else arg
                                               for arg in self.args)]
        if self.kind == 'start':
            return 1 / min(run(command)[1] for _ in range(START_RUNS)), ''
        out, seconds = run(command)
        if self.kind == 'loop':
            _, ops, nanoseconds = out.splitlines()[0].split()
            return int(ops) / int(nanoseconds) * 1e9, out.splitlines()[1]
        if self.kind == 'speed':
            rates = [l for l in out.splitlines() if l.startswith('+F')]
            return float(rates[-1].split(':')[3]), ''
        return 1 / seconds, hashlib.sha256(out.encode()).hexdigest()


LINES = [
    *(Line('python-' + name, 'loop', 'python3.11', '-B',
           os.path.abspath(__file__), name) for name in LOOPS),
    *(Line('openssl-' + words[0], 'speed', 'openssl', 'speed', '-mr',
           '-seconds', '1', '-bytes', '8192', *words[1:]) for words in SPEED),
    *(Line(words[0], 'command', *words[1:]) for words in COMMANDS),
    *(Line(words[0], 'start', *words[1:]) for words in STARTS),
]


if __name__ == '__main__':
    loop(sys.argv[1])
