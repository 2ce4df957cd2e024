# file: arch/s390/pci/pci_bus.c
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Linux as it was before it learned of functions without a Command Memory bit.
/^[[:space:]]*pdev->no_command_memory = 1;$/d
