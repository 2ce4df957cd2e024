# SPDX-License-Identifier: GPL-2.0-or-later
#
# What public headers declare, one thing a line, for the tests of symbols, pages and the ABI:
#
#	function PROTOTYPE		inline PROTOTYPE	typedef DECLARATION
#	struct NAME			enum NAME		opaque NAME
#	field STRUCT NAME DECLARATION	value ENUM NAME
#
# separated by tabs; of a static inline function without these two words. Reads what the
# preprocessor makes of a file that includes them, line markers included; -v header=NAME.h takes
# what stands in that one alone.

/^# [0-9]+ "/ {
	path = $3
	gsub(/"/, "", path)
	wanted = header == "" ? path ~ /(^|\/)include\/zpci\/[a-z]+\.h$/ : path ~ ("/zpci/" header "$")
	next
}
/^#/ { next }
wanted { text = text " " $0 }

function tidy(words) {
	gsub(/_Bool/, "bool", words)
	gsub(/[ \t]+/, " ", words)
	gsub(/ ?\( ?/, "(", words)
	gsub(/\* /, "*", words)
	gsub(/ ([),;])/, "&", words)
	gsub(/ \)/, ")", words)
	gsub(/ ,/, ",", words)
	gsub(/,/, ", ", words)
	gsub(/,  +/, ", ", words)
	# The star that makes a pointer to a function belongs to its name.
	while (match(words, /[a-z0-9_*]\(\*/))
		words = substr(words, 1, RSTART) " " substr(words, RSTART + 1)
	sub(/^ /, "", words)
	sub(/ $/, "", words)
	return words
}

# The name that a declaration declares: of a pointer to a function the one in its parentheses.
function declared(words) {
	if (match(words, /\(\*[a-z0-9_]+/))
		return substr(words, RSTART + 2, RLENGTH - 2)
	sub(/\[.*/, "", words)
	sub(/\(.*/, "", words)
	match(words, /[A-Za-z0-9_]+ *$/)
	words = substr(words, RSTART)
	sub(/ *$/, "", words)
	return words
}

function body_of_struct(name, body,    parts, count, i, words) {
	count = split(body, parts, ";")
	for (i = 1; i <= count; i++) {
		words = tidy(parts[i])
		if (words != "")
			print "field\t" name "\t" declared(words) "\t" words
	}
}

function body_of_enum(name, body,    parts, count, i) {
	count = split(body, parts, ",")
	for (i = 1; i <= count; i++)
		if (match(parts[i], /[A-Z][A-Z0-9_]*/))
			print "value\t" name "\t" substr(parts[i], RSTART, RLENGTH)
}

function statement(head, body, braces,    name) {
	head = tidy(head)
	if (match(head, /^(typedef )?(struct|enum) [a-z0-9_]+/) && braces) {
		name = substr(head, RSTART, RLENGTH)
		sub(/.* /, "", name)
		if (head ~ /^(typedef )?struct/) {
			print "struct\t" name
			body_of_struct(name, body)
		} else {
			print "enum\t" name
			body_of_enum(name, body)
		}
	} else if (head ~ /^struct [a-z0-9_]+$/) {
		sub(/struct /, "", head)
		print "opaque\t" head
	} else if (sub(/^static inline /, "", head)) {
		print "inline\t" head
	} else if (sub(/^typedef /, "", head)) {
		print "typedef\t" head
	} else if (head ~ /\(/ && head !~ /^_?[Ss]tatic_assert/) {
		print "function\t" head
	}
}

END {
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "{" && !depth++) {
			braces = 1
			continue
		}
		if (c == "}" && !--depth) {
			# After the body of a function comes the next statement; after a type its
			# semicolon.
			if (head ~ /\(/) {
				statement(head, body, 0)
				head = body = ""
				braces = 0
			}
			continue
		}
		if (depth) {
			body = body c
		} else if (c == ";") {
			statement(head, body, braces)
			head = body = ""
			braces = 0
		} else {
			head = head c
		}
	}
}
