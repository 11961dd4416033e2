# SPDX-License-Identifier: MIT
#
# The tables of scripts/bench, from the values of each round: medians, and ratios
# of what was measured in turn.
import statistics

from lines import BOOT_WANTED, SCALING_WANTED, boot_name


def number(value):
    """Three digits; of rates thousands, millions and billions."""
    for unit in '', 'k', 'M':
        if value < 999.5:
            break
        value /= 1000
    else:
        unit = 'G'
    digits = (value < 9.995) + (value < 99.95)
    return '%.*f%s' % (digits, value, unit)


def median(values):
    known = [v for v in values if v is not None]
    return number(statistics.median(known)) if known else '-'


def ratios(ours, theirs):
    """Of what was measured in turn."""
    return sorted(o / t for o, t in zip(ours, theirs) if o and t)


def ratio(ours, theirs):
    """The median, and the lowest and highest."""
    each = ratios(ours, theirs)
    if not each:
        return '-', '-'
    return ('%.2f' % statistics.median(each),
            '%.2f-%.2f' % (each[0], each[-1]))


def bound(sign, value):
    return '%s %g' % (sign, value) if value else ''


def rate_rows(bench, lines, nested):
    yield (['name', 'fauxkvm', 'tcg', 'ratio', 'range', 'wanted'] +
           (['tcg+kvm', 'ratio', 'range'] if nested else []))
    for line in lines:
        ours, tcg, other = (bench.results.get((line.name, side), [])
                            for side in ('fauxkvm', 'tcg', 'nested'))
        yield ([line.name, median(ours), median(tcg), *ratio(ours, tcg),
                bound('>=', line.wanted)] +
               ([median(other), *ratio(ours, other)] if nested else []))


def boot_times(bench, smp, side, which):
    """Processor (0) or wall (1) time of each round."""
    return [both and both[which] for both in
            bench.results.get((boot_name(smp), side), [])]


def boot_rows(bench, boots):
    yield ['name', 'cpu s', 'tcg', 'ratio', 'range', 'wall s', 'tcg', 'ratio',
           'range', 'wanted']
    for smp in boots:
        row = [boot_name(smp)]
        for which in 0, 1:
            ours, tcg = (boot_times(bench, smp, side, which)
                         for side in ('fauxkvm', 'tcg'))
            row += [median(ours), median(tcg), *ratio(ours, tcg)]
        yield row + [bound('<=', BOOT_WANTED.get(smp))]


def scaling_rows(bench, boots):
    yield ['wall time to boot-smp2', 'fauxkvm', 'range', 'wanted', 'tcg',
           'range']
    for smp in boots:
        if smp > 2 and 2 in boots:
            ours, tcg = (ratio(boot_times(bench, smp, side, 1),
                               boot_times(bench, 2, side, 1))
                         for side in ('fauxkvm', 'tcg'))
            yield [boot_name(smp), *ours,
                   bound('<=', SCALING_WANTED.get(smp)), *tcg]


def program_rows(bench, names):
    yield ['program', 'fauxkvm', 'tcg', 'ratio', 'range']
    medians = []
    for name in names:
        ours, tcg = (bench.results.get((name, side), [])
                     for side in ('fauxkvm', 'tcg'))
        yield [name, median(ours), median(tcg), *ratio(ours, tcg)]
        if ratios(ours, tcg):
            medians.append(statistics.median(ratios(ours, tcg)))
    if medians:
        yield ['geometric mean', '', '',
               '%.2f' % statistics.geometric_mean(medians), '']


def user_rows(bench, lines):
    yield ['program', 'fauxkvm', 'tcg', 'ratio', 'range', 'wanted']
    for line in lines:
        ours, tcg = (bench.results.get((line.name, side), [])
                     for side in ('fauxkvm', 'tcg'))
        yield [line.name, median(ours), median(tcg), *ratio(ours, tcg),
               bound('>=', line.wanted)]


def print_table(rows, markdown, other):
    """@other: what it is that stands in the place of TCG."""
    rows = list(rows)
    if len(rows) < 2:
        return
    if other != 'tcg':
        kept = [i for i, cell in enumerate(rows[0]) if cell != 'wanted']
        rows = [[row[i].replace('tcg', other) for i in kept] for row in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for i, row in enumerate(rows):
        if markdown:
            print('| %s |' % ' | '.join(row))
            if i == 0:
                print('| --- |%s' % (' ---: |' * (len(row) - 1)))
        else:
            print('  '.join([row[0].ljust(widths[0])] +
                            [c.rjust(w) for c, w in zip(row[1:], widths[1:])]))
    print()
