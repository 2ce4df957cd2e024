# SPDX-License-Identifier: GPL-2.0-or-later
#
# The rules of HACKING.md, Style, that a program can check. Prints RULE FILE:LINE: TEXT for each
# line that breaks one:
#
#	spdx	the first line of a .c file is `// SPDX-License-Identifier: ...', of a .h file the
#		same as a comment of the other form; other files have one in their first three lines
#	rc	the variable of a function's result is rc: no int, long, bool or ssize_t is called
#		ret or result
#	name	in C a parameter is @name in a comment, and a word in quotes is `word`, not `word'
#	width	a line has at most 100 columns, a tab being 8: in scripts a comment. A line that is
#		one word, such as a URL, may be longer, and in C one with a string, because a person
#		searches for messages as a whole.

function broken(rule) {
	print rule, FILENAME ":" FNR ": " $0
}

function columns(line, i) {
	while (i = index(line, "\t"))
		line = substr(line, 1, i - 1) substr("        ", 1, 8 - (i - 1) % 8) \
			substr(line, i + 1)
	return length(line)
}

function finish() {
	if (file != "" && !licensed)
		print "spdx", file ":1: no SPDX line"
}

FNR == 1 {
	finish()
	file = FILENAME
	source = file ~ /\.[ch]$/
	licensed = 0
	if (file ~ /\.c$/)
		licensed = /^\/\/ SPDX-License-Identifier: [-A-Za-z0-9.]+$/
	if (file ~ /\.h$/)
		licensed = /^\/\* SPDX-License-Identifier: [-A-Za-z0-9.]+ \*\/$/
}

FNR <= 3 && !source && /SPDX-License-Identifier: [-A-Za-z0-9.]+/ { licensed = 1 }

source && /(^|[^A-Za-z0-9_])(int|long|bool|ssize_t) (ret|result)([^A-Za-z0-9_]|$)/ { broken("rc") }

source && /`[A-Za-z_@][^`' ]*'/ { broken("name") }

columns($0) > 100 && !/^[^ \t]*[ \t]*[^ \t]+$/ && (source ? !/"/ : /^[ \t]*#/) { broken("width") }

END { finish() }
