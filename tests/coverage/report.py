# SPDX-License-Identifier: GPL-2.0-or-later
"""report.py SRCDIR COVERAGE.json: what gcovr counted, a file a line, held against tests/coverage/unreached."""
import json
import re
import sys
from pathlib import Path


def explained(path):
    """The lines that cannot be gone through in full, "FILE: TEXT", each with its reason."""
    entries = {}
    for block in re.split(r'\n\n+', path.read_text().strip()):
        lines = [line for line in block.split('\n') if not line.startswith('#')]
        if lines and lines[0]:
            entries[lines[0]] = ' '.join(line[2:] for line in lines[1:] if line.startswith('= '))
            if not entries[lines[0]]:
                raise SystemExit(f'{path}: no reason for {lines[0]}')
    return entries


def main(srcdir, counted):
    known = explained(srcdir / 'tests/coverage/unreached')
    found, totals = {}, [0, 0, 0, 0]
    print(f'{"":32} {"lines":>15} {"branches":>19}')
    for file in sorted(json.loads(counted.read_text())['files'], key=lambda file: file['file']):
        text = (srcdir / file['file']).read_text().split('\n')
        sums = [0, 0, 0, 0]
        for line in file['lines']:
            if line['gcovr/noncode']:
                continue
            branches = [branch['count'] > 0 for branch in line['branches']]
            for i, number in enumerate((line['count'] > 0, 1, sum(branches), len(branches))):
                sums[i] += number
            if line['count'] == 0 or not all(branches):
                key = f'{file["file"]}: {text[line["line_number"] - 1].strip()}'
                found[key] = f'{file["file"]}:{line["line_number"]}: {sum(branches)} of {len(branches)} branches'
        totals = [one + other for one, other in zip(totals, sums)]
        row(file['file'], sums)
    row('together', totals)
    for key in found.keys() - known.keys():
        print(f'not gone through in full, and not explained: {key}\n    {found[key]}')
    for key in known.keys() - found.keys():
        print(f'explained, and gone through in full: {key}')
    return found.keys() != known.keys()


def row(name, sums):
    print(f'{name:32}' + ''.join(f' {took:5} of {of:4} {100 * took / of if of else 100:5.1f}%'
                                 for took, of in (sums[:2], sums[2:])))


if __name__ == '__main__':
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
