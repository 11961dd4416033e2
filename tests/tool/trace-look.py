#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Looks at a trace of fauxkvm's as a whole and prints what there is, or what is wrong.

    trace-look.py text|json|perfetto FILE [SCHEMAS]

SCHEMAS is the folder that has them: one line of each kind is compared."""
import json
import re
import sys

# Where a host's address belongs.
ADDRESSES = {'userspace_addr'}
# Values of registers and attributes may be anything.
VALUES = {'value'}
# The lowest that this host's kernel, or our engine, gives to a program of 64 bits.
LOWEST = 0x550000000000
HIGHEST = 0x7fffffffffff


def pointers(name, value, whole=False):
    """Addresses of the VMM's memory in a decoded argument, with the names of the fields."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from pointers(key, part)
    elif isinstance(value, list):
        for part in value:
            yield from pointers(name, part)
    elif isinstance(value, str) and re.fullmatch('0x[0-9a-f]+', value):
        number = int(value, 16)
        if LOWEST <= number <= HIGHEST and name not in ADDRESSES | VALUES or (
                whole and number > 0xffff):
            yield '%s=%s' % (name, value)


def shape(value):
    """What two values have in common that fit the same schema."""
    if isinstance(value, dict):
        return tuple((k, shape(v)) for k, v in value.items())
    if isinstance(value, list):
        return tuple(sorted({repr(shape(v)) for v in value}))
    return type(value).__name__


class Schema:
    def __init__(self, folder, name, item):
        self.check, self.seen = None, set()
        if folder:
            import jsonschema  # not everybody's
            with open('%s/%s.json' % (folder, name), encoding='utf-8') as f:
                schema = json.load(f)
            self.check = jsonschema.Draft7Validator(schema)
            self.item = item

    def judge(self, line):
        kind = (shape(line), line.get('ioctl') or line.get('name'))
        if self.check and kind not in self.seen:
            self.seen.add(kind)
            self.check.validate([line] if self.item else line)


def look_text(lines):
    names = set()
    for n, line in enumerate(lines):
        request = re.match(r'\d+ [\d.]+ (?:<\.\.\. )?([A-Z_0-9]+)[( ]', line)
        assert request, 'no request: %s' % line
        names.add(request[1])
        # All of the argument, or a field.
        bare = re.search(r'<[a-z0-9:-]+>, 0x[0-9a-f]{5,}[) ]', line) or [
            at for at in re.finditer(r'(\w+)=0x([0-9a-f]{12})\b', line)
            if at[1] not in ADDRESSES | VALUES and
            LOWEST <= int(at[2], 16) <= HIGHEST]
        assert not bare, 'an address in line %d: %s' % (n + 1, line)
    return '%d lines, %d requests' % (len(lines), len(names))


def look_json(lines, schemas):
    schema, names, kinds = Schema(schemas, 'trace', False), set(), {}
    for text in lines:
        line = json.loads(text)
        schema.judge(line)
        kinds[line['type']] = kinds.get(line['type'], 0) + 1
        if line['type'] != 'ioctl':
            continue
        names.add(line['ioctl'])
        for way in ('args', 'out', 'exit'):
            bare = list(pointers(way, line.get(way), True))
            assert not bare, '%s: %s: %s' % (line['ioctl'], bare, text)
    return '%s, %d requests, %d kinds of lines by the schema' % (
        ', '.join('%d %s' % (n, k) for k, n in sorted(kinds.items())), len(names),
        len(schema.seen))


def look_perfetto(text, schemas):
    schema, tracks, named = Schema(schemas, 'trace-perfetto', True), {}, set()
    events = json.loads(text)
    for e in events:
        schema.judge(e)
        if e['ph'] == 'M' and e['name'] == 'thread_name':
            named.add((e['pid'], e['tid']))
        elif e['ph'] == 'X':
            # In nanoseconds: what is written is no binary fraction.
            start = round(e['ts'] * 1000)
            tracks.setdefault((e['pid'], e['tid']), []).append(
                (start, -round(e['dur'] * 1000), e['name']))
    assert tracks.keys() <= named, 'tracks without a name: %s' % (tracks.keys() - named)
    for track, slices in tracks.items():
        ends = []
        for start, length, name in sorted(slices):
            while ends and ends[-1] <= start:
                ends.pop()
            assert not ends or start - length <= ends[-1], (
                '%s at %d ns crosses the end of another, track %s' % (name, start, track))
            ends.append(start - length)
    return '%d events, %d tracks, %d kinds of them by the schema' % (
        len(events), len(tracks), len(schema.seen))


def main():
    form, name, *rest = sys.argv[1:]
    schemas = rest[0] if rest else None
    with open(name, encoding='utf-8') as f:
        text = f.read()
    try:
        if form == 'perfetto':
            print(look_perfetto(text, schemas))
        elif form == 'json':
            print(look_json(text.splitlines(), schemas))
        else:
            print(look_text(text.splitlines()))
    except AssertionError as wrong:
        sys.exit('%s: %s' % (name, str(wrong)[:600]))


main()
