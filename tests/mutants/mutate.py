# SPDX-License-Identifier: GPL-2.0-or-later
"""The mutants of a C file: one small change each, over clang's idea of statements.

mutants(path, flags) yields them in the order of the text. What a change replaces is found in clang's
syntax tree (-ast-dump=json), and replaced in the text, macros and all.
"""
import json
import re
import subprocess
import tempfile
from pathlib import Path

# For the parser alone these macros are functions: it then sees their arguments as the author does.
AS_FUNCTIONS = {
    'must': 'void must(int so, ...)',
    'refuse': '_Noreturn void refuse(int status, ...)',
    'BIT': 'unsigned long BIT(unsigned long capability)',
    'copy_text': 'char *copy_text(const char *text)',
    'IS_WILDCARD': 'int IS_WILDCARD(const void *address)',
}
# Macros that expand to statements; what lies inside their own text belongs to nobody's source.
STRUCTURAL = re.compile(r'(EACH|APPEND|LIST)\b')
# Texts for people: a changed word in them is no fault that a test should look for.
FOR_PEOPLE = {'must', 'refuse', 'wrong', 'format_text'}
SWAPPED = {'<': '<=', '<=': '<', '>': '>=', '>=': '>', '==': '!=', '!=': '=='}
NOT_DROPPED = {'CompoundStmt', 'IfStmt', 'ForStmt', 'WhileStmt', 'DoStmt', 'SwitchStmt', 'CaseStmt', 'DefaultStmt',
               'DeclStmt', 'NullStmt', 'ReturnStmt'}
TRANSPARENT = {'ParenExpr', 'ImplicitCastExpr', 'ConstantExpr', 'CStyleCastExpr'}


class Mutant:
    """A change of TEXT[begin:end] to NEW, in FUNCTION of FILE ('' for its tables)."""

    def __init__(self, file, function, text, begin, end, new):
        self.file, self.function = file, function
        # What is not checked or not done tells more, and comes first, than a constant that is another.
        self.of_constant = re.search(r' [-+] 1\)$|^"x?"$|, NULL\)$', new) is not None
        first = text.rfind('\n', 0, begin) + 1
        last = text.find('\n', end)
        self.old_lines = text[first:last].split('\n')
        self.new_lines = (text[first:begin] + new + text[end:last]).split('\n')
        self.begin, self.end, self.new = begin, end, new
        self.text = text[:begin] + new + text[end:]
        self.line = text.count('\n', 0, begin) + 1
        self.number = 1  # among those of this function that read the same

    def is_apart(self, other):
        """Whether one program can have both."""
        return self.file != other.file or self.end <= other.begin or other.end <= self.begin

    def key(self):
        """What names it for as long as the lines that it changes stay: a small diff."""
        number = f' #{self.number}' if self.number > 1 else ''
        return '\n'.join([f'{self.file} {self.function or "table"}{number}']
                         + ['-' + line for line in self.old_lines] + ['+' + line for line in self.new_lines])


def parse(path, flags):
    """The syntax tree of PATH, with the file of every location filled in."""
    with tempfile.TemporaryDirectory() as shadow:
        for directory in {header.parent for header in Path(path).parents[1].glob('*/*.h')}:
            copy = Path(shadow, directory.name)
            copy.mkdir()
            for file in directory.iterdir():
                text = file.read_text()
                if file.suffix == '.h':
                    for name, declaration in AS_FUNCTIONS.items():
                        text = re.sub(rf'^#define {name}\(.*$', declaration + ';', text, flags=re.M)
                (copy / file.name).write_text(text)
        main = str(Path(shadow, Path(path).parent.name, Path(path).name))
        includes = [f'-I{directory}' for directory in Path(shadow).iterdir()]
        tree = json.loads(subprocess.run(
            ['clang', '-std=gnu11', *includes, *flags, '-fsyntax-only', '-Xclang', '-ast-dump=json', main],
            stdout=subprocess.PIPE, check=True).stdout)
    file = ''

    # A file is named where it changes, in the order in which the tree is printed.
    def name_files(node):
        nonlocal file
        if isinstance(node, list):
            for part in node:
                name_files(part)
        elif isinstance(node, dict):
            if 'offset' in node:
                file = node.get('file', file)
                node['here'] = file == main
                return
            for part in node.values():
                name_files(part)

    name_files(tree)
    return tree


def bare(node):
    """Without casts and parentheses."""
    while node.get('kind') in TRANSPARENT:
        node = node['inner'][0]
    return node


class Source:
    def __init__(self, path, name, flags):
        self.text, self.name, self.function = Path(path).read_text(), name, ''
        self.found, self.returns_bool, self.returns_pointer = {}, False, False
        self.tree = parse(path, flags)

    # ---- places in the text ----

    def place(self, loc):
        """The offset of a location, and whether it is the name of a macro; None where it is not in this text."""
        if 'offset' in loc:
            return (loc['offset'], loc['tokLen'], False) if loc['here'] else None
        spelling, expansion = loc.get('spellingLoc', {}), loc.get('expansionLoc', {})
        if expansion.get('isMacroArgExpansion') and spelling.get('here'):
            return spelling['offset'], spelling['tokLen'], False
        if expansion.get('here') and not expansion.get('isMacroArgExpansion'):
            return expansion['offset'], expansion['tokLen'], True
        return None

    def range(self, node):
        """Begin and end of NODE in the text, or None."""
        begin, end = (self.place(node['range'].get(side, {})) for side in ('begin', 'end'))
        if begin is None or end is None:
            return None
        at = end[0] + end[1]
        if end[2] and self.text[at:at + 1] == '(':
            at = self.closing(at)
        return (begin[0], at) if begin[0] < at else None

    def skip(self, at):
        """Behind the string, character or comment that begins AT, or AT itself."""
        match = re.compile(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])*\'|/\*.*?\*/', re.S).match(self.text, at)
        return match.end() if match else at

    def closing(self, at):
        """Behind the parenthesis that closes the one AT."""
        depth = 0
        while True:
            behind = self.skip(at)
            if behind == at:
                depth += {'(': 1, '[': 1, '{': 1, ')': -1, ']': -1, '}': -1}.get(self.text[at], 0)
                behind += 1
            at = behind
            if depth == 0:
                return at

    def statement_end(self, at):
        """Behind the semicolon of the expression statement that begins AT."""
        while self.text[at] != ';':
            behind = self.skip(at)
            if behind == at:
                behind = self.closing(at) if self.text[at] in '([{' else at + 1
            at = behind
        return at + 1

    def words(self, node):
        where = self.range(node)
        return self.text[where[0]:where[1]] if where else None

    # ---- changes ----

    def change(self, where, new):
        if where and self.text[where[0]:where[1]] != new:
            self.found[(where[0], where[1], new)] = self.function

    def change_node(self, node, form):
        """FORM, with {} for the node's own words."""
        words = self.words(node)
        if words and not STRUCTURAL.match(words):
            self.change(self.range(node), form.replace('{}', words))

    # ---- the tree ----

    def visit(self, node, statement=False, call=None):
        kind, inner = node.get('kind', ''), node.get('inner', [])
        if not kind:
            return
        if kind.endswith('Stmt') or statement:
            self.visit_statement(node, kind, inner, statement)
        elif kind == 'CallExpr':
            self.visit_call(inner)
            return
        self.visit_expression(node, kind, inner, call)
        bodies = {'CompoundStmt': inner, 'IfStmt': inner[1:], 'ForStmt': inner[-1:], 'WhileStmt': inner[-1:],
                  'SwitchStmt': inner[-1:], 'CaseStmt': inner[-1:], 'DefaultStmt': inner[-1:]}.get(kind, [])
        passing = call if kind in TRANSPARENT or kind in ('BinaryOperator', 'StringLiteral') else None
        if statement and kind == 'CallExpr':
            self.visit_call(inner)
            return
        for part in inner:
            # To swap == and != says as much as to compare with another constant.
            if part and not (node.get('opcode') in ('==', '!=') and bare(part).get('value') in ('0', '1', 0, 1)):
                self.visit(part, any(part is body for body in bodies), passing)

    def visit_statement(self, node, kind, inner, statement):
        where = self.range(node)
        if statement and kind not in NOT_DROPPED and where:
            begin = where[0]
            if kind == 'CallExpr' or not STRUCTURAL.match(self.text, begin) or self.text.startswith('APPEND', begin):
                self.change((begin, self.statement_end(begin)), ';')
        if kind in ('ForStmt',) and where and STRUCTURAL.match(self.text, where[0]):
            return
        if kind == 'IfStmt':
            self.change_node(inner[0], '({}) && 0')
        elif kind == 'WhileStmt':
            self.change_node(inner[0], '({}) && 0')
        elif kind == 'ForStmt' and inner[2]:
            self.change_node(inner[2], '({}) && 0')
        elif kind == 'ReturnStmt' and inner:
            if self.returns_bool:
                self.change_node(inner[0], '!({})')
            elif self.returns_pointer:
                self.change_node(inner[0], '(({}), NULL)')

    def visit_call(self, inner):
        name = self.words(inner[0]) or '?'
        if name == 'must':
            self.change_node(inner[1], '({}) || 1')
        for argument in inner:
            self.visit(argument, False, name)

    def visit_expression(self, node, kind, inner, call):
        operator = node.get('opcode')
        if kind == 'ConditionalOperator':
            self.change_node(inner[0], '!({})')
        elif kind == 'BinaryOperator' and operator in ('&&', '||', '|', '&'):
            # Of a chain each operand is left out once.
            for part in inner[:1] if bare(inner[0]).get('opcode') == operator else inner:
                words = self.words(part)
                if words and not STRUCTURAL.match(words):
                    self.change(self.range(node), words if operator in ('&&', '||') else f'({words})')
        elif kind == 'BinaryOperator' and operator in SWAPPED:
            left, right = self.range(inner[0]), self.range(inner[1])
            if left and right:
                between = self.text[left[1]:right[0]]
                self.change((left[1], right[0]), between.replace(operator, SWAPPED[operator], 1))
        elif kind == 'UnaryOperator' and operator == '!':
            self.change_node(node, self.words(inner[0]) or '{}')
        elif kind in ('IntegerLiteral', 'CharacterLiteral'):
            self.visit_constant(node, kind)
        elif kind == 'DeclRefExpr' and node['referencedDecl']['kind'] == 'EnumConstantDecl':
            self.change_node(node, '({} + 1)')
        elif kind == 'StringLiteral' and (call or not self.function) and call not in FOR_PEOPLE:
            self.change_node(node, '"x"' if node['value'] == '""' else '""')

    def visit_constant(self, node, kind):
        words = self.words(node) or ''
        if words in ('true', 'false'):
            self.change_node(node, 'false' if words == 'true' else 'true')
        elif kind == 'CharacterLiteral' and words.startswith("'"):
            self.change_node(node, '({} + 1)')
        elif re.fullmatch(r'(0[xX][0-9a-fA-F]+|[0-9]+)[uUlL]*', words):
            self.change_node(node, '({} + 1)')
            if int(node['value']) > 0:
                self.change_node(node, '({} - 1)')
        elif re.fullmatch(r'[A-Z_0-9a-z]+', words) and words != 'NULL':
            self.change_node(node, '({} + 1)')

    def mutants(self):
        for node in self.tree['inner']:
            place = self.place(node.get('loc', {}))
            if place is None:
                continue
            if node['kind'] == 'FunctionDecl' and node.get('inner', [{}])[-1].get('kind') == 'CompoundStmt':
                self.function = node['name']
                returned = node['type']['qualType'].split('(')[0].strip()
                self.returns_bool, self.returns_pointer = returned in ('_Bool', 'bool'), returned.endswith('*')
                self.visit(node['inner'][-1])
            elif node['kind'] == 'VarDecl':
                self.function = ''
                self.visit(node)
        numbers = {}
        for (begin, end, new), function in sorted(self.found.items()):
            mutant = Mutant(self.name, function, self.text, begin, end, new)
            mutant.number = numbers[mutant.key()] = numbers.get(mutant.key(), 0) + 1
            yield mutant


def mutants(path, name, flags):
    """Those of the file PATH, which is called NAME, compiled with FLAGS."""
    return list(Source(path, name, flags).mutants())
