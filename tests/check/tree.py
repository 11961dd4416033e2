# SPDX-License-Identifier: MIT
"""
The tree as the checks in this folder see it: its files, what in them is code
and what is comment. Text only, no compiler and no git: a released archive is
checked as a clone is.
"""
import os
import re
import sys

ROOT = os.path.abspath(os.environ.get('srcdir') or
                       os.path.join(os.path.dirname(__file__), '../..'))
FOLDERS = ('src', 'include', 'tests', 'bench', 'scripts', 'docs')
C = ('.c', '.h', '.def', '.S', '.ld')


def files(*folders):
    """Paths of our text files, sorted, relative to the root."""
    found = []
    for folder in folders or FOLDERS:
        for at, dirs, names in os.walk(os.path.join(ROOT, folder)):
            dirs[:] = [d for d in dirs
                       if not d.startswith('.') and d != '__pycache__']
            for name in names:
                path = os.path.relpath(os.path.join(at, name), ROOT)
                if is_text(path):
                    found.append(path)
    if not folders:
        found += [f for f in ('README.md', 'Makefile.am', 'configure.ac')
                  if os.path.exists(os.path.join(ROOT, f))]
    return sorted(found)


def is_text(path):
    """Sources, scripts and pages; not what a build leaves in the tree."""
    name = os.path.basename(path)
    if name.startswith('.'):
        return False
    if os.path.splitext(name)[1] in C + ('.md', '.mk', '.py', '.sh', '.supp',
                                         '.tsv', '.json'):
        return True
    if '.' in name:
        return False
    with open(os.path.join(ROOT, path), 'rb') as f:
        return not f.read(4).startswith(b'\x7fELF')


def read(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as f:
        return f.read()


TOKENS = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'
                    r"'(?:\\.|[^'\\\n])*'", re.S)


def blank(text):
    """Nothing left of it but its lines."""
    return re.sub(r'[^\n]', ' ', text)


def code(path):
    """Without comments and C's strings, but with its lines; no page has any."""
    suffix = os.path.splitext(path)[1]
    if suffix in C:
        return TOKENS.sub(lambda m: blank(m.group()), read(path))
    if is_page(path):
        return ''
    return re.sub(r'(?m)(^|\s)#+\s.*', '', read(path))


def is_page(path):
    return path.endswith(('.md', 'README'))


def comments(path):
    """(line, text) of each comment; all of a page is one."""
    text = read(path)
    suffix = os.path.splitext(path)[1]
    if suffix in C:
        for m in TOKENS.finditer(text):
            if m.group()[0] == '/':
                yield text.count('\n', 0, m.start()) + 1, m.group()
    elif is_page(path):
        yield 1, text
    else:
        for n, line in enumerate(text.split('\n'), 1):
            m = re.match(r'(?:.*?\s)?(#+\s.*)', line)
            if m and not line.startswith('#!'):
                yield n, m.group(1)
        if suffix == '.py':
            for m in re.finditer(r'""".*?"""', text, re.S):
                yield text.count('\n', 0, m.start()) + 1, m.group()


class Result:
    """Counts, prints what failed, and is the exit status."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, good, message):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print(f'FAIL: {message}')

    def exit(self, at_least):
        """Fewer checks than @at_least: the check itself is broken."""
        if self.passed + self.failed < at_least:
            print(f'FAIL: only {self.passed + self.failed} names looked at')
            self.failed += 1
        print(f'{self.passed} passed, {self.failed} failed')
        sys.exit(self.failed > 0)
