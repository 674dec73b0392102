# SPDX-License-Identifier: GPL-2.0-or-later
"""Mutates the trusted base, a change at a time, and shows that the tests notice.

make mutants calls it with srcdir and builddir. ONLY names files of src/ (default: the trusted base; src/root
may be named too), JOBS how many mutants are tried at a time. What is known already is kept in
builddir/tests/mutants-work/results, so that a run which was interrupted goes on: a mutant that was noticed stays
so while its source does, one that was not is tried again when the tests have changed.

Fails for less than 95% noticed, for a survivor that tests/mutants/survivors does not explain, and for an
explanation of what is no survivor any more.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import mutate

SRC, BUILD = (Path(os.environ[name]).resolve() for name in ('srcdir', 'builddir'))
TESTBIN = BUILD / 'tests/bin'
WORK = BUILD / 'tests/mutants-work'
JOBS = int(os.environ.get('JOBS', '2'))
ENOUGH = 95  # percent
STALLED = 100  # seconds without a result: it hangs, and that is noticed
QUICK = 1000  # milliseconds
NEIGHBOURS = 5
PROGRAMS = ('lowportbind', 'root-start')
INSTALLED = {'lowportbind': 'bin/lowportbind', 'root-start': 'libexec/lowportbind/root-start'}
# These look at sources and symbols: a mutant would be noticed for what it is, not for what it does.
NOT_BEHAVIOUR = {'linkage', 'trusted-base'}
# Tests that tests/mutants/quick cannot run: they count descriptors, or want the whole size of a file.
NOT_QUICK = re.compile('I6: few descriptors, one more at a time|a file of many megabytes is read whole')
# Where the text of the ownership file is no longer of interest.
OF_OWNERSHIP = {'ownership-errors', 'ownership-trust'}
# The files that will notice most: they are tried before the others, and first only what is quick of them.
LIKELY = {
    'handover': {'hand-over', 'inherited', 'faults'}, 'identity': {'become-user', 'faults', 'explain'},
    'listener': {'faults', 'verdict'},
    'main': {'become-user', 'hand-over', 'command-line', 'inherited', 'faults'},
    'options': {'command-line'}, 'plan': {'verdict', 'explain'},
    'privilege': {'faults', 'become-user', 'privilege-lost'}, 'process': {'inherited', 'signals', 'faults'},
    'program': {'command-line'}, 'report': {'explain'}, 'request': {'command-line'},
    'address': {'verdict'}, 'names': {'verdict'}, 'ownership': {'ownership-trust', 'verdict'},
    'rules': {'ownership-errors'}, 'text': {'ownership-errors'}, 'trusted': {'ownership-trust', 'faults'},
    'verdict': {'verdict'}, 'words': {'faults'},
    'become': {'root-start', 'faults-root'}, 'environment': {'root-start', 'hand-over'}, 'owner': {'root-start'},
    'keyring': {'faults-root', 'inherited'}, 'terminal': {'root-start', 'faults-root'}}
# To the rest it is the same how the program got its privilege.
BOTH_FLAVOURS = {'src/launcher/main.c', 'src/launcher/privilege.c'}


def call(arguments, **options):
    return subprocess.run([str(word) for word in arguments], stdin=subprocess.DEVNULL, **options)


def end_children(number, _):
    """A mutant that hangs would outlive this, and with it all that runs in its namespaces (--kill-child)."""
    for children in Path('/proc/self/task').glob('*/children'):
        for child in children.read_text().split():
            os.kill(int(child), signal.SIGKILL)
    os._exit(128 + number)


def program_of(file):
    """One that it is linked to; where it is linked to both, its object code is the same."""
    return 'root-start' if file.startswith('src/root') else 'lowportbind'


def digest(*texts):
    return hashlib.sha256('\0'.join(texts).encode()).hexdigest()[:16]


class Flavour:
    """A build of tests/run, the commands by which it was made, and a tree as it would be installed."""

    def __init__(self, name):
        self.name, self.directory, self.stage = name, BUILD / f'tests/flavour-{name}', WORK / f'stage-{name}'
        # Not always SRC: tests/run cannot build out of a tree that is configured itself.
        made_from = Path(re.search(r'^abs_top_srcdir = (.*)$', (self.directory / 'Makefile').read_text(), re.M)[1])
        sources = [str(path) for path in made_from.glob('src/*/*.c')]
        said = call(['make', '-n', 'V=1', *(word for path in sources for word in ('-W', path)), *PROGRAMS],
                    cwd=self.directory, stdout=subprocess.PIPE, text=True, check=True).stdout
        said = said.replace('\\\n', ' ')
        self.compiling, self.linking = {}, {}
        for command, target, source in re.findall(r'(\S+ -D.* -c -o (\S+\.o)) .*?(src/\S+\.c)\b', said):
            program = Path(target).name.split('-')[0].replace('_', '-')
            command = re.sub(r' -M[TF] \S+| -MD| -MP', '', command)
            self.compiling[program, source] = (command, target)
        for command, program in re.findall(r'^(.* -o (lowportbind|root-start) .*)$', said, re.M):
            self.linking[program] = command

    def flags(self, file):
        """What the preprocessor is told, for another compiler to be told in another directory."""
        words = shlex.split(self.compiling[program_of(file), file][0])
        return ([word for word in words if word.startswith('-D')]
                + [f'-I{self.directory / word[2:]}' for word in words if word.startswith('-I')])

    def object(self, file):
        return self.compiling[program_of(file), file][1]

    def compile(self, program, file, source, target):
        """False where it is no C."""
        command = self.compiling[program, file][0].rsplit(' -o ', 1)[0]
        return subprocess.run(f'{command} -g0 -w -o {target} {source}', shell=True, cwd=self.directory,
                              stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def link(self, program, objects, target):
        """With OBJECTS, by the names of their sources, in the place of its own."""
        command = self.linking[program].replace(f' -o {program} ', f' -o {target} ')
        for file, object_file in objects.items():
            if (program, file) in self.compiling:
                command = command.replace(f' {self.compiling[program, file][1]} ', f' {object_file} ')
        subprocess.run(command, shell=True, cwd=self.directory, stdin=subprocess.DEVNULL, check=True)

    def install(self):
        """As make install leaves it, below a directory that is root's alone."""
        shutil.rmtree(self.stage, ignore_errors=True)
        inside(self.name, ['cp', '-a', '/opt/lowportbind', self.stage], check=True)

    def give_privilege(self, tree):
        path = tree / INSTALLED['lowportbind']
        path.chmod(0o755)
        if self.name == 'setuid':
            path.chmod(0o4755)
        else:
            call(['setcap', 'cap_net_bind_service,cap_setpcap=p', path], check=True)


def names_in(path):
    names = re.findall(r'^@test "(.*)" \{', path.read_text(), re.M)
    return [name for name in names if not NOT_QUICK.match(name)]


def inside_command(command):
    return ['unshare', '--net', '--pid', '--ipc', '--uts', '--fork', '--kill-child',
            TESTBIN / 'private-root', SRC / 'tests/inside', *command]


def environment(flavour, stage=None):
    return {**os.environ, 'FLAVOUR': flavour, 'TESTBIN': str(TESTBIN), 'srcdir': str(SRC), 'builddir': str(BUILD),
            **({'STAGE': str(stage)} if stage else {})}


def inside(flavour, command, **options):
    return call(inside_command(command), env=environment(flavour), **options)


class Noticed(Exception):
    """The test that failed, (file, name)."""


def tap(flavour, stage, batches, each):
    """Runs BATCHES of tests, (file, [names]), until one fails; tells EACH (file, name, milliseconds)."""
    words = []
    for file, names in batches:
        words += [str(file), '\n'.join(names)] if names else []
    process = subprocess.Popen([str(word) for word in inside_command([SRC / 'tests/mutants/quick', *words])],
                               env=environment(flavour, stage), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    file, planned, rest, seen = None, 0, b'', []
    try:
        while True:
            if not select.select([process.stdout], [], [], STALLED)[0]:
                raise Noticed(str(file), 'hangs')
            got = os.read(process.stdout.fileno(), 65536)
            *lines, rest = (rest + got).split(b'\n')
            for line in lines:
                line = line.decode(errors='replace')
                seen.append(line)
                if line.startswith('# file '):
                    file = line[7:]
                elif match := re.match(r'1\.\.(\d+)', line):
                    planned += int(match[1])
                elif match := re.match(r'(not )?ok \d+ (.*?)(?: # skip.*)? in (\d+)(ms|sec)(?: # .*)?$', line):
                    planned -= 1
                    each(file, match[2], int(match[3]) * (1 if match[4] == 'ms' else 1000))
                    if match[1]:
                        raise Noticed(file, match[2])
            if not got:
                break
    finally:
        process.kill()  # and with it, by --kill-child, all that runs in its namespaces
        process.stdout.close()
        process.wait()
    if planned != 0 or not seen or not seen[-1].startswith('# end'):
        raise RuntimeError('the tests did not all report:\n' + '\n'.join(seen[-40:]))


class Units:
    """The tables of tests/unit; each is compiled once, and linked anew with a mutated object."""

    def __init__(self, flavour):
        self.flavour, self.tables = flavour, {}
        for source in sorted(SRC.glob('tests/unit/*.c')):
            text = source.read_text()
            linked = re.findall(r'src/[a-z/_-]+\.c', ''.join(re.findall(r'.*Linked with.*', text)))
            if not all((program_of(part), part) in flavour.compiling for part in linked):
                continue  # of other programs
            target = WORK / f'unit-{source.stem}.o'
            call(['cc', '-std=gnu11', '-D_GNU_SOURCE', '-DSYSCONFDIR="/etc"', '-O2', '-w', f'-I{SRC}/src',
                  f'-I{SRC}/src/ownership', f'-I{SRC}/src/launcher', '-c', '-o', target, source], check=True)
            self.tables[source.stem] = (target, linked, ['-linih'] if 'Needs -linih' in text else [])

    def try_all(self, file, object_file, scratch):
        for name, (table, linked, libraries) in self.tables.items():
            if file not in linked and file:
                continue
            objects = [object_file if part == file else self.flavour.directory / self.flavour.object(part)
                       for part in linked]
            call(['cc', '-pthread', '-o', scratch / 'unit', table, *objects, *libraries], check=True)
            try:
                ended = call([scratch / 'unit'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=10)
                if ended.returncode:
                    raise Noticed('tests/unit/' + name, 'a row')
            except subprocess.TimeoutExpired:
                raise Noticed('tests/unit/' + name, 'hangs') from None


class Results:
    """One JSON object a line, the last for a mutant counts."""

    def __init__(self, path):
        self.path, self.known, self.before, self.lock = path, {}, {}, threading.Lock()
        if path.exists():
            for line in path.read_text().splitlines():
                entry = json.loads(line)
                self.known[entry['key'], entry['source']] = entry
                self.before[entry['key']] = entry['by']  # also when the rest of the source was another

    def add(self, key, source, state, by=None, tests=None):
        entry = {'key': key, 'source': source, 'state': state, 'by': by, 'tests': tests}
        with self.lock:
            self.known[key, source] = entry
            with self.path.open('a') as file:
                file.write(json.dumps(entry) + '\n')
        return entry


class Run:
    def __init__(self):
        # What a mutant is may be run by root alone, until it is in namespaces of its own.
        WORK.mkdir(parents=True, exist_ok=True)
        WORK.chmod(0o700)
        call([SRC / 'tests/run', '--build'], check=True)
        self.flavours = {name: Flavour(name) for name in ('setuid', 'filecaps')}
        self.units = Units(self.flavours['setuid'])
        self.results = Results(WORK / 'results')
        sources = [path for part in ('launcher', 'ownership', 'root')
                   for path in sorted(SRC.glob(f'src/{part}/*.[ch]'))]
        self.headers = digest(*(path.read_text() for path in sources if path.suffix == '.h'))
        self.sources_state = digest(*(path.read_text() for path in sources))
        self.tests_state = digest(*(path.read_text() for path in sorted([*SRC.glob('tests/unit/*'), *self.test_files(),
                                                                          SRC / 'tests/helper.bash'])))
        self.tests = {}  # flavour -> file -> {name: milliseconds}
        self.kills = {}  # mutated file -> [(line, (test file, test name))]
        self.states = {}  # key of the mutant -> what became of it
        self.seen = {}  # object code -> key of the mutant
        self.lock = threading.Lock()

    @staticmethod
    def test_files():
        return [path for path in sorted([*SRC.glob('tests/launcher/*.bats'), *SRC.glob('tests/hostile/*.bats')])
                if path.stem not in NOT_BEHAVIOUR]

    # ---- what everything is compared with ----

    def baseline(self, name, stems=None):
        """Without a mutation everything passes, and how long it takes tells the order later. STEMS: of these files."""
        flavour = self.flavours[name]
        flavour.install()
        kept = WORK / 'baseline'
        known = json.loads(kept.read_text()) if kept.exists() else {}
        keys = {path: digest(name, self.sources_state, path.read_text(), (SRC / 'tests/helper.bash').read_text())
                for path in self.test_files() if stems is None or path.stem in stems
                if name in (re.findall(r'^# flavours: (.*)', path.read_text(), re.M) or ['setuid filecaps'])[0].split()}
        wanted = [path for path, key in keys.items() if key not in known]
        print(f'without a mutation, {name}: {len(wanted)} files', flush=True)
        self.units.try_all(None, None, WORK)

        def each(file, test, milliseconds):
            with self.lock:
                known.setdefault(keys[Path(file)], {})[test] = milliseconds

        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            for _ in pool.map(lambda path: tap(name, flavour.stage, [(path, names_in(path))], each), wanted):
                pass
        self.tests[name] = {str(path): known[key] for path, key in keys.items()}
        kept.write_text(json.dumps(known))

    # ---- the mutants ----

    def generate(self, files):
        mutants = []
        for file in files:
            for mutant in mutate.mutants(SRC / file, file, self.flavours['setuid'].flags(file)):
                mutant.source = digest((SRC / file).read_text(), self.headers)
                mutants.append(mutant)
        return mutants

    def compile(self, mutant):
        """The state of a mutant that needs no test: it is no C, or compiles to what another does. Else None."""
        objects = WORK / 'objects'
        flavour = self.flavours['setuid']

        def compiled(name, text):
            (objects / name).mkdir(parents=True, exist_ok=True)
            source = objects / name / Path(mutant.file).name
            source.write_text(text)
            target = source.with_suffix('.o')
            if target.exists() or flavour.compile(program_of(mutant.file), mutant.file, source, target):
                return target
            return None

        with self.lock:
            original = compiled(mutant.source, (SRC / mutant.file).read_text())
        mutant.object = compiled(digest(mutant.key(), mutant.source), mutant.text)
        if mutant.object is None:
            return 'no C'
        code = mutant.object.read_bytes()
        if code == original.read_bytes():
            return 'the same object'
        with self.lock:
            return None if self.seen.setdefault(code, mutant.key()) == mutant.key() else 'the same as another'

    def all_files(self, flavour, mutants):
        """Of the tests, those that any of MUTANTS may matter to."""
        return [file for file in self.tests[flavour] if Path(file).stem not in OF_OWNERSHIP
                or any(mutant.file.startswith('src/ownership') for mutant in mutants)]

    def order(self, flavour, mutant, quick):
        """Batches: what noticed it before, or its neighbours; then a file or two that are likely to, and what is
        quick of them (QUICK), or everything."""
        kills = self.kills.get(mutant.file, [])
        near = list(dict.fromkeys(test for _, test in sorted(kills, key=lambda kill: abs(kill[0] - mutant.line))
                                  if test[1] in self.tests[flavour].get(test[0], ())))[:NEIGHBOURS]
        before = tuple(self.results.before.get(mutant.key()) or ())
        if before and before[1] in self.tests[flavour].get(before[0], ()):
            near = [before] + [test for test in near if test != before]
        batches = [(path, [test for at, test in near if at == path]) for path in dict.fromkeys(at for at, _ in near)]
        files = [file for file in (self.tests[flavour] if quick else self.all_files(flavour, [mutant]))
                 if not quick or Path(file).stem in LIKELY[Path(mutant.file).stem]]
        cost = {file: sum(self.tests[flavour][file].values()) for file in files}
        weight = {file: 1 + sum(test[0] == file for _, test in kills) for file in files}
        files.sort(key=lambda file: cost[file] / weight[file])
        return batches + [(file, [test for test, milliseconds in self.tests[flavour][file].items()
                                  if not quick or milliseconds < QUICK]) for file in files]

    @staticmethod
    def objects(flavour, mutants, scratch):
        """Of the files that MUTANTS change, with all their changes, which do not overlap."""
        if flavour.name == 'setuid' and len(mutants) == 1:
            return {mutants[0].file: mutants[0].object}
        made = {}
        for file in {mutant.file for mutant in mutants}:
            text = (SRC / file).read_text()
            for mutant in sorted((of for of in mutants if of.file == file), key=lambda of: of.begin, reverse=True):
                text = text[:mutant.begin] + mutant.new + text[mutant.end:]
            source = scratch / Path(file).parent.name / Path(file).name
            source.parent.mkdir(exist_ok=True)
            source.write_text(text)
            made[file] = source.with_suffix('.o')
            if not flavour.compile(program_of(file), file, source, made[file]):
                raise RuntimeError(f'{file} does not compile for {flavour.name}')
        return made

    def try_in(self, flavour, mutants, batches, scratch):
        """BATCHES of tests, of a program with all of MUTANTS."""
        tree = scratch / 'tree'
        shutil.rmtree(tree, ignore_errors=True)
        call(['cp', '-a', flavour.stage, tree], check=True)
        objects = self.objects(flavour, mutants, scratch)
        for program in PROGRAMS:
            if any((program, file) in flavour.compiling for file in objects):
                flavour.link(program, objects, tree / INSTALLED[program])
        flavour.give_privilege(tree)
        tap(flavour.name, tree, batches, lambda *_: None)

    def known(self, mutant, quick):
        known = self.results.known.get((mutant.key(), mutant.source))
        if known and (known['state'] not in ('survived', 'quick') or known['tests'] == self.tests_state
                      and (quick or known['state'] == 'survived')):
            return known
        return None

    def try_mutant(self, mutant, quick):
        state = self.compile(mutant)
        if state:
            return self.results.add(mutant.key(), mutant.source, state)
        scratch = WORK / f'worker-{threading.get_ident()}'
        scratch.mkdir(exist_ok=True)
        try:
            self.units.try_all(mutant.file, mutant.object, scratch)
            for name, flavour in self.flavours.items():
                if name == 'setuid' or not quick and mutant.file in BOTH_FLAVOURS:
                    self.try_in(flavour, [mutant], self.order(name, mutant, quick), scratch)
        except Noticed as noticed:
            self.kills.setdefault(mutant.file, []).append((mutant.line, noticed.args))
            return self.results.add(mutant.key(), mutant.source, 'noticed', noticed.args)
        finally:
            shutil.rmtree(scratch)
        return self.results.add(mutant.key(), mutant.source, 'quick' if quick else 'survived', tests=self.tests_state)

    def try_all(self, mutants):
        """Tries each of which is not known yet what becomes of it, and shows how far it is. Returns what survives."""
        results = {mutant: self.known(mutant, True) for mutant in mutants}
        waiting = [mutant for mutant in mutants if results[mutant] is None]
        waiting.sort(key=lambda mutant: mutant.of_constant)
        for mutant, result in results.items():
            if result and result['state'] == 'noticed':
                self.kills.setdefault(mutant.file, []).append((mutant.line, tuple(result['by'])))
        begin, survived = time.monotonic(), sum(1 for result in results.values() if result and result['tests'])
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            futures = {pool.submit(self.try_mutant, mutant, True): mutant for mutant in waiting}
            for done, future in enumerate(concurrent.futures.as_completed(futures), 1):
                results[futures[future]] = future.result()
                survived += future.result()['tests'] is not None
                if sys.stderr.isatty() or done % 10 == 0 or done == len(waiting):
                    left = int((len(waiting) - done) * (time.monotonic() - begin) / done)
                    print(f'{len(mutants) - len(waiting) + done} of {len(mutants)} mutants, {survived} survived '
                          f'the likeliest tests, {left // 60} min {left % 60} s left',
                          end='\r' if sys.stderr.isatty() else '\n', file=sys.stderr, flush=True)
        self.states.update({mutant.key(): result for mutant, result in results.items()})
        return [mutant for mutant, result in results.items() if result['tests'] is not None]

    def try_together(self, mutants):
        """Whether a test notices a program with all of MUTANTS. What becomes of a single one is kept."""
        if len(mutants) == 1:
            self.try_mutant(mutants[0], False)
            return False
        scratch = WORK / f'worker-{threading.get_ident()}'
        scratch.mkdir(exist_ok=True)
        try:
            for name, flavour in self.flavours.items():
                if name == 'setuid' or any(mutant.file in BOTH_FLAVOURS for mutant in mutants):
                    batches = [(file, list(self.tests[name][file])) for file in self.all_files(name, mutants)]
                    self.try_in(flavour, mutants, batches, scratch)
        except Noticed as noticed:
            print(f'{len(mutants)} together: {": ".join(noticed.args)}', file=sys.stderr, flush=True)
            return True
        finally:
            shutil.rmtree(scratch)
        print(f'{len(mutants)} together survived all tests', file=sys.stderr, flush=True)
        for mutant in mutants:
            self.results.add(mutant.key(), mutant.source, 'survived', tests=self.tests_state)
        return False

    def try_survivors(self, mutants):
        """Tries MUTANTS with all tests, many at a time, and each half again of those that a test notices."""
        groups = []
        for mutant in mutants:
            if self.known(mutant, False):
                continue
            fits = [group for group in groups if all(mutant.is_apart(other) for other in group)]
            if fits:
                fits[0].append(mutant)
            else:
                groups.append([mutant])
        while groups:
            with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
                noticed = list(pool.map(self.try_together, groups))
            groups = [half for group, is_noticed in zip(groups, noticed) if is_noticed
                      for half in (group[:len(group) // 2], group[len(group) // 2:])]
        self.states.update({mutant.key(): self.known(mutant, False) for mutant in mutants})


def explained():
    """tests/mutants/survivors: the key of each, and why nothing notices it."""
    entries = {}
    for block in re.split(r'\n\n+', (SRC / 'tests/mutants/survivors').read_text().strip()):
        lines = block.split('\n')
        key = [line for line in lines if not line.startswith(('#', '= '))]
        why = ' '.join(line[2:] for line in lines if line.startswith('= '))
        if key and not why:
            raise SystemExit(f'tests/mutants/survivors: no reason for\n{block}')
        if key:
            entries['\n'.join(key)] = why
    return entries


def main():
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end_children)
    files = os.environ.get('ONLY', '').split() or [
        str(path.relative_to(SRC)) for path in sorted([*SRC.glob('src/launcher/*.c'), *SRC.glob('src/ownership/*.c')])]
    run = Run()
    mutants = run.generate(files)
    run.baseline('setuid', {stem for mutant in mutants for stem in LIKELY[Path(mutant.file).stem]})
    left = run.try_all(mutants)
    if os.environ.get('QUICK') is None:
        run.baseline('setuid')
        if any(mutant.file in BOTH_FLAVOURS for mutant in left):
            run.baseline('filecaps')
        run.try_survivors(left)
    count = {what: sum(result['state'] == what for result in run.states.values())
             for what in ('no C', 'the same object', 'the same as another')}
    print(f'{len(mutants)} generated, ' + ', '.join(f'{number} {what}' for what, number in count.items()))
    states = {key: result for key, result in run.states.items() if result['state'] not in count}
    survivors = {key for key, result in states.items() if result['state'] != 'noticed'}
    reasons = {key: why for key, why in explained().items() if key.split(' ')[0] in files}
    bad = 0
    for key in sorted(survivors - reasons.keys()):
        print(f'\nnot noticed, and not explained:\n{key}')
        bad = 1
    for key in sorted(reasons.keys() - survivors):
        print(f'\nexplained, and no survivor ({states.get(key, {}).get("by", "no such mutant")}):\n{key}')
        bad = 1
    print(f'\n{"":32} tried noticed survived')
    for file in [*files, '']:
        of = [key for key in states if key.startswith(file)]
        alive = len(survivors & set(of))
        print(f'{file or "together":32} {len(of):5} {len(of) - alive:7} {alive:8}'
              f' {100 * (len(of) - alive) / len(of) if of else 100:6.1f}%')
    return bad or 100 * (len(states) - len(survivors)) < ENOUGH * len(states)


if __name__ == '__main__':
    sys.exit(main())
