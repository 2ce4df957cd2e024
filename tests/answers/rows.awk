# SPDX-License-Identifier: GPL-2.0-or-later
#
# rows.awk - makes one C table of the files of rows. README.md describes the language.
#
#	awk -f rows.awk load_store.rows store_block.rows ... > rows.c
#
# A list of steps becomes a function: each step is one call of a verb, do_VERB(), and each word in
# an operand is one call of a value, v_WORD(). Both are declared in steps.h. Rows with the same
# steps share the function.

function fail(message)
{
	print (where ? where : FILENAME ":" FNR) ": " message > "/dev/stderr"
	failed = 1
	exit 1
}

function trim(text)
{
	sub(/^[ \t]+/, "", text)
	sub(/[ \t]+$/, "", text)
	return text
}

function quoted(text)
{
	gsub(/\\/, "\\\\", text)
	gsub(/"/, "\\\"", text)
	return "\"" text "\""
}

# The name of a constant in C: earlier => EARLIER, error blocked => BLOCKED.
function constant(text)
{
	text = toupper(trim(text))
	sub(/^ERROR /, "", text)
	sub(/^PERMANENT ERROR$/, "PERMANENT", text)
	gsub(/[- ]/, "_", text)
	return text
}

function flags(text, prefix,    i, count, part, all)
{
	count = split(text, part, ",")
	for (i = 1; i <= count; i++)
		all = all (i > 1 ? " | " : "") prefix constant(part[i])
	return all
}

function is_exception(word)
{
	return word ~ /^(operation|privileged|protection|addressing|specification|operand|segment-translation|page-translation|asce-type|alet-specification|alen-translation)$/
}

# --- expressions ----------------------------------------------------------------------------------

function name_in_c(word, is_call)
{
	if (word in parameters)
		return word
	if (word ~ /^[a-z]/)
		return "v_" word (is_call ? "" : "(trial)")
	if (word ~ /^(CLP|CHSC|SCLP|PEC|MPCIFC|FIB_FC|FIB_INT|IOTE|IOTA|PROBE|PGM|STATUS|CCDF)_/)
		return "ZPCI_" word
	return word
}

function expression(text,    c, word, is_call)
{
	c = ""
	while (text != "") {
		if (match(text, /^[A-Za-z_][A-Za-z0-9_]*/)) {
			word = substr(text, 1, RLENGTH)
			text = substr(text, RLENGTH + 1)
			is_call = text ~ /^\(/
			c = c name_in_c(word, is_call)
			if (is_call && word ~ /^[a-z]/) {
				c = c "(trial, "
				text = substr(text, 2)
			}
		} else if (match(text, /^(0x[0-9a-fA-F]+|[0-9]+)/)) {
			c = c substr(text, 1, RLENGTH) "ull"
			text = substr(text, RLENGTH + 1)
		} else {
			c = c substr(text, 1, 1)
			text = substr(text, 2)
		}
	}
	return c
}

# --- steps ----------------------------------------------------------------------------------------

# Words that make a step read well and say nothing.
function is_noise(word)
{
	return word ~ /^(at|of|to|from|bytes|byte|is|with|on|by|for|=)$/
}

# Of a list of steps with a name: it is the file's own.
function verb_in_c(verb,    prefix)
{
	prefix = verb in names ? "do_in_" file "_" : "do_"
	gsub(/-/, "_", verb)
	return prefix verb
}

function step(text,    count, word, i, c, side)
{
	if (text ~ /^expect /) {
		text = substr(text, 8)
		if (split(text, side, / = /) != 2)
			fail("expect VALUE = VALUE: " text)
		return "\ttrial_want(trial, " quoted(text) ", " expression(side[1]) ", " \
			expression(side[2]) ");\n"
	}
	count = split(text, word, /[ \t]+/)
	c = "\t" verb_in_c(word[1]) "(trial"
	for (i = 2; i <= count; i++)
		if (!is_noise(word[i]))
			c = c ", " expression(word[i])
	return c ");\n"
}

function steps(text,    count, part, i, c)
{
	count = split(text, part, ";")
	for (i = 1; i <= count; i++)
		if (trim(part[i]) != "")
			c = c step(trim(part[i]))
	return c
}

# A function of these steps; its name.
function function_of(kind, body)
{
	if (body == "")
		return ""
	if ((kind, body) in functions)
		return functions[kind, body]
	functions[kind, body] = kind "_" ++made
	if (kind == "act")
		printf "static int act_%d(struct trial *trial)\n{\n%s\treturn trial->answer;\n}\n\n", \
			made, body
	else
		printf "static void %s_%d(struct trial *trial)\n{\n%s}\n\n", kind, made, body
	return functions[kind, body]
}

# --- answers --------------------------------------------------------------------------------------

function answer(text,    word, count, otherwise)
{
	text = trim(text)
	otherwise = sub(/,? otherwise$/, "", text) ? " | OTHERWISE" : ""
	count = split(text, word, " ")
	if (is_exception(text))
		return "PGM(" constant(text) ")" otherwise
	if (text == "ends")
		return "ENDS_QEMU"
	if (text == "machine" || text == "done")
		return constant(text) otherwise
	if (text == "no event")
		return "EVENT(0)" otherwise
	if (count >= 2 && word[1] == "left")
		return "LEFT_IN(" constant(substr(text, 6)) ")" otherwise
	if (count == 2 && word[1] ~ /^(cc|status|response|event|count|pgm)$/)
		return toupper(word[1]) "((int)(" expression(word[2]) "))" otherwise
	fail("no answer: " text)
}

# reserved, standby: cc 3; enabled: cc 0
function by_state(text,    count, part, i, states, n, state, k, c)
{
	count = split(text, part, ";")
	for (i = 1; i <= count; i++) {
		k = index(part[i], ":")
		if (!k)
			fail("in STATE, STATE...: ANSWER, but here is" part[i])
		n = split(substr(part[i], 1, k - 1), states, ",")
		for (state = 1; state <= n; state++)
			c = c "[" constant(states[state]) "] = " answer(substr(part[i], k + 1)) ", "
	}
	return "{ " c "}"
}

# --- rows -----------------------------------------------------------------------------------------

# Puts in what "with" says.
function filled(text, with,    count, part, i, word, rest)
{
	count = split(with, part, ",")
	for (i = 1; i <= count; i++) {
		rest = trim(part[i])
		word = rest
		sub(/ .*/, "", word)
		sub(/^[^ ]+ */, "", rest)
		gsub("\\$" word, rest, text)
	}
	gsub(/\$[a-z]+/, "0", text)
	return text
}

# "none" takes a section's away.
function add(values, key, value)
{
	if (value == "none")
		values[key] = ""
	else if (key ~ /^(before|do|done|after)$/ && ((key, "own") in values))
		values[key] = values[key] ";" value
	else if (key == "needs" && values[key] != "")
		values[key] = values[key] ", " value
	else if (key ~ /^(in|qemu-in)$/ && ((key, "own") in values))
		values[key] = values[key] "; " value
	else
		values[key] = value
	values[key, "own"] = 1
}

function key_line(values, text,    count, part, i, key)
{
	count = split(text, part, / \| /)
	for (i = 1; i <= count; i++) {
		key = part[i] = trim(part[i])
		sub(/[ \t].*/, "", key)
		if (key !~ /^(state|handle|of|has|needs|effect|qemu|qemu-in|reason|endian|with|before|do|done|after|in|answer|source)$/)
			fail("no such key: " key)
		sub(/^[^ \t]+[ \t]*/, "", part[i])
		add(values, key, part[i])
	}
}

function field(name, value)
{
	if (value != "")
		row_text = row_text "\t  ." name " = " value ",\n"
}

function checks(values, with,    done, after)
{
	done = steps(filled(values["done"], with))
	after = steps(filled(values["after"], with))
	if (done != "")
		done = "\tif (trial_is_done_as_wanted(trial)) {\n" done "\t}\n"
	return function_of("after", done after)
}

# What would be left out without a word.
function look_at(values, with, columns,    count, part, i, word)
{
	if (columns > 3)
		fail("more than condition, answer and source")
	if (values["in"] != "" && values["answer"] != "by state")
		fail("with `in' the answer is `by state', and not " values["answer"])
	count = split(with, part, ",")
	for (i = 1; i <= count; i++) {
		word = trim(part[i])
		sub(/ .*/, "", word)
		if ((values["before"] ";" values["do"] ";" values["done"] ";" values["after"]) !~ \
		    ("\\$" word "([^a-z]|$)"))
			fail("no step has $" word)
	}
}

# One row of the section whose defaults are given; @lines as they stand in the file.
function make_row(section, lines,    values, key, line, count, part, i, k, with, count_columns)
{
	for (key in defaults)
		if (index(key, section SUBSEP) == 1) {
			k = substr(key, length(section) + 2)
			if (k !~ SUBSEP)
				values[k] = defaults[key]
		}
	count = split(lines, line, "\n")
	k = count_columns = split(substr(line[1], 3), part, / \| /)
	values["condition"] = trim(part[1])
	if (k >= 2 && trim(part[2]) != "")
		values["answer"] = part[2]
	if (k >= 3)
		values["source"] = trim(part[3])
	for (i = 2; i <= count; i++)
		key_line(values, line[i])
	with = values["with"]
	look_at(values, with, count_columns)
	if (values["qemu"] != "" && (k = index(values["qemu"], ": "))) {
		values["reason"] = substr(values["qemu"], k + 2)
		values["qemu"] = substr(values["qemu"], 1, k - 1)
	}
	row_text = ""
	field("condition", quoted(values["condition"]))
	if (values["in"] != "")
		field("in", by_state(values["in"]))
	else
		field("answer", answer(values["answer"]))
	if (values["effect"] != "")
		field("effect", quoted(values["effect"]))
	field("source", quoted(values["source"]))
	if (values["qemu"] != "")
		field("qemu", answer(values["qemu"]))
	if (values["qemu-in"] != "")
		field("qemu_in", by_state(values["qemu-in"]))
	if (values["reason"] != "")
		field("reason", quoted(values["reason"]))
	if ("endian" in values)
		field("on_little_endian_hosts", "true")
	if (values["state"] != "")
		field("state", constant(values["state"]))
	if (values["handle"] != "")
		field("handle", constant(values["handle"]))
	if (values["of"] != "")
		field("of", constant(values["of"]))
	if (values["has"] != "")
		field("has", flags(values["has"], ""))
	if (values["needs"] != "")
		field("needs", flags(values["needs"], "NEEDS_"))
	field("prepare", function_of("before", steps(filled(values["before"], with))))
	field("act", function_of("act", steps(filled(values["do"], with))))
	field("check", checks(values, with))
	sub(/^\t  /, "\t{ ", row_text)
	sub(/,\n$/, " },\n", row_text)
	return row_text
}

# All rows that were read since the last section's line, once for each section that they are of.
function end_section(    i, row, text)
{
	if (!rows)
		return
	for (i = first_section; i <= sections; i++) {
		text = ""
		for (row = 1; row <= rows; row++) {
			where = row_places[row]
			text = text make_row(i, row_lines[row])
		}
		print "static const struct row rows_" i "[] = {\n" text "};\n"
	}
	where = ""
	rows = 0
	first_section = sections + 1
}

function end_named(    i, count, part, c)
{
	if (named == "")
		return
	count = split(named, part, " ")
	names[part[1]] = 1
	c = "static void " verb_in_c(part[1]) "(struct trial *trial"
	for (i = 2; i <= count; i++) {
		parameters[part[i]] = 1
		c = c ", uint64_t " part[i]
	}
	gsub(/\$/, "", named_steps)
	printf "%s)\n{\n%s}\n\n", c, steps(named_steps)
	for (i = 2; i <= count; i++)
		delete parameters[part[i]]
	named = named_steps = ""
}

BEGIN {
	first_section = 1
	printf "/* Made by rows.awk. */\n#include \"steps.h\"\n\n"
}

FNR == 1 {
	end_named()
	end_section()
	split("", variables)
	split("", names)
	file = FILENAME
	sub(/.*\//, "", file)
	sub(/\.rows$/, "", file)
}

/^#/ || /^[ \t]*$/ { next }

{
	for (name in variables)
		gsub("\\$" name, variables[name])
}

/^set / {
	name = $2
	sub(/^set [A-Z_]+ */, "")
	gsub(/&/, "\\\\&")
	variables[name] = $0
	next
}

/^steps / {
	end_named()
	named = substr($0, 7)
	next
}

/^== / {
	end_named()
	end_section()
	operation[++sections] = substr($0, 4)
	next
}

/^- / {
	end_named()
	if (!sections)
		fail("a row before the first section")
	row_lines[++rows] = $0
	row_places[rows] = FILENAME ":" FNR
	next
}

# More steps of the line before.
/^\t\t/ {
	$0 = "; " trim($0)
	if (named != "")
		named_steps = named_steps $0
	else if (rows)
		row_lines[rows] = row_lines[rows] $0
	else
		defaults[sections, last_key] = defaults[sections, last_key] $0
	next
}

/^\t/ {
	$0 = trim($0)
	if (named != "") {
		named_steps = named_steps ";" $0
	} else if (rows) {
		row_lines[rows] = row_lines[rows] "\n" $0
	} else {
		split("", mine)
		for (key in defaults)
			if (index(key, sections SUBSEP) == 1)
				mine[substr(key, length(sections) + 2)] = defaults[key]
		key_line(mine, $0)
		for (key in mine)
			defaults[sections, key] = mine[key]
		last_key = $1
	}
	next
}

{ fail("neither a section nor a row: " $0) }

END {
	if (failed)
		exit 1
	end_named()
	end_section()
	printf "const struct family answers[] = {\n"
	for (i = 1; i <= sections; i++)
		printf "\t{ %s, rows_%d, sizeof(rows_%d) / sizeof(rows_%d[0]) },\n", \
			quoted(operation[i]), i, i, i
	printf "\t{ NULL },\n};\n"
}
