#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# The programs of scripts/bench --programs, run in the guest: Debian's, and a
# few of Python's own.
"""Prints three lines a program: "begin NAME"; "NAME OPERATIONS NANOSECONDS";
"result NAME DIGEST" of what must not depend on who executes the guest. An
operation is what the name says, a byte of input for those that read one."""
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import time

TEXT, ROWS = '/tmp/text', 20000


def run(*command, stdin=None):
    with open(stdin or '/dev/null', 'rb') as f:
        return subprocess.run(command, stdin=f, check=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL).stdout


def make_text(path=TEXT):
    """Words as often as in a language, the same in each guest."""
    chance = random.Random(9)
    words = [''.join(chance.choice('etaoinshrdlu') for _ in
                     range(chance.randint(2, 9))) for _ in range(2000)]
    with open(path, 'w', encoding='ascii') as f:
        for _ in range(60000):
            f.write(' '.join(words[int(2000 * chance.random() ** 3)]
                             for _ in range(8)) + '\n')
    return os.path.getsize(path)


# ---- programs: each returns what it did and what came out -------------------

def compress(*command):
    def program():
        with open(TEXT, 'rb') as f:
            with open('/tmp/part', 'wb') as part:
                part.write(f.read(1 << 20))
        out = run(*command, '/tmp/part')
        return 1 << 20, out
    return program


def gunzip():
    with open('/tmp/text.gz', 'wb') as f:
        f.write(run('gzip', '-1', '-n', '-c', TEXT))
    start = time.perf_counter_ns()
    for _ in range(4):
        out = run('gzip', '-d', '-c', '/tmp/text.gz')
    return 4 * len(out), out, time.perf_counter_ns() - start


def awk_words():
    out = run('mawk', '{ for (i = 1; i <= NF; i++) n[$i]++ } '
              'END { for (w in n) s += n[w] * length(w); print NR, s }', TEXT)
    return os.path.getsize(TEXT), out


def awk_numbers():
    n = 1000000
    return n, run('mawk', 'BEGIN { for (i = 1; i <= %d; i++) s += 1 / (i * i); '
                  'printf "%%.15g", s }' % n)


def grep():
    out = run('grep', '-cE', '(et|st).*(oi|he).*e$', TEXT)
    return os.path.getsize(TEXT), out


def python_floats():
    x, v, n = 1.0, 0.0, 400000
    for _ in range(n):
        v -= x * 0.001
        x += v * 0.001
        if x * x + v * v > 2.0:
            x, v = 1.0, 0.0
    return n, repr((x, v)).encode()


def python_objects():
    counts, n = {}, 0
    with open(TEXT, encoding='ascii') as f:
        for line in f:
            for word in line.split():
                counts[word] = counts.get(word, 0) + 1
                n += 1
            if n > 150000:
                break
    top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:100]
    return n, json.dumps(top).encode()


def python_regex():
    with open(TEXT, encoding='ascii') as f:
        text = f.read(400000)
    out = re.sub(r'\b(\w)(\w*)(\w)\b', r'\3\2\1', text)
    return len(text), out.encode()


def sqlite():
    import sqlite3  # the host, which only wants the names, may lack it
    db = sqlite3.connect(':memory:')
    db.execute('create table t (id integer primary key, name text, v real)')
    db.executemany('insert into t (name, v) values (?, ?)',
                   (('name%d' % (i * 7919 % ROWS), i * 0.5)
                    for i in range(ROWS)))
    db.execute('create index by_name on t (name)')
    out = db.execute('select substr(name, 1, 5), count(*), sum(v) from t '
                     'group by 1 order by 1').fetchall()
    for i in range(0, ROWS, 10):
        out.append(db.execute('select v from t where name = ?',
                              ('name%d' % i,)).fetchone())
    return ROWS, repr(out).encode()


def sqlite_shell():
    script = ('create table t(a,b);with recursive c(x) as (values(1) union all '
              'select x+1 from c where x<100000) insert into t select '
              'x,x*7919%10007 from c;select sum(p.a) from t p join t q on '
              'p.a=q.b;')
    return 100000, run('sqlite3', ':memory:', script)


def openssl(*words):
    """Its own measurement: bytes or signatures in 1000 seconds."""
    def program():
        out = run('openssl', 'speed', '-mr', '-seconds', '1', *words).decode()
        rate = [line for line in out.splitlines()
                if line.startswith('+F')][-1].split(':')[3]
        return int(float(rate) * 1000), b'', 10 ** 12
    return program


def syscalls():
    n = 100000
    run('dd', 'if=/dev/zero', 'of=/dev/null', 'bs=1', 'count=%d' % n)
    return 2 * n, b''


def pipes():
    """A byte to another process and back."""
    n = 8000
    there, back = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        for _ in range(n):
            os.write(back[1], os.read(there[0], 1))
        os._exit(0)
    for _ in range(n):
        os.write(there[1], b'x')
        os.read(back[0], 1)
    os.waitpid(child, 0)
    for fd in there + back:
        os.close(fd)
    return n, b''


def processes():
    n = 60
    run('sh', '-c', 'i=0; while [ $i -lt %d ]; do /bin/busybox true; '
        'i=$((i + 1)); done' % n)
    return n, b''


def files():
    n = 1500
    os.makedirs('/tmp/files', exist_ok=True)
    for i in range(n):
        with open('/tmp/files/%d' % i, 'wb') as f:
            f.write(b'x' * 5000)
    for i in range(n):
        os.unlink('/tmp/files/%d' % i)
    return n, b''


PROGRAMS = [
    ('gzip', compress('gzip', '-6', '-n', '-c')),
    ('gunzip', gunzip),
    ('xz', compress('xz', '-1', '-c', '-T1')),
    ('zstd', compress('zstd', '-9', '-c', '-q', '--single-thread')),
    ('awk-words', awk_words),
    ('awk-numbers', awk_numbers),
    ('grep', grep),
    ('python-floats', python_floats),
    ('python-objects', python_objects),
    ('python-regex', python_regex),
    ('sqlite', sqlite),
    ('sqlite-join', sqlite_shell),
    ('aes-gcm', openssl('-bytes', '8192', '-evp', 'aes-128-gcm')),
    ('sha256', openssl('-bytes', '8192', '-evp', 'sha256')),
    ('chacha20', openssl('-bytes', '8192', '-evp', 'chacha20-poly1305')),
    ('rsa2048', openssl('rsa2048')),
    ('ecdsap256', openssl('ecdsap256')),
    ('syscalls', syscalls),
    ('pipes', pipes),
    ('processes', processes),
    ('files', files),
]


def main():
    wanted = sys.argv[1:]
    make_text()
    for name, program in PROGRAMS:
        if wanted and name not in wanted:
            continue
        print('begin', name, flush=True)
        start = time.perf_counter_ns()
        ops, out, *took = program()
        took = took[0] if took else time.perf_counter_ns() - start
        print(name, ops, took, flush=True)
        print('result', name, hashlib.sha256(out).hexdigest(), flush=True)
    return 0


if __name__ == '__main__':
    sys.exit(main())
