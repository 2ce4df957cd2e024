# file: arch/s390/kvm/interrupt.c
# SPDX-License-Identifier: GPL-2.0-or-later
#
# From 6.8 on Linux stops at a machine check that does not say that the vector registers are valid,
# also on a machine that has none (nmi_registers_valid() in arch/s390/kernel/nmi.c). Hercules has
# none, and so its KVM never says it. Then no guest would survive a channel report, neither ours nor
# that of a device of QEMU. Hosts of guests have vector registers for ten years, and KVM passes the
# bit on there. Here KVM says it always.
/^\t\/\* General interruption information \*\/$/i\
\tmci.vr = 1;
