# SPDX-License-Identifier: GPL-2.0-or-later
#
# Circles of files: each can only be understood together with all the others of its circle. A file
# uses another one if its object needs a symbol that the other's object defines. Reads the list of
# all sources, then what `nm -A -g` says of the objects of a build, and prints
#
#	circle FILE FILE...			(of one folder, or of several)
#	  FILE -> FILE: SYMBOL, SYMBOL...	(what ties it)
#	files NUMBER circles NUMBER

# build/zpci/config/.libs/libconf_la-file.o is zpci/config/file.c.
function source_of(object) {
	sub(/^.*\/zpci\//, "zpci/", object)
	sub(/\.libs\//, "", object)
	sub(/[^\/]*-/, "", object)
	sub(/\.o$/, ".c", object)
	return object
}

FNR == NR {
	exists[$0] = 1
	next
}

{
	colon = index($0, ".o:")
	file = source_of(substr($0, 1, colon + 1))
	symbol = $NF
	kind = $(NF - 1)
	if (!(file in exists))
		next # left over from before it got another name
	if (!(file in known)) {
		known[file] = 1
		name[++files] = file
	}
	# zpci-kvm.so gives its hypervisor functions with these names; all calls of ours go to libc.
	if (symbol == "ioctl" || symbol == "close")
		next
	if (kind == "U")
		needs[file] = needs[file] " " symbol
	else
		owner[symbol] = file
}

# Marks in reached[START, ] all that START uses, by others or itself.
function walk(start, file, count, list, i) {
	count = split(uses[file], list, " ")
	for (i = 1; i <= count; i++)
		if (!((start, list[i]) in reached)) {
			reached[start, list[i]] = 1
			walk(start, list[i])
		}
}

function print_circle(first, number, i, k) {
	line = "circle"
	number = 0
	for (i = first; i <= files; i++)
		if (name[i] == name[first] ||
		    ((name[first], name[i]) in reached && (name[i], name[first]) in reached)) {
			member[++number] = name[i]
			printed[name[i]] = 1
			line = line " " name[i]
		}
	print line
	for (i = 1; i <= number; i++)
		for (k = 1; k <= number; k++)
			if ((member[i], member[k]) in ties)
				print "  " member[i] " -> " member[k] ": " \
					ties[member[i], member[k]]
}

# By name, so that the output does not depend on the order of the objects.
function sort(i, k, kept) {
	for (i = 2; i <= files; i++) {
		kept = name[i]
		for (k = i - 1; k > 0 && name[k] > kept; k--)
			name[k + 1] = name[k]
		name[k + 1] = kept
	}
}

END {
	sort()
	for (i = 1; i <= files; i++) {
		file = name[i]
		count = split(needs[file], list, " ")
		for (k = 1; k <= count; k++) {
			other = owner[list[k]]
			if (other == "" || other == file)
				continue
			if (!((file, other) in ties))
				uses[file] = uses[file] " " other
			else if (index(", " ties[file, other] ",", ", " list[k] ","))
				continue
			ties[file, other] = ties[file, other] \
				(ties[file, other] == "" ? "" : ", ") list[k]
		}
	}
	for (i = 1; i <= files; i++)
		walk(name[i], name[i])
	for (i = 1; i <= files; i++)
		if ((name[i], name[i]) in reached && !(name[i] in printed)) {
			circles++
			print_circle(i)
		}
	print "files " files + 0 " circles " circles + 0
}
