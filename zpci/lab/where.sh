# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Where things are. The lab runs from a source tree (./zpci-lab), or as a part of an installed zpci
# (`zpci lab'). Installed it builds nothing, and uses what is installed.
#
#                  from a source tree              installed
#   ZPCI_SOURCE    the tree                        empty
#   ZPCI_FILES     its folder zpci                 $(pkgdatadir)
#     lab/           the lab's own files             the same
#     guest/         scripts that run in guests      the same, and zpci-inspect
#   ZPCI_TOOL      not used, but tool()            the zpci that runs the lab
#
# zpci-lab sets the first two. ZPCI_CACHE is the same for both.

is_installed() {
	[ -z "$ZPCI_SOURCE" ]
}

# The lab's name in messages that say what to type.
lab_name() {
	if is_installed; then echo "zpci lab"; else echo "zpci-lab"; fi
}

# tool ARGUMENT...: the command zpci.
tool() {
	if is_installed; then
		"${ZPCI_TOOL:-zpci}" "$@"
	else
		"$(build_folder native)/run" zpci "$@"
	fi
}

# What a user types for it.
tool_name() {
	if is_installed; then echo zpci; else echo "$ZPCI_SOURCE/bin/zpci"; fi
}

# The tool is there afterwards.
tool_get() {
	is_installed || lab_build
}
