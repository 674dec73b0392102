/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program with the note that the Go linker leaves, behind one of another kind, and nothing else.
 */
__asm__(".pushsection .note.go.buildid, \"a\", @note\n"
        ".balign 4\n.long 4, 6, 1\n.asciz \"GNU\"\n.ascii \"abcdef\"\n.balign 4\n"
        ".long 4, 5, 4\n.asciz \"Go\"\n.balign 4\n.ascii \"build\"\n.balign 4\n"
        ".popsection\n");

int main(void) { return 0; }
